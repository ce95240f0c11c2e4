"""End to end: `tracetax calibrate`, and `tracetax gate` that looks up what it saved.

Numbers are not looked at, for the machine may be busy: only shapes, files and exit codes. What a
gate does with a calibration is tried with files made up for this machine.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
PATIENT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'patient_server.py')
ATTEMPTS = 5  # a busy machine may make segments void, and then there is nothing to save
TINY = {
    'name': 'tiny',
    'targets': {'web': {'command': [sys.executable, PATIENT, '{port}', '400'], 'ready': 'tcp://127.0.0.1:{port}'}},
    'scenarios': {'get': {'kind': 'http', 'path': '/'}},
    'arms': ['off', 'on@100%'],
    'env': {'OTEL_BSP_SCHEDULE_DELAY': '40'},
    'load': {'rate': '60/s', 'connections': 64},
    'design': {'blocks': 2, 'warmup': '50ms', 'measure': '500ms', 'settle': '50ms', 'drain': '500ms'},
}


def calibration_of(machine, spread, **more):
    """A file with one calibration of TINY: off2 is `spread` times off and off in turn."""
    off = [20.0 + 0.01 * i for i in range(20)]
    off2 = [value * (1 + spread * (i % 5)) for i, value in enumerate(off)]
    return {'schema': 'tracetax/calibration', 'schema_version': '1.0.0', 'calibrations': [
        {'suite': 'tiny', 'measured_at': '2026-11-20T18:00:00.000Z', 'fingerprint': machine, 'cpu_model': 'any',
         'measure': '500ms', 'rate': '60/s', 'blocks': 20, 'block_s': 1.5, 'cells': [
             {'target': 'web', 'scenario': 'get', 'rate': 60, 'lacking': [], 'metrics': [
                 {'metric': 'cpu_per_request', 'off': off, 'off2': off2}]}], **more}]}


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='tracetax-calibrate-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.suite = self.write('tiny.json', TINY)
        self.saved = os.path.join(self.folder, 'tracetax-calibration.json')

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        with open(path, 'w') as f:
            f.write(content if isinstance(content, str) else json.dumps(content))
        return path

    def read(self, path=None):
        with open(path or self.saved) as f:
            return json.load(f)

    def tracetax(self, *arguments):
        return subprocess.run([TRACETAX, *arguments], text=True, capture_output=True, timeout=200, cwd=self.folder)


class Calibrate(Folder):
    def calibrate(self, *options):
        """Until something could be calibrated; a run in which nothing could must say so and save nothing."""
        for _ in range(ATTEMPTS):
            before = os.path.exists(self.saved) and self.read()
            done = self.tracetax('calibrate', self.suite, '--blocks', '8', *options)
            if done.returncode == 0:
                return done
            self.assertEqual(done.returncode, 4, done.stdout + done.stderr)
            self.assertEqual(os.path.exists(self.saved) and self.read(), before)
        self.fail(f'{ATTEMPTS} times nothing could be calibrated: {done.stdout}{done.stderr}')

    def test_saves_what_it_measured(self):
        done = self.calibrate('--out', os.path.join(self.folder, 'out'))
        self.assertIn('saved: tracetax-calibration.json', done.stdout)
        self.assertIn('Segments of', done.stdout)
        self.assertIn('finds at 10', done.stdout)
        self.assertTrue('Can be gated' in done.stdout or 'Nothing can be gated' in done.stdout, done.stdout)
        content = self.read()
        self.assertEqual(content['schema'], 'tracetax/calibration')
        one, = content['calibrations']
        self.assertEqual((one['suite'], one['measure'], one['rate'], one['blocks']), ('tiny', '500ms', '60/s', 8))
        cell, = one['cells']
        self.assertEqual((cell['target'], cell['scenario'], cell['rate']), ('web', 'get', 60))
        for metric in cell['metrics']:
            self.assertEqual(len(metric['off']), len(metric['off2']))
            self.assertGreaterEqual(len(metric['off']), 6)
            self.assertEqual(set(metric['summary']['mde80_pct']), {'quick', 'ci', 'full', 'paper'})
        # 30 requests in a segment: there is no p99, and that is said.
        self.assertIn('response_p99', [lacking['metric'] for lacking in cell['lacking']])
        result = self.read(os.path.join(self.folder, 'out', 'result.json'))
        self.assertEqual({s['arm'] for s in result['segments']}, {'off', 'off2', 'on@0%'})
        self.assertEqual(result['environment']['fingerprint'], one['fingerprint'])
        again = self.tracetax('report', os.path.join(self.folder, 'out', 'result.json'))
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_others_stay_in_the_file(self):
        self.write('tracetax-calibration.json', calibration_of('another machine', 0.01))
        self.calibrate('--quiet')
        machines = [one['fingerprint'] for one in self.read()['calibrations']]
        self.assertEqual(len(machines), 2)
        self.assertEqual(machines[0], 'another machine')

    def test_a_foreign_file_is_left_alone(self):
        for content in ('{"hello": 1}', 'not json', ''):
            self.write('tracetax-calibration.json', content)
            done = self.tracetax('calibrate', self.suite)
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertIn('not a file of tracetax calibrate', done.stderr)
            with open(self.saved) as f:
                self.assertEqual(f.read(), content)

    def test_ctrl_c_saves_nothing(self):
        before = calibration_of('another machine', 0.01)
        self.write('tracetax-calibration.json', before)
        process = subprocess.Popen([TRACETAX, 'calibrate', self.suite, '--blocks', '100', '--out', 'out'], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder)
        self.addCleanup(process.kill)
        result = os.path.join(self.folder, 'out', 'result.json')
        end = time.monotonic() + 60
        while time.monotonic() < end:  # until something is measured
            if os.path.exists(result) and self.read(result)['segments']:
                break
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, stderr)
        self.assertIn('no calibration is saved', stderr)
        self.assertEqual(stdout, '')
        self.assertEqual(self.read(), before)

    def test_usage(self):
        for arguments in ((), (self.suite, 'again'), (self.suite, '--blocks', '5'), (self.suite, '--save', ''),
                          (self.suite, '--save', '/no/such/folder/file.json'), ('no-such-suite',),
                          (self.suite, '--blcks', '8')):
            done = self.tracetax('calibrate', *arguments)
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertEqual(self.tracetax('calibrate', '--help').returncode, 0)


class Gate(Folder):
    @classmethod
    def setUpClass(cls):
        """What machine this is, as a run says it."""
        folder = tempfile.mkdtemp(prefix='tracetax-calibrate-')
        try:
            path = os.path.join(folder, 'tiny.json')
            with open(path, 'w') as f:
                json.dump({**TINY, 'arms': ['off']}, f)
            subprocess.run([TRACETAX, 'run', path, '--no-check', '--out', folder, '--quiet', '--set', 'design.blocks=1'],
                           capture_output=True, timeout=100, check=False)
            with open(os.path.join(folder, 'result.json')) as f:
                cls.machine = json.load(f)['environment']['fingerprint']
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def gate(self, *options):
        return self.tracetax('gate', self.suite, '--effort', 'quick', '--budget', 'cpu=5%', '--no-check', *options)

    def test_without_a_calibration_the_dry_run_says_what_would_tell(self):
        done = self.gate('--dry-run')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f'tracetax calibrate {self.suite} would tell', done.stdout)

    def test_the_dry_run_says_what_each_look_finds(self):
        self.write('tracetax-calibration.json', calibration_of(self.machine, 0.001))
        done = self.tracetax('gate', self.suite, '--effort', 'ci', '--budget', 'cpu=5%,p50=900%', '--dry-run')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r'CPU per request of web / get: [0-9.]+ % with 10 pairs, [0-9.]+ % with 20\n')
        self.assertIn('response p50 of web / get: not calibrated', done.stdout)

    def test_a_budget_that_cannot_be_resolved_is_refused(self):
        self.write('tracetax-calibration.json', calibration_of(self.machine, 0.2))
        for options in ((), ('--dry-run',)):
            done = self.gate(*options)
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertIn('web: CPU per request has a budget of 5%, and 10 pairs find no less than', done.stderr)
            self.assertIn('--force', done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.folder, 'tracetax-out')))
        wider = self.tracetax('gate', self.suite, '--effort', 'quick', '--budget', 'cpu=900%', '--dry-run')
        self.assertEqual(wider.returncode, 0, wider.stderr)

    def test_force_is_stored_and_shown(self):
        self.write('tracetax-calibration.json', calibration_of(self.machine, 0.2))
        done = self.gate('--force', '--out', 'out', '--max-time', '3s')
        self.assertIn(done.returncode, (0, 1, 3, 4), done.stderr)
        result = self.read(os.path.join(self.folder, 'out', 'result.json'))
        self.assertTrue(result['gate']['forced'])
        self.assertTrue(any('--force' in warning for warning in result['run_warnings']), result['run_warnings'])
        self.assertIn('--force', done.stdout)
        again = self.tracetax('gate', '--from', os.path.join('out', 'result.json'))
        self.assertEqual(again.returncode, done.returncode, again.stderr)
        self.assertIn('--force', again.stdout)

    def test_force_without_need_is_no_force(self):
        self.write('tracetax-calibration.json', calibration_of(self.machine, 0.001))
        done = self.gate('--force', '--out', 'out', '--max-time', '3s')
        self.assertIn(done.returncode, (0, 1, 3, 4), done.stderr)
        self.assertFalse(self.read(os.path.join(self.folder, 'out', 'result.json'))['gate']['forced'])

    def test_what_was_calibrated_otherwise_does_not_count(self):
        for calibration in (calibration_of('another machine', 0.2),
                            calibration_of(self.machine, 0.2, measure='1s'),
                            calibration_of(self.machine, 0.2, rate='500/s'),
                            calibration_of(self.machine, 0.2, suite='other')):
            self.write('tracetax-calibration.json', calibration)
            done = self.gate('--dry-run')
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn('would tell', done.stdout)

    def test_an_unreadable_file_is_an_error(self):
        self.write('tracetax-calibration.json', '{"schema": "tracetax/calibration"')
        done = self.gate('--dry-run')
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertIn('--calibration', done.stderr)


if __name__ == '__main__':
    unittest.main()
