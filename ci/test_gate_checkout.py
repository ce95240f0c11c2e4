"""The gate templates as a repository uses them: copied into one whose service is in cmd/, with the two edits
that their comments name, and their steps run as the CI would run them. What a runner has to do itself is done by
hand: checking out, and building tracetax, which is taken as it is built here.

The measurement is short and the cost so large that a busy machine cannot turn the verdict round. With
TRACETAX_BIN naming the folder of the built programs.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import yaml  # Debian's python3-yaml: scripts/setup

ROOT = pathlib.Path(__file__).resolve().parents[1]
BIN = pathlib.Path(os.environ['TRACETAX_BIN'])
PASS, FAIL, INVALID = 0, 1, 4
NOISE = {'driver_lag', 'rate_not_achieved', 'driver_saturated', 'machine_stalled', 'not_warm'}

# What budget.json is shipped with, and what a service takes the place of.
EMULATED = '"service": {"emulated": "gin", "args": ["--work-per-request", "50us"]}'
SERVICE = ('"service": {"command": ["python3", "cmd/hello/server.py", "{port}"], "working_dir": "..",'
           ' "ready": "http://127.0.0.1:{port}/healthz"}')
BUILD_COMMENT = '# Here both revisions of your service are built'
# Six short pairs, and room for what a busy machine does to them.
SHORT = {'"effort": "full"': '"looks": [{"pairs": 6, "alpha": 0.05}]', '"measure": "600ms"': '"measure": "250ms"',
         '"budget": "10%|5us", "regress": "3%"': '"budget": "60%", "regress": "50%"'}
BURN = '    def do_GET(self):\n        end = time.thread_time_ns() + 1_000_000\n        while time.thread_time_ns() < end: pass\n'


def replaced(text, changes):
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


class Checkout(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.origin, self.workspace = pathlib.Path(folder.name, 'origin'), pathlib.Path(folder.name, 'workspace')
        self.workspace.mkdir()
        tools = self.workspace / 'tools/bin'
        self.environment = {**os.environ, 'PATH': f'{tools}:{os.environ["PATH"]}', 'GITHUB_ACTIONS': '',
                            'GITHUB_WORKSPACE': str(self.workspace)}
        self.environment.pop('TRACETAX', None)
        tools.mkdir(parents=True)
        for name in ('tracetax', 'tracetax-target'):
            (tools / name).symlink_to(BIN / name)
        self.make_repository()

    def git(self, *arguments, cwd=None):
        who = ('-c', 'user.name=a', '-c', 'user.email=a@localhost', '-c', 'init.defaultBranch=main')
        return subprocess.run(['git', *who, *arguments], cwd=cwd or self.origin, check=True, text=True,
                              capture_output=True).stdout.strip()

    def make_repository(self):
        """A service, and the templates where their first lines say they go."""
        for folder in ('ci', '.github/workflows', 'cmd/hello'):
            (self.origin / folder).mkdir(parents=True)
        self.server = self.origin / 'cmd/hello/server.py'
        self.server.write_text((ROOT / 'scenarios/examples/hello_server.py').read_text('utf-8'))
        shutil.copy(ROOT / 'ci/gate/gate.sh', self.origin / 'ci')
        budget = (ROOT / 'ci/gate/budget.json').read_text('utf-8')
        (self.origin / 'ci/budget.json').write_text(replaced(budget, {EMULATED: SERVICE, **SHORT}))
        lines = (ROOT / 'ci/gate/github-measure.yml').read_text('utf-8').splitlines()
        at = next(i for i, line in enumerate(lines) if BUILD_COMMENT in line)
        lines[at] = '      - run: python3 -m compileall -q head/cmd base/cmd'
        (self.origin / '.github/workflows/measure.yml').write_text('\n'.join(lines) + '\n')
        shutil.copy(ROOT / 'ci/gate/gitlab-ci.yml', self.origin / '.gitlab-ci.yml')
        self.git('init', '--quiet')
        self.base = self.commit('a service')

    def commit(self, message):
        self.git('add', '--all')
        self.git('commit', '--quiet', '--message', message)
        return self.git('rev-parse', 'HEAD')

    def check_out(self, revision, path):
        self.git('clone', '--quiet', str(self.origin), str(path))
        self.git('checkout', '--quiet', revision, cwd=path)

    def bash(self, script, cwd):
        return subprocess.run(['bash', '-e', '-o', 'pipefail', '-c', script], cwd=cwd, env=self.environment, text=True,
                              capture_output=True, timeout=200, check=False)

    def run_on_github(self, head):
        """The outcome of the step that gates."""
        text = (self.origin / '.github/workflows/measure.yml').read_text('utf-8')
        revisions = {'head': head, 'base': self.base}
        gate = None
        for step in yaml.safe_load(text)['jobs']['measure']['steps']:
            name, path = step.get('name', ''), step.get('with', {}).get('path', '')
            if name in ('Install git', 'Build tracetax', 'Check out tracetax'):
                continue
            if 'checkout@' in step.get('uses', ''):
                self.check_out(revisions[path], self.workspace / path)
            elif 'upload-artifact@' in step.get('uses', ''):
                for file in path.split():
                    self.assertTrue((self.workspace / file).is_file(), file)
            else:
                done = self.bash(step['run'].replace('${{ github.event.pull_request.number }}', '7'), self.workspace)
                gate = done if name == 'Gate' else gate
                if name != 'Gate':
                    self.assertEqual(done.returncode, 0, f'{name}: {done.stderr}')
        return gate

    def run_on_gitlab(self, head):
        job = yaml.safe_load((self.origin / '.gitlab-ci.yml').read_text('utf-8'))['tracing-gate']
        project = self.workspace / 'project'
        self.check_out(head, project)
        self.environment |= {'CI_PROJECT_DIR': str(project), 'CI_MERGE_REQUEST_DIFF_BASE_SHA': self.base}
        before = [line for line in job['before_script'] if 'tracetax' not in line and 'apt-get' not in line]
        self.assertTrue(any('worktree' in line for line in before), before)
        return self.bash('\n'.join(before + job['script']), project)

    def check(self, done, code, gate):
        broken = {}
        if (gate / 'result.json').is_file():
            result = json.loads((gate / 'result.json').read_text('utf-8'))
            broken = {void['rule'] for segment in result['segments'] for void in segment['voids']}
        if done.returncode == INVALID and broken and broken <= NOISE:
            self.skipTest(f'the machine is too busy: {broken}')
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertTrue((gate / 'verdict.md').read_text('utf-8').startswith('<!-- tracetax:gate:tracing-gate -->\n'))

    def test_a_slower_revision_fails_on_github(self):
        self.server.write_text(replaced(self.server.read_text('utf-8'), {'    def do_GET(self):\n': BURN}))
        done = self.run_on_github(self.commit('slower'))
        self.check(done, FAIL, self.workspace / 'gate')
        self.assertIn('against the base revision', done.stdout)

    def test_the_same_service_passes_on_gitlab(self):
        (self.origin / 'README').write_text('a change that costs nothing\n')
        self.check(self.run_on_gitlab(self.commit('a word')), PASS, self.workspace / 'project/gate')


if __name__ == '__main__':
    unittest.main()
