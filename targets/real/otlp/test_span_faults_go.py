"""`tracetax doctor --spans` on real services in Go that make one mistake each (TRACETAX_FAULT): it names that one, and in a
healthy service none. Once from outside, and once where the service counts its spans (TRACETAX_SELF=1):
test_span_faults_go.py [FAULT...]. Prints what it said of each. Ends with 77, and says so, where the services are not built.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
REAL = os.environ.get('TRACETAX_REAL') or os.path.normpath(os.path.join(HERE, '../../../build/real'))
TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
INNER = ['--inner-spans', '2']
HEALTHY = 'healthy'
PATIENCE = 180
# What is right is known, and it is one of these where nothing outside of the process tells them apart.
SILENT = {'rate_zero', 'no_exporter', 'no_spans'}
FROM_OUTSIDE = {
    HEALTHY: set(), 'no_shutdown': {'no_shutdown'}, 'no_exporter': SILENT, 'rate_zero': SILENT,
    'wrong_address': {'wrong_address'}, 'no_propagator': {'no_propagator'}, 'no_inject': {'no_inject'},
    'background_context': {'background_context'}, 'sync_exporter': {'sync_exporter'},
    'many_attributes': {'many_attributes'}, 'unended': {'unended'}, 'full_queue': {'full_queue'}, 'leak': {'leak'},
    'code_over_env': {'code_over_env'}, 'ctx_shadow': {'ctx_shadow'}}


def service(fault, counts, *arguments):
    return {'command': [os.path.join(REAL, 'nethttp'), '--port', '{port}', *arguments],
            'ready': 'http://127.0.0.1:{port}/healthz',
            'env': {'TRACETAX_FAULT': '' if fault == HEALTHY else fault, 'TRACETAX_SELF': '1' if counts else '0'}}


def target_of(name, fault, counts):
    if name == 'grpc-go':
        return {**service(fault, counts, *INNER), 'command': [os.path.join(REAL, name), '--port', '{port}', *INNER],
                'ready': 'tcp://127.0.0.1:{port}', 'can_be_absent': True, 'spans_per_request': 3}
    if fault == 'no_inject':  # a chain of two
        return {'services': {'back': service(HEALTHY, False),
                             'front': {'front': True, **service(fault, False, '--call', 'http://127.0.0.1:{port.back}')}},
                'can_be_absent': True, 'spans_per_request': 3}
    return {**service(fault, counts, *INNER), 'can_be_absent': True, 'spans_per_request': 3}


def suite_of(name, fault, counts):
    scenario = {'kind': 'http', 'path': '/users/42', 'expect': {'status': 200}}
    if name == 'grpc-go':
        scenario = {'kind': 'grpc', 'method': 'bench.v1.Bench/GetUser', 'data': {'id': 42}}
    return {'name': f'faults-{name}', 'targets': {name: target_of(name, fault, counts)}, 'scenarios': {'user': scenario},
            'arms': ['off', 'on@100%'], 'load': {'rate': '500/s', 'connections': 4},
            'env': {'OTEL_BSP_SCHEDULE_DELAY': '200'}}


def look(name, fault, counts):
    """What `tracetax doctor --spans` says of the only arm, and its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'suite.json')
        with open(path, 'w') as file:
            json.dump(suite_of(name, fault, counts), file)
        done = subprocess.run([TRACETAX, 'doctor', '--spans', path, '--json', '--quiet'], capture_output=True, text=True,
                              timeout=PATIENCE)
    if done.returncode not in (0, 1):
        raise AssertionError(f'exit code {done.returncode}: {done.stdout}{done.stderr}')
    [arm] = json.loads(done.stdout)['arms']
    return arm, done.returncode


class Doctor(unittest.TestCase):
    def is_named(self, name, fault, counts, wanted):
        """`wanted`: names of which the fault is one; empty: none."""
        began = time.monotonic()
        arm, code = look(name, fault, counts)
        named = [finding['faults'] for finding in arm['findings']]
        said = '; '.join(f'{" or ".join(finding["faults"])}: {finding["evidence"]}' for finding in arm['findings'])
        print(f'| {name} | {fault} | {"SELF" if counts else "outside"} | '
              f'{", ".join(" or ".join(names) for names in named) or "nothing"} | {time.monotonic() - began:.0f} s | {said} |',
              flush=True)
        self.assertEqual([set(names) for names in named], [set(wanted)] if wanted else [], json.dumps(arm))
        self.assertEqual(code, 1 if wanted else 0)

    def test_from_outside(self):
        for fault in FAULTS:
            with self.subTest(fault):
                self.is_named('nethttp', fault, False, FROM_OUTSIDE[fault])

    def test_where_it_counts_its_spans(self):
        for fault in FAULTS:
            if fault != 'no_inject':  # two processes, and each would count its own
                with self.subTest(fault):
                    self.is_named('nethttp', fault, True, FROM_OUTSIDE[fault] and {fault})

    def test_of_grpc(self):
        for fault in ('healthy', 'no_shutdown', 'rate_zero', 'unended', 'code_over_env'):
            if fault in FAULTS:
                with self.subTest(fault):
                    self.is_named('grpc-go', fault, True, FROM_OUTSIDE[fault] and {fault})


if __name__ == '__main__':
    FAULTS = sys.argv[1:] or list(FROM_OUTSIDE)
    MISSING = [name for name in ('nethttp', 'grpc-go') if not os.path.exists(os.path.join(REAL, name))]
    if MISSING:
        print(f'skipped: {" and ".join(MISSING)} not built; scripts/build-real builds them')
        sys.exit(77)
    unittest.main(argv=sys.argv[:1] + ['-v'])
