"""W3C's trace-context test suite (testdata/w3c_trace_context, unchanged) against w3c_relay, which is made of an emulated
service's own parts. What opentelemetry-go fails, and nothing else, must fail: testdata/w3c_trace_context/go_fails.json.

    test_w3c_trace_context.py [--against URL PORT]      prints what fails of a service whose harness listens on PORT

Needs Debian's python3-aiohttp.
SPDX-License-Identifier: Apache-2.0
"""
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import unittest

SUITE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'testdata', 'w3c_trace_context')
CASES = 41


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def run_suite(url, port):
    """(all, failed): the names of the cases."""
    environment = {**os.environ, 'SPEC_LEVEL': '2', 'STRICT_LEVEL': '2', 'HARNESS_PORT': str(port),
                   'HARNESS_TIMEOUT': '30', 'PYTHONDONTWRITEBYTECODE': '1'}
    done = subprocess.run([sys.executable, 'test.py', url], cwd=SUITE, env=environment, text=True, capture_output=True,
                          timeout=300)
    # "test_x (__main__.Class.test_x)" or, before Python 3.11, "test_x (__main__.Class)"; a docstring's first line may
    # stand between the name and its result.
    cases = re.findall(r'^(test_\w+) \(__main__\.(\w+)', done.stderr, re.M)
    failed = re.findall(r'^(?:FAIL|ERROR): (test_\w+) \(__main__\.(\w+)', done.stderr, re.M)
    name = '{0[1]}.{0[0]}'.format
    return {name(one) for one in cases}, {name(one) for one in failed}, done.stderr


@unittest.skipUnless(importlib.util.find_spec('aiohttp'), 'W3C\'s suite needs python3-aiohttp; scripts/setup installs it')
class W3cTraceContext(unittest.TestCase):
    def test_only_what_go_fails_fails(self):
        with open(os.path.join(SUITE, 'go_fails.json'), encoding='utf-8') as file:
            listed = json.load(file)['fails']
        port = free_port()
        environment = {k: v for k, v in os.environ.items() if not k.startswith('OTEL_')}
        relay = subprocess.Popen([os.path.join(os.environ['TRACETAX_BIN'], 'w3c_relay'), str(port)], text=True,
                                 env=environment, stdout=subprocess.PIPE)
        try:
            cases, failed, output = run_suite(f'http://127.0.0.1:{int(relay.stdout.readline())}/test', port)
        finally:
            relay.terminate()
            relay.communicate(timeout=30)
        self.assertEqual(len(cases), CASES, output)
        self.assertEqual(failed - set(listed), set(), output)
        self.assertEqual(set(listed) - failed, set(), 'listed as failing, and do not')


if __name__ == '__main__':
    if sys.argv[1:2] == ['--against']:
        print('\n'.join(sorted(run_suite(sys.argv[2], int(sys.argv[3]))[1])))
    else:
        unittest.main()
