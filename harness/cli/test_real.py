"""End to end: real services in suites and on the command line, with a stand-in that knows --port and --describe.

Numbers are not looked at, for the machine may be busy. No Go is needed.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
SERVICE = os.path.join(os.environ['TRACETAX_SOURCE'], 'harness', 'run', 'e2e', 'wrong_service.py')
DESCRIPTION = {'name': 'nethttp', 'wire': 'http', 'ready': 'tcp://127.0.0.1:{port}', 'spans_per_request': 1,
               'can_be_absent': False, 'versions': {'go': '1.26.8', 'example.org/framework/v2': '2.1.0'}}
STAND_IN = f"""#!/bin/sh
case "$1" in
  --describe) echo '{json.dumps(DESCRIPTION)}' ;;
  --port) exec {sys.executable} {SERVICE} right "$2" ;;
  *) exit 2 ;;
esac
"""


def suite(target, **more):
    return {'name': 'real', 'targets': {'nethttp': target},
            'scenarios': {'get-user': {'kind': 'http', 'path': '/users/42', 'targets': ['nethttp']}},
            'arms': ['off', 'on@50%'], 'load': {'rate': '100/s', 'connections': 2},
            'design': {'blocks': 1, 'warmup': '100ms', 'measure': '300ms', 'settle': '100ms', 'drain': '3s'},
            'env': {'OTEL_BSP_SCHEDULE_DELAY': '50'}, **more}


class Real(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='tracetax-real-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.real = os.path.join(self.folder, 'real')
        os.mkdir(self.real)

    def build(self, name='nethttp'):
        path = os.path.join(self.real, name)
        with open(path, 'w') as f:
            f.write(STAND_IN)
        os.chmod(path, 0o755)

    def tracetax(self, *arguments, **environment):
        env = {**os.environ, 'TRACETAX_REAL': self.real, **environment}
        return subprocess.run([TRACETAX, *arguments], capture_output=True, text=True, timeout=120, env=env)

    def run_suite(self, content, *options, **environment):
        path = os.path.join(self.folder, 'suite.json')
        with open(path, 'w') as f:
            json.dump(content, f)
        out = os.path.join(self.folder, 'out')
        done = self.tracetax('run', path, '--out', out, *options, **environment)
        try:
            with open(os.path.join(out, 'result.json')) as f:
                return done, json.load(f)
        except FileNotFoundError:
            return done, None

    def test_a_pair_is_measured_side_by_side_and_recorded(self):
        self.build()
        two = {'name': 'two-p', 'rate': '50%', 'env': {'GOMAXPROCS': '2'}}
        # A busy machine makes the look refuse what this Python stand-in cannot flush in time.
        done, result = self.run_suite(suite({'pair': 'nethttp'}, arms=['off', 'on@50%', two]), '--no-check', GOGC='300')
        self.assertIsNotNone(result, done.stderr)
        real, emulated = result['subjects']
        self.assertEqual([real['name'], real['plugin'], real['off_state']], ['nethttp-real', 'real', 'noop'])
        self.assertEqual([emulated['name'], emulated['plugin'], emulated['off_state']],
                         ['nethttp-emulated', 'emulated', 'absent'])
        self.assertEqual(len(real['binary_sha256']), 64)
        self.assertNotIn('versions', emulated)
        self.assertEqual({**real['versions'], 'GOMAXPROCS': ''}, {**DESCRIPTION['versions'], 'GOGC': '300', 'GOMAXPROCS': ''})
        self.assertRegex(real['versions']['GOMAXPROCS'], r'^(2|\d+ \(2 in two-p\))$')
        traced = [s['spans'] for s in result['segments'] if s['arm'] != 'off']
        self.assertEqual([s['received'] for s in traced], [s['expected'] for s in traced], done.stdout)
        self.assertEqual(result['run_warnings'], [])
        with open(os.path.join(self.folder, 'out', 'frameworks.md'), encoding='utf-8') as f:
            page = f.read()
        self.assertIn(', framework 2.1.0, go 1.26.8', page)

    def test_the_command_line_chooses(self):
        self.build()
        kinds = {}
        for option in ('--real', '--emulated', '--pair'):
            done = self.tracetax('run', 'frameworks-http', '--dry-run', option)
            self.assertEqual(done.returncode, 0, done.stderr)
            kinds[option] = [line.split('/')[0].strip() for line in done.stdout.splitlines() if 'get-user' in line]
        self.assertEqual(kinds['--pair'][:3], ['nethttp-real', 'nethttp-emulated', 'gin'])
        self.assertEqual(kinds['--real'], kinds['--emulated'])
        both = self.tracetax('run', 'frameworks-http', '--dry-run', '--real', '--pair')
        self.assertEqual(both.returncode, 2)
        self.assertIn('does not go with another of --real, --emulated and --pair', both.stderr)
        only = self.tracetax('run', 'frameworks', '--dry-run', '--pair', '--only', 'nethttp')
        self.assertEqual(only.stdout.count('nethttp-'), 2)
        self.assertEqual(only.stderr, '')

    def test_what_is_not_built_is_said(self):
        none = self.tracetax('run', 'frameworks-http', '--real', '--dry-run')
        self.assertEqual((none.returncode, none.stderr.count('\n')), (2, 1), none.stderr)
        self.assertIn('--real: no real service is built in ' + self.real, none.stderr)
        done, result = self.run_suite(suite({'framework': 'nethttp'}), '--pair')
        self.assertEqual([s['plugin'] for s in result['subjects']], ['emulated'])
        self.assertEqual(result['run_warnings'],
                         ['emulated only: nethttp; no real service is built (scripts/build-real)'])
        self.assertIn('tracetax: emulated only: nethttp; no real service is built', done.stderr)
        self.build('gin')
        one, _ = self.run_suite(suite({'real': 'nethttp'}), '--dry-run')
        self.assertEqual((one.returncode, one.stderr.count('\n')), (2, 1), one.stderr)
        self.assertIn('scripts/build-real nethttp', one.stderr)

    def test_the_list_marks_what_is_built(self):
        self.assertIn('none is built', self.tracetax('list', 'targets').stdout)
        self.build('gin')
        listed = self.tracetax('list', 'targets').stdout
        self.assertIn('gin.Default() with otelgin [real: built]\n', listed)
        self.assertEqual(listed.count('[real: built]'), 1)


if __name__ == '__main__':
    unittest.main()
