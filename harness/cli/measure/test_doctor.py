"""`tracetax doctor` with services that are wrong in one way each: it names what is wrong within 20 s, and what it
names is gone when its remedy is followed.
SPDX-License-Identifier: Apache-2.0
"""
import concurrent.futures
import os
import subprocess
import sys
import tempfile
import time
import unittest

BIN = os.environ['TRACETAX_BIN']
SOURCE = os.environ['TRACETAX_SOURCE']
TRACETAX = os.path.join(BIN, 'tracetax')
WRONG = os.path.join(SOURCE, 'harness/run/e2e/wrong_service.py')


def doctor(service, *options, path='/hello/ada', quiet=('--quiet',)):
    """Exit code, the lines on standard output with remedies joined to them, and how long it took."""
    began = time.monotonic()
    done = subprocess.run(
        [TRACETAX, 'doctor', *quiet, '--get', path, '--rate', '200/s', *options, '--', sys.executable, WRONG, *service],
        capture_output=True, text=True, timeout=60, env={**os.environ, 'COLUMNS': '1000'})
    lines = []
    for line in done.stdout.splitlines():
        if line.startswith(' '):
            lines[-1] += line
        else:
            lines.append(line)
    return done.returncode, lines, time.monotonic() - began, done.stderr


# mode -> what must be named, and the words that the line must hold
WRONG_MODES = {
    'no-tracing': ('traces', 'OTEL_EXPORTER_OTLP_ENDPOINT'),
    'always-sampling': ('sampled flag', 'parent-based'),
    'new-traces': ("caller's trace", 'traceparent'),
    'off-exports': ('off is off', '--off'),
    'ignores-sigterm': ('ends', 'SIGTERM'),
    'no-flush': ('flushes', 'shut the tracer provider down'),
    'fixed-port=9557': ('ready', '9557'),
    'redirect': ('answers', "'/hello/ada/'"),
    'unauthorized': ('answers', '--header'),
    'dies': ('stays up', 'exited with code 1'),
    'leaks': ('closes connections', '16 connections'),
}


def all_at_once(look, cases, is_right):
    """What `look` finds of each case. The looks mostly wait, for the batch delay above all, so several of them go on at
    once; a service that was not judged rightly beside others is looked at again alone, as a person would."""
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        found = list(pool.map(look, cases))
    return [seen if is_right(case, seen) else look(case) for case, seen in zip(cases, found)]


def refused_of(lines):
    return [line for line in lines if line.startswith('refused')]


class Doctor(unittest.TestCase):
    def test_each_wrong_service_is_named_within_20_s(self):
        def is_named(mode, seen):
            check, words = WRONG_MODES[mode]
            return seen[0] == 4 and seen[2] < 23 and any(check in line and words in line for line in refused_of(seen[1]))
        for mode, (code, lines, took, errors) in zip(
                WRONG_MODES, all_at_once(lambda mode: doctor([mode]), list(WRONG_MODES), is_named)):
            check, words = WRONG_MODES[mode]
            with self.subTest(mode):
                self.assertEqual(code, 4, (lines, errors))
                self.assertTrue(any(check in line and words in line for line in refused_of(lines)), (lines, errors))
                self.assertLess(took, 23)  # 20, the start of tracetax and a busy machine

    def test_what_the_remedy_says_is_right(self):
        remedies = [
            (['right'], []),
            (['four-spans'], ['--spans', '4']),
            (['redirect'], ['path=/hello/ada/']),
            (['unauthorized'], ['--header', 'Authorization: Bearer secret']),
            (['fixed-port', '--mend'], []),
            (['no-flush', '--mend'], []),
        ]

        def mended(case):
            service, options = case
            path = next((o[5:] for o in options if o.startswith('path=')), '/hello/ada')
            return doctor(service, *[o for o in options if not o.startswith('path=')], path=path)
        found = all_at_once(mended, remedies, lambda _, seen: seen[0] == 0 and not refused_of(seen[1]))
        for case, (code, lines, _, errors) in zip(remedies, found):
            with self.subTest(case[0]):
                self.assertEqual((code, refused_of(lines)), (0, []), errors)

    def test_spans_are_counted_and_a_suite_must_say_how_many(self):
        _, lines, _, errors = doctor(['four-spans'], '--spans', '1')
        self.assertTrue(any(line.startswith('refused') and 'exactly 4 each' in line and 'spans_per_request 4' in line
                            for line in lines), (lines, errors))

    def test_the_quality_of_traces_is_told_and_refuses_nothing(self):
        checks = ('late parents', 'one root', 'clocks', 'whole spans', 'span names', 'status of 4xx', 'attribute names')

        def told(service, options=(), path='/hello/ada'):
            code, lines, _, errors = doctor(service, *options, path=path, quiet=())
            self.assertEqual((code, refused_of(lines)), (0, []), errors)
            return sorted(f'{line.split()[0]} {check}' for line in lines for check in checks if f' {check} ' in line), lines
        self.assertEqual(told(['right'])[0], [])
        self.assertEqual(told(['ctx-shadow'], options=('--spans', '4'))[0], ['warning late parents'])
        names, lines = told(['raw-names'], path='/users/42')
        self.assertEqual(names, ['note attribute names', 'note span names', 'note status of 4xx'])
        self.assertTrue(any("'GET /users/42'" in line for line in lines), lines)
        self.assertTrue(any('http.request.method' in line for line in lines), lines)

    def test_a_server_that_closes_is_named(self):
        _, lines, _, errors = doctor(['http10'])
        self.assertTrue(any('keep-alive' in line and 'HTTP/1.0' in line and 'gunicorn' in line for line in lines),
                        (lines, errors))

    def test_a_cold_service_is_named_until_it_warms_up_for_long_enough(self):
        _, lines, _, errors = doctor(['cold'], '--set', 'design.warmup=500ms')
        self.assertTrue(any(line.startswith('refused') and 'CPU per request falls' in line for line in lines),
                        (lines, errors))
        code, lines, _, errors = doctor(['cold'])
        self.assertEqual(code, 0, (lines, errors))

    def test_a_run_does_the_same_first_and_can_be_told_not_to(self):
        with tempfile.TemporaryDirectory() as folder:
            suite = os.path.join(folder, 'suite.json')
            made = subprocess.run([TRACETAX, 'init', '--save', suite, '--get', '/hello/ada', '--', sys.executable,
                                   WRONG, 'redirect'], capture_output=True, text=True, cwd=folder)
            self.assertEqual(made.returncode, 0, made.stderr)
            out = os.path.join(folder, 'out')
            short = ['--set', 'design.blocks=1', '--set', 'design.warmup=0s', '--set', 'design.measure=200ms',
                     '--set', 'load.rate=50/s', '--quiet']
            done = subprocess.run([TRACETAX, 'run', suite, '--out', out, *short], capture_output=True, text=True,
                                  timeout=60)
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertIn('--no-check', done.stderr)
            self.assertIn("'/hello/ada/'", done.stderr)
            done = subprocess.run([TRACETAX, 'run', suite, '--out', out, '--no-check', *short], capture_output=True,
                                  text=True, timeout=60)
            self.assertNotIn('--no-check', done.stderr)
            self.assertIn('answered status 302', done.stderr + done.stdout)
            done = subprocess.run([TRACETAX, 'measure', '--no-check', '--get', '/hello/ada', '--rate', '50/s', '--out', out,
                                   *short[:-3], '--quiet', '--', sys.executable, WRONG, 'redirect'],
                                  capture_output=True, text=True, timeout=60)
            self.assertIn('answered status 302', done.stderr)
            self.assertNotIn('would give no right number', done.stderr)


if __name__ == '__main__':
    unittest.main()
