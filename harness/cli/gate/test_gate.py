"""End to end: `tracetax gate` and `tracetax selftest`.

Verdicts are asked of stored segments, so they are the same on any machine. What is measured here for real has
effects so large, or budgets so wide, that a busy machine cannot turn a verdict round. What it can still do is void
segments: then the right answer is `invalid` with a rule that blames the machine, and that is accepted and checked.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import unittest

BIN = os.environ['TRACETAX_BIN']
TRACETAX = os.path.join(BIN, 'tracetax')
TARGET = os.path.join(BIN, 'tracetax-target')
MISBEHAVING = os.path.join(os.environ['TRACETAX_SOURCE'], 'harness/run/e2e/misbehaving_server.py')
PASS, FAIL, USAGE, INCONCLUSIVE, INVALID, BASELINE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
STORED = os.path.join(os.environ['TRACETAX_SOURCE'], 'reports/testdata/verdict-base.json')
NOISE = {'rate_not_achieved', 'driver_lag', 'driver_saturated', 'machine_stalled', 'too_many_errors', 'receipt_open'}
SIX_PAIRS = [{'pairs': 6, 'alpha': 0.05}]
DESIGN = {'warmup': '50ms', 'measure': '250ms', 'settle': '80ms', 'drain': '3s'}
SHORT_DRAIN = '500ms'  # where spans are lost on purpose: every traced segment waits so long for them


def injected(name, *args, state='absent', **more):
    """An arm that differs from off by these arguments of the service only."""
    return {'name': name, 'state': state, 'per_target': {'svc': {'args': list(args)}}, **more}


def suite(arms, target=None, gate=None, load=None, **more):
    return {'name': 'gated',
            'targets': {'svc': target or {'emulated': 'nethttp', 'args': ['--work-per-request', '20us']}},
            'scenarios': {'get': {'kind': 'http', 'path': '/users/42' if target is None else '/'}},
            'arms': arms,
            'load': {'rate': '500/s', 'connections': 4, **(load or {})},
            'design': DESIGN,
            'gate': {'looks': SIX_PAIRS, 'required': {'cpu': '50%'}, **(gate or {})},
            'env': {'OTEL_BSP_SCHEDULE_DELAY': '40'}, **more}


class Gate(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='tracetax-gate-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.out = os.path.join(self.folder, 'out')

    def write(self, content):
        path = os.path.join(self.folder, 'suite.json')
        with open(path, 'w') as f:
            json.dump(content, f)
        return path

    def call(self, *args, env=None):
        return subprocess.run([TRACETAX, *args], text=True, capture_output=True, timeout=200, cwd=self.folder,
                              env={**os.environ, 'GITHUB_ACTIONS': '', **(env or {})})

    def gate(self, content, *options, env=None):
        """The ended program and its result; None where the machine itself voided too much, as the result must say."""
        done = self.call('gate', self.write(content), '--out', self.out, *options, env=env)
        result = self.result()
        if done.returncode != INVALID:
            return done, result
        broken = {v['rule'] for s in result['segments'] for v in s['voids']}
        self.assertTrue(broken and broken <= NOISE, f'{broken}: {done.stdout}{done.stderr}')
        self.assertEqual(result['verdict']['overall'], 'invalid')
        why = ' '.join(result['verdict']['invalid'])
        self.assertTrue('void segments' in why or any(rule in why for rule in broken), why)
        return done, None

    def result(self):
        with open(os.path.join(self.out, 'result.json')) as f:
            return json.load(f)


class StoredVerdicts(Gate):
    """off, off2, on@10% and its base revision, ten blocks; on@10% costs 8.8 % CPU and 6.7 % more than its base."""

    def judge(self, *options, change=None, env=None):
        with open(STORED) as f:
            result = json.load(f)
        if change:
            change(result)
        path = os.path.join(self.folder, 'stored.json')
        with open(path, 'w') as f:
            json.dump(result, f)
        done = self.call('gate', '--from', path, '--out', self.out, *options, env=env)
        return done, self.result() if os.path.exists(self.out) else None

    @staticmethod
    def cheaper(result):
        """on@10% costs what off costs, give or take a little."""
        off = {s['block']: s['cpu_us']['total'] for s in result['segments'] if s['arm'] == 'off'}
        for segment in result['segments']:
            if segment['arm'] != 'off':
                segment['cpu_us']['total'] = off[segment['block']] * (1 + 0.0001 * (segment['block'] % 3))

    def test_a_cost_above_its_budget_fails(self):
        done, result = self.judge('--budget', 'cpu=5%')
        self.assertEqual(done.returncode, FAIL, done.stdout + done.stderr)
        self.assertEqual(result['verdict']['overall'], 'fail')
        test = result['verdict']['tests'][0]
        self.assertEqual((test['verdict'], test['arm'], test['pairs']), ('fail', 'on@10%', 10))
        self.assertGreater(test['ci_pct']['lo'], 5)
        self.assertLessEqual(test['p_fail_holm'], 0.05)
        self.assertEqual(test['looks'][0]['p_fail'], 2 ** -10)

    def test_the_same_twice_passes_and_judging_again_gives_the_same_digits(self):
        done, result = self.judge('--budget', 'cpu=5%', change=self.cheaper)
        self.assertEqual(done.returncode, PASS, done.stdout + done.stderr)
        again = os.path.join(self.folder, 'again')
        rejudged = self.call('gate', '--from', os.path.join(self.out, 'result.json'), '--out', again)
        self.assertEqual(rejudged.returncode, PASS, rejudged.stderr)
        with open(os.path.join(again, 'result.json')) as f:
            self.assertEqual(json.load(f)['verdict'], result['verdict'])

    def test_the_policy_for_inconclusive_sets_the_exit_code(self):
        def between(result):
            self.cheaper(result)
            for segment in result['segments']:
                if segment['arm'].endswith('on@10%'):
                    segment['cpu_us']['total'] *= 1.045 if segment['block'] % 2 else 1.055
        for policy, code in (('fail', FAIL), ('warn', INCONCLUSIVE), ('pass', PASS)):
            done, result = self.judge('--budget', 'cpu=5%', '--inconclusive', policy, change=between)
            self.assertEqual(done.returncode, code, f'{policy}: {done.stdout}{done.stderr}')
            self.assertEqual(result['verdict']['overall'], 'inconclusive')

    def test_one_segment_that_lost_spans_makes_it_invalid(self):
        def lossy(result):
            self.cheaper(result)
            segment = next(s for s in result['segments'] if s['arm'] == 'on@10%')
            segment['voids'] = [{'rule': 'receipt_open', 'detail': '7 spans did not come'}]
        done, result = self.judge('--budget', 'cpu=5%', change=lossy)
        self.assertEqual(done.returncode, INVALID, done.stdout + done.stderr)
        self.assertIn('7 spans did not come', ' '.join(result['verdict']['invalid']))

    def test_github_gets_summary_and_outputs(self):
        summary, outputs = (os.path.join(self.folder, name) for name in ('summary', 'outputs'))
        done, _ = self.judge('--budget', 'cpu=5%', change=self.cheaper,
                             env={'GITHUB_ACTIONS': 'true', 'GITHUB_STEP_SUMMARY': summary, 'GITHUB_OUTPUT': outputs})
        self.assertEqual(done.returncode, PASS, done.stderr)
        with open(outputs) as f:
            lines = dict(line.strip().split('=') for line in f)
        self.assertEqual(lines['verdict'], 'pass')
        float(lines['overhead_pct'])
        with open(summary) as f:
            self.assertIn('PASS', f.read())


class Verdicts(Gate):
    def test_a_large_cost_fails(self):
        done, result = self.gate(suite(['off', injected('dear', '--work-per-request', '400us')]))
        if result:
            self.assertEqual(done.returncode, FAIL, done.stdout + done.stderr)
            self.assertEqual(result['verdict']['tests'][0]['pairs'], 6)

    def test_the_same_twice_passes(self):
        done, result = self.gate(suite(['off', injected('same', '--work-per-request', '20us')],
                                       gate={'required': {'cpu': '1000%'}}))
        if result:
            self.assertEqual(done.returncode, PASS, done.stdout + done.stderr)
            self.assertEqual(result['status'], 'complete')

    def test_time_that_is_up_is_inconclusive(self):
        content = suite(['off', injected('same', '--work-per-request', '20us')])
        done, result = self.gate(content, '--max-time', '1500ms')
        if result:
            self.assertEqual(done.returncode, INCONCLUSIVE, f'{done.stdout}{done.stderr}')
            self.assertEqual(result['verdict']['overall'], 'inconclusive')
        self.assertIn('time of 1.5 s is up', self.result()['stop_reason'])

    def test_time_that_is_up_before_the_first_block_is_told_all_the_same(self):
        outputs = os.path.join(self.folder, 'outputs')
        done = self.call('gate', self.write(suite(['off', injected('same', '--work-per-request', '20us')])), '--out', self.out,
                         '--max-time', '1us', '--github', env={'GITHUB_OUTPUT': outputs})
        self.assertEqual(done.returncode, INVALID, done.stdout + done.stderr)
        self.assertIn('time of 1 us is up', done.stdout)
        self.assertTrue(done.stdout.endswith('verdict: INVALID\n'), done.stdout)
        with open(os.path.join(self.out, 'verdict.md')) as f:
            self.assertIn('INVALID', f.read())
        with open(outputs) as f:
            self.assertEqual(f.read(), 'verdict=invalid\n')

    def test_base_revision_that_was_cheaper_fails_the_new_one(self):
        # The base is this program; the new revision burns 300 us more in every arm.
        head = self.program('head', '--work-per-request', '320us')
        content = suite(['off', {'name': 'on@100%'}], target={'emulated': 'nethttp'}, gate={'required': {'cpu': '1000%'}})
        content['scenarios']['get']['path'] = '/users/42'
        done, result = self.gate(content, '--base', TARGET, env={'TRACETAX_TARGET': head})
        if not result:
            return
        self.assertEqual(done.returncode, FAIL, done.stdout + done.stderr)
        verdicts = {t['question']: t['verdict'] for t in result['verdict']['tests']}
        self.assertEqual(verdicts['regression'], 'fail')
        self.assertEqual([a['id'] for a in result['arms']], ['off', 'on@100%', 'base-on@100%'])

    def program(self, name, *args):
        path = os.path.join(self.folder, name)
        with open(path, 'w') as f:
            f.write(f'#!/bin/sh\nexec {TARGET} "$@" {" ".join(args)}\n')
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
        return path


class Invalid(Gate):
    def assert_invalid(self, content, words):
        done = self.call('gate', self.write(content), '--no-check', '--out', self.out)
        self.assertEqual(done.returncode, INVALID, done.stdout + done.stderr)
        verdict = self.result()['verdict']
        self.assertEqual((verdict['overall'], verdict['exit_code']), ('invalid', INVALID))
        self.assertRegex(' '.join(verdict['invalid']), words)

    def test_spans_that_vanish(self):
        self.assert_invalid(suite(['off', {'name': 'on@100%', 'per_target': {'svc': {'args': ['--lose-spans', '10%']}}}],
                                  gate={'required': {'cpu': '1000%'}}, design={**DESIGN, 'drain': SHORT_DRAIN}),
                            'receipt_open')

    def test_a_service_that_errs(self):
        broken = {'command': [sys.executable, MISBEHAVING, '{port}', 'errors', '7'], 'ready': 'tcp://127.0.0.1:{port}'}
        self.assert_invalid(suite(['off', 'off2'], target=broken, gate={'arms': ['off2'], 'required': {'cpu': '1000%'}}),
                            'too_many_errors')

    def test_a_driver_that_cannot_keep_up(self):
        self.assert_invalid(suite(['off', injected('same', '--work-per-request', '20us')], load={'rate': '2M/s'},
                                  gate={'required': {'cpu': '1000%'}}), 'void segments|too_many_errors')

    def test_a_metric_without_data(self):
        # 125 requests a segment support no p99, however quiet the machine is.
        self.assert_invalid(suite(['off', injected('same', '--work-per-request', '20us')],
                                  gate={'required': {'p99': '1000%'}}), 'has no data')


class Options(Gate):
    def test_mistakes_are_told_at_once_and_end_with_2(self):
        done = self.call('gate', '--budget', 'cpu=5%,p98=3%', '--effort', 'ful', '--max-time', '5')
        self.assertEqual(done.returncode, USAGE)
        for words in ('SUITE', "unknown metric 'p98'; did you mean 'p99'?", "did you mean 'full'?", '--max-time'):
            self.assertIn(words, done.stderr)

    def test_from_measures_nothing(self):
        done = self.call('gate', 'quick', '--from', 'result.json')
        self.assertEqual(done.returncode, USAGE)
        self.assertIn('does not go with --from', done.stderr)

    def test_an_unusable_result_is_no_verdict(self):
        path = os.path.join(self.folder, 'result.json')
        with open(path, 'w') as f:
            f.write('{"schema": "something/else"}')
        done = self.call('gate', '--from', path)
        self.assertEqual(done.returncode, BASELINE, done.stderr)

    def test_a_budget_that_cannot_fail_is_refused(self):
        done = self.call('gate', self.write(suite(['off', 'on@10%'], gate={'looks': [{'pairs': 6, 'alpha': 0.01}]})))
        self.assertEqual(done.returncode, USAGE)
        self.assertIn('cannot fail with 6 pairs', done.stderr)

    def test_dry_run_tells_the_plan_and_measures_nothing(self):
        done = self.call('gate', 'quick', '--budget', 'cpu=5%', '--dry-run')
        self.assertEqual(done.returncode, PASS, done.stderr)
        self.assertIn('required CPU per request of on@10%: budget 5% against off', done.stdout)
        self.assertIn('40 pairs after about', done.stdout)
        self.assertEqual(os.listdir(self.folder), [])


class Interrupted(Gate):
    def test_what_was_measured_is_saved_and_never_passes(self):
        content = suite(['off', injected('same', '--work-per-request', '20us')],
                        gate={'looks': [{'pairs': 40, 'alpha': 0.05}], 'required': {'cpu': '1000%'}})
        process = subprocess.Popen([TRACETAX, 'gate', self.write(content), '--out', self.out], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        end = time.monotonic() + 60
        while time.monotonic() < end and self.segments_saved() < 3:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, INTERRUPTED)
        result = self.result()
        self.assertEqual(result['status'], 'partial')
        self.assertNotIn(result['verdict']['overall'], ('pass', 'fail'))

    def segments_saved(self):
        try:
            return len(self.result()['segments'])
        except (OSError, ValueError):
            return 0


class Selftest(Gate):
    SETTINGS = ('--set', 'design.measure=250ms', '--set', 'design.warmup=50ms', '--set', 'load.rate=500/s', '--quiet')

    def selftest(self, *options):
        """A run of it and its record."""
        log = os.path.join(self.folder, 'log.jsonl')
        done = self.call('selftest', *options, '--log', log, *self.SETTINGS)
        with open(log) as f:
            record = [json.loads(line) for line in f][-1]
        if record['verdict'] == 'invalid':  # by the machine itself: told, and counted as such
            self.assertTrue(any(rule in record['reason'] for rule in NOISE), record)
        return done, record

    def test_runs_add_up_in_the_log(self):
        log = os.path.join(self.folder, 'log.jsonl')
        for _ in range(2):
            done, record = self.selftest('--aa', '1', '--budget', '1000%')
            if record['verdict'] != 'invalid':
                self.assertEqual(done.returncode, PASS, done.stdout + done.stderr)
        with open(log) as f:
            records = [json.loads(line) for line in f]
        self.assertEqual({r['injection'] for r in records}, {'aa'})
        told = self.call('selftest', '--log', log).stdout
        self.assertIn(f'A/A: {len(records)} runs', told)
        self.assertIn('false FAIL: 0 of', told)

    def test_a_large_injected_cost_is_found(self):
        done, record = self.selftest('--inject', 'cpu:300us', '--runs', '1', '--effort', 'quick')
        self.assertGreater(record['truth_pct'], 100)
        if record['verdict'] != 'invalid':
            self.assertEqual(record['verdict'], 'fail', record)
            self.assertIn('fail expected: 1 of 1', done.stdout)

    def test_a_busy_thread_beside_the_requests_is_found(self):
        done, record = self.selftest('--inject', 'busy:300us', '--runs', '1', '--effort', 'quick')
        self.assertEqual(record['verdict'], 'fail', record)
        self.assertGreater(record['truth_pct'], 100)
        # What was injected, within the noise of a shared machine.
        self.assertAlmostEqual(record['estimate_pct'] / record['truth_pct'], 1, delta=0.25)
        self.assertIn('fail expected: 1 of 1', done.stdout)

    def test_lost_spans_are_found(self):
        done = self.call('selftest', '--inject', 'drop:20%', '--runs', '1', *self.SETTINGS,
                         '--set', f'design.drain={SHORT_DRAIN}')
        self.assertEqual(done.returncode, PASS, done.stdout + done.stderr)
        self.assertIn('invalid expected: 1 of 1', done.stdout)

    def test_mistakes(self):
        for options, words in ((['--aa', '0'], '--aa'), (['--inject', 'cup:5us'], "did you mean 'cpu'?"),
                               (['--inject', 'drop:5us'], 'no share of the spans'), (['--inject', 'cpu:0us'], '--aa'),
                               ([], 'holds no run')):
            done = self.call('selftest', *options)
            self.assertEqual(done.returncode, USAGE, options)
            self.assertIn(words, done.stderr)

    def test_a_foreign_log_is_left_alone(self):
        log = os.path.join(self.folder, 'log.jsonl')
        with open(log, 'w') as f:
            f.write('hello\n')
        done = self.call('selftest', '--aa', '1', '--log', log, *self.SETTINGS)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn('log.jsonl:1: is no line of a selftest log', done.stderr)
        with open(log) as f:
            self.assertEqual(f.read(), 'hello\n')


if __name__ == '__main__':
    unittest.main()
