"""The gate for other people's CI: gate.sh by running it on builds with and without an injected cost, the budget file as
a suite. The action and the GitLab template: test_action.py.

Effects are so large that a busy machine cannot turn a verdict round. It can void segments: then the right answer is
`invalid`, which is accepted if the rules broken blame the machine alone. With TRACETAX_BIN naming the folder of
the built programs.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import re
import stat
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

GATE = pathlib.Path(__file__).resolve().parent / 'gate'
BIN = pathlib.Path(os.environ['TRACETAX_BIN'])
PASS, FAIL, USAGE, INCONCLUSIVE, INVALID = 0, 1, 2, 3, 4
NOISE = {'driver_lag', 'rate_not_achieved', 'driver_saturated', 'machine_stalled', 'too_many_errors'}
SHORT = ('design.measure=250ms', 'design.warmup=50ms', 'load.rate=1k/s', 'gate.required={"cpu":{"budget":"1000%"}}',
         'gate.looks=[{"pairs":6,"alpha":0.05}]')


class GateScript(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def build(self, name, work):
        """A build of the service that burns so much CPU in every request."""
        path = self.folder / name
        path.write_text(f'#!/bin/sh\nexec {BIN}/tracetax-target gin --port "$3" --work-per-request {work}\n')
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def call(self, *options):
        return subprocess.run([GATE / 'gate.sh', *options], text=True, capture_output=True, timeout=200,
                              cwd=self.folder, check=False,
                              env={**os.environ, 'TRACETAX': str(BIN / 'tracetax'), 'GITHUB_ACTIONS': ''})

    def gate(self, head, base):
        settings = [word for setting in SHORT for word in ('--set', setting)]
        return self.call('--suite', GATE / 'budget.json', '--head', f'./{head.name}', '--base', f'./{base.name}', '--',
                         '--quiet', *settings)

    def broken(self):
        """The rules that segments of the last run broke."""
        result = json.loads((self.folder / 'tracetax-gate' / 'result.json').read_text('utf-8'))
        return {void['rule'] for segment in result['segments'] for void in segment['voids']}

    def test_a_regression_fails(self):
        done = self.gate(self.build('head', '400us'), self.build('base', '100us'))
        if done.returncode == INVALID:
            self.assertTrue(self.broken() and self.broken() <= NOISE, done.stdout + done.stderr)
            return
        self.assertEqual(done.returncode, FAIL, done.stdout + done.stderr)
        self.assertIn('gate.sh: FAIL', done.stderr)
        suites = xml.etree.ElementTree.parse(self.folder / 'tracetax-gate' / 'junit.xml').getroot()
        self.assertEqual(len(suites.findall('.//failure')), 1)

    def test_the_same_build_twice_does_not_fail(self):
        build = self.build('build', '100us')
        done = self.gate(build, build)
        if done.returncode == INVALID:  # by the machine itself: that is no verdict
            self.assertTrue(self.broken() and self.broken() <= NOISE, done.stdout + done.stderr)
            return
        self.assertIn(done.returncode, (PASS, INCONCLUSIVE), done.stdout + done.stderr)
        verdict = (self.folder / 'tracetax-gate' / 'verdict.md').read_text('utf-8')
        self.assertTrue(verdict.startswith('<!-- tracetax:gate:tracing-gate -->\n'), verdict[:200])

    def test_a_service_of_a_checkout_as_the_comment_in_the_budget_says(self):
        budget = (GATE / 'budget.json').read_text('utf-8')
        command = re.search(r'in DIR\): (\{.*?"ready": "[^"]*"\})', re.sub(r'\n *// ', ' ', budget))[1]
        budget = re.sub(r'"service": \{.*\}', f'"service": {command}', budget)
        (self.folder / 'ci').mkdir()
        (self.folder / 'ci/budget.json').write_text(budget)
        build = self.build('server', '100us')
        build.write_text(build.read_text().replace('"$3"', '"$2"'))
        (self.folder / 'elsewhere').mkdir()
        settings = [word for setting in SHORT for word in ('--set', setting)]
        done = subprocess.run([GATE / 'gate.sh', '--suite', '../ci/budget.json', '--', '--quiet', *settings], text=True,
                              capture_output=True, timeout=200, cwd=self.folder / 'elsewhere', check=False,
                              env={**os.environ, 'TRACETAX': str(BIN / 'tracetax'), 'GITHUB_ACTIONS': ''})
        self.assertIn(done.returncode, (PASS, INCONCLUSIVE, INVALID), done.stdout + done.stderr)
        result = json.loads((self.folder / 'elsewhere/tracetax-gate/result.json').read_text('utf-8'))
        self.assertGreater(sum(segment['requests'] for segment in result['segments']), 0, done.stderr)

    def test_an_earlier_verdict_is_not_that_of_a_gate_which_could_not_begin(self):
        out = self.folder / 'tracetax-gate'
        out.mkdir()
        (out / 'result.json').write_text((GATE.parents[1] / 'reports/testdata/small-complete.json').read_text('utf-8'))
        for name in ('verdict.md', 'junit.xml'):
            (out / name).write_text('PASS')
        done = self.call('--suite', GATE / 'budget.json', '--', '--budget', 'cpuu=5%')
        self.assertEqual(done.returncode, USAGE, done.stderr)
        self.assertEqual([path.name for path in out.iterdir()], ['result.json'])

    def test_help_is_told_whatever_else_is_asked(self):
        for options in (['--help'], ['--suite', 'x', '--nonsense', '-h'], ['--out', '--help', '--', 'x']):
            done = self.call(*options)
            self.assertEqual((done.returncode, done.stderr), (0, ''), options)
            self.assertRegex(done.stdout, r'^Usage: gate.sh --suite(.*\n)+  --       further options')

    def test_a_plan_is_no_verdict(self):
        for options in (['--suite', GATE / 'budget.json', '--', '--dry-run'], ['--suite', 'x', '--', '--help']):
            done = self.call(*options)
            self.assertEqual(done.returncode, PASS, done.stderr)
            self.assertNotIn('gate.sh', done.stderr)

    def test_mistakes_end_with_2(self):
        for options, words in ((['--siut', 'x'], "unknown option '--siut'"), (['--suite'], 'needs a value'),
                               (['--base', 'a', '--base', 'b'], '--base: stands twice'),
                               ([], '--suite is missing'), (['--', '--get', '/', '--', './server'], '--suite is missing'),
                               (['--head', 'x', '--', '--budget', 'cpu=5%', '--', 'y'], '--head goes with --suite'),
                               (['--suite', 'nowhere.json'], 'nowhere.json')):
            done = self.call(*options)
            self.assertEqual(done.returncode, USAGE, done.stderr)
            self.assertIn(words, done.stderr)

    def test_the_budget_file_is_a_suite(self):
        done = subprocess.run([BIN / 'tracetax', 'gate', GATE / 'budget.json', '--dry-run'], text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.returncode, PASS, done.stderr)
        self.assertIn('required CPU per request of on@10%: budget 10%|5us', done.stdout)
        json.loads(re.sub(r'^\s*//.*$', '', (GATE / 'budget.json').read_text('utf-8'), flags=re.M))


if __name__ == '__main__':
    unittest.main()
