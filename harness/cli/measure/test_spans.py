"""`tracetax doctor --spans` with services that lose their spans, or spoil them, in one way each: it names that way, and
nothing where nothing is wrong. Here are faults that the environment alone makes, services that count nothing, and a
collector that does not pass on what it takes.
SPDX-License-Identifier: Apache-2.0
"""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

BIN = os.environ['TRACETAX_BIN']
E2E = os.path.join(os.environ['TRACETAX_SOURCE'], 'harness/run/e2e')
TRACETAX = os.path.join(BIN, 'tracetax')
NOBODY = 'http://127.0.0.1:9'


def doctor(*arguments, columns='80'):
    began = time.monotonic()
    done = subprocess.run([TRACETAX, 'doctor', '--spans', '--quiet', *arguments], capture_output=True, text=True,
                          timeout=120, env={**os.environ, 'COLUMNS': columns})
    return done, time.monotonic() - began


def suite(folder, target, **more):
    path = os.path.join(folder, f'{len(os.listdir(folder))}.json')
    content = {'name': 'spans', 'targets': {'victim': target},
               'scenarios': {'user': {'kind': 'http', 'path': '/users/42'}}, 'arms': ['off', 'on@1%', 'on@100%'],
               'load': {'rate': '200/s'}, 'design': {'blocks': 1}, **more}
    with open(path, 'w') as f:
        json.dump(content, f)
    return path


def emulated(**env):
    return {'emulated': 'gin', 'env': env}


def relay(*options, **more):
    return {'command': [sys.executable, os.path.join(E2E, 'span_relay.py'), '{port}', '{sink_http}', *options],
            'holds_spans': '250ms', **more}


def behind_a_relay(*options, **more):
    env = {'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://127.0.0.1:{port.collector}'}
    return {'target': emulated(**env), 'companions': {'collector': relay(*options, **more)}}


METRICS = {'metrics': 'http://127.0.0.1:{port}/metrics'}
# title -> what is given to suite(), the faults named, the first stage that loses spans
SUITES = {
    'healthy': ({'target': emulated()}, [], None),
    'wrong address': ({'target': emulated(OTEL_EXPORTER_OTLP_ENDPOINT=NOBODY)}, ['wrong_address'], 'exported'),
    'nothing is sampled': ({'target': emulated(OTEL_TRACES_SAMPLER='always_off')}, ['rate_zero'], 'sampled'),
    'no exporter': ({'target': emulated(OTEL_TRACES_EXPORTER='none')}, ['no_exporter'], 'exported'),
    'a small queue': ({'target': emulated(OTEL_BSP_MAX_QUEUE_SIZE='4')}, ['full_queue'], 'queued'),
    'one by one': ({'target': emulated(TRACETAX_PROCESSOR='simple')}, ['sync_exporter'], None),
    'the caller is not read': ({'target': emulated(OTEL_PROPAGATORS='none')}, ['no_propagator'], None),
    'a healthy relay': (behind_a_relay(), [], None),
    'a healthy relay that counts': (behind_a_relay(**METRICS), [], None),
    'a relay that drops': (behind_a_relay('drop'), ['wrong_pipeline'], 'received'),
    'a relay that drops and counts': (behind_a_relay('drop', **METRICS), ['wrong_pipeline'], 'forwarded'),
}
# mode of wrong_service.py -> the faults named; it says nothing of itself
SILENT = {
    'right': [],
    'no-flush': ['no_shutdown'],
    'always-sampling': ['code_over_env'],
    'new-traces': ['no_propagator'],
    'no-tracing': ['rate_zero', 'no_exporter', 'wrong_address', 'no_spans'],
}


class Spans(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def look(self, cases, arguments, is_right):
        """Three looks at a time, for they mostly wait; one that was not right is made again alone."""
        def once(case):
            done, took = doctor(*arguments(case), '--json')
            return done, took, json.loads(done.stdout)['arms'] if done.stdout else []
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            found = list(pool.map(once, cases))
        return [seen if is_right(case, seen[2]) else once(case) for case, seen in zip(cases, found)]

    def judge(self, cases, arguments, wanted):
        def named(arms):
            return [fault for arm in arms for finding in arm['findings'] for fault in finding['faults']]
        found = self.look(list(cases), arguments, lambda case, arms: named(arms) == wanted(case) and bool(arms))
        for case, (done, took, arms) in zip(cases, found):
            with self.subTest(case):
                self.assertEqual(len(arms), 1, (done.stdout, done.stderr))  # one start for all rates
                self.assertEqual(named(arms), wanted(case), (done.stdout, done.stderr))
                self.assertEqual(done.returncode, 1 if wanted(case) else 0, done.stderr)
                self.assertLess(took, 33)  # 30, the start of tracetax and a busy machine
                yield case, arms[0]

    def test_what_the_environment_breaks_is_named_and_the_stage_too(self):
        paths = {case: suite(self.folder, **given) for case, (given, _, _) in SUITES.items()}
        for case, arm in self.judge(SUITES, lambda case: [paths[case]], lambda case: SUITES[case][1]):
            leak = arm['first_leak']
            self.assertEqual(leak and leak['at'], SUITES[case][2], arm)
            self.assertEqual(arm['contradictions'], [])
            walk = {stage['stage']: stage for stage in arm['walk']}
            self.assertEqual(walk['expected']['by'], 'plan')
            self.assertEqual(walk['sampled']['by'], 'sdk')
            if leak:
                self.assertEqual(leak['lost'], walk[leak['at']]['lost'])
            if 'counts' in case:
                self.assertEqual(walk['collected']['by'], 'collector')
                self.assertEqual(walk['collected']['count'], walk['exported']['count'])

    def test_services_that_say_nothing_of_themselves(self):
        def look(mode):
            return doctor('--json', '--get', '/hello/ada', '--rate', '200/s', '--', sys.executable,
                          os.path.join(E2E, 'wrong_service.py'), mode)[0]
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            found = list(pool.map(look, SILENT))
        for mode, done in zip(SILENT, found):
            with self.subTest(mode):
                arm = json.loads(done.stdout)['arms'][0]
                named = [fault for finding in arm['findings'] for fault in finding['faults']]
                self.assertEqual(named, SILENT[mode], done.stdout)
                walk = {stage['stage']: stage for stage in arm['walk']}
                self.assertEqual(walk['ended']['by'], 'nobody' if mode == 'no-tracing' else 'inferred')

    def test_for_people(self):
        done, _ = doctor(suite(self.folder, emulated(OTEL_EXPORTER_OTLP_ENDPOINT=NOBODY)))
        self.assertEqual(done.returncode, 1, done.stderr)
        for words in ('victim, on@100%', 'counted by', 'failed to export', 'leak ', 'fault     wrong_address',
                      '-> correct OTEL_EXPORTER_OTLP_ENDPOINT'):
            self.assertIn(words, done.stdout)
        self.assertEqual([line for line in done.stdout.splitlines() if len(line) > 80], [])

    def test_what_cannot_be_looked_at(self):
        done, _ = doctor(suite(self.folder, {'command': [sys.executable, '-c', 'raise SystemExit(3)', '{port}'],
                                             'ready': 'http://127.0.0.1:{port}/'}))
        self.assertEqual(done.returncode, 4, done.stdout)
        self.assertIn('exited with code 3', done.stdout)
        done, _ = doctor(suite(self.folder, emulated(), arms=['off', 'off2']))
        self.assertEqual(done.returncode, 2)
        self.assertIn('no arm exports spans', done.stderr)
        done = subprocess.run([TRACETAX, 'doctor', '--json', suite(self.folder, emulated())], capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn('--spans', done.stderr)


if __name__ == '__main__':
    unittest.main()
