"""The real services in Go that are in build/real: test_go.py [NAME...]. They answer and make spans as captured/NAME.json
says, answer as the emulated service does, join their caller's trace, are silent where they should be, and send their
last spans at SIGTERM. Then a short `tracetax run` closes its receipts. Ends with 77, and says so, where none is built;
scripts/build-real builds them.
SPDX-License-Identifier: Apache-2.0
"""
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import unittest

import capture
from capture import PARENT, WIRES, Service, traceparent
from otlp_receiver import Receiver

BIN = os.environ['TRACETAX_BIN']
SUITES = os.path.normpath(os.path.join(capture.HERE, '../../../scenarios/suites'))
TRACE = 'ab' * 16
# What a busy machine does to numbers; what the services do is told by the other rules.
OF_THE_MACHINE = {'rate_not_achieved', 'driver_lag', 'machine_stalled', 'driver_saturated', 'not_warm'}
# Frameworks that have a provider of their own, and a protocol that it speaks.
OWN_PROVIDER = {'hertz': 'grpc', 'gozero-rest': 'http/protobuf', 'gozero-zrpc': 'http/protobuf', 'kitex-thrift': 'grpc',
                'kitex-grpc': 'grpc'}
SHORT = {'design.blocks': 1, 'design.processes': 'fresh', 'design.warmup': '200ms', 'design.measure': '600ms',
         'design.slice': '50ms', 'design.drain': '20s', 'load.rate': '1k/s', 'load.timeout': '20s',
         'load.connections': 4}


def built():
    with open(os.path.join(capture.HERE, 'targets')) as file:
        table = [line.split()[0] for line in file if line.strip() and not line.startswith('#')]
    return [name for name in table if os.path.exists(os.path.join(capture.BUILT, name))]


def comparable(captured):
    """Go itself may be another one."""
    return captured and {**captured, 'versions': {**captured['versions'], 'go': ''}}


class Emulated:
    """tracetax-target NAME while it runs, without tracing."""

    def __init__(self, name):
        self.process = subprocess.Popen([os.path.join(BIN, 'tracetax-target'), name, '--port', '0'], text=True,
                                        stdout=subprocess.PIPE, env={**os.environ, 'TRACETAX_STATE': 'absent'})
        self.port = json.loads(self.process.stdout.readline())['port']

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.communicate()


def first_call(service, parent):
    """The service's first call with that parent in the trace TRACE."""
    make, calls = WIRES[service.facts['wire']]
    return make(service.port, *calls[0], traceparent(TRACE, parent))


class RealGoServices(unittest.TestCase):
    maxDiff = 4000

    def of_each(self, what, names=None):
        for name in NAMES if names is None else names:
            with self.subTest(name):
                what(name)

    def of_each_called(self, what):
        """Of those whose wire capture.py speaks."""
        self.of_each(what, [name for name in NAMES if capture.describe(name)['wire'] in WIRES])

    @contextlib.contextmanager
    def started(self, name, state='export', **more):
        with Receiver() as receiver, Service(name, capture.environment(name, receiver.port, state, **more)) as service:
            yield service, receiver

    def test_answers_and_spans_are_those_captured(self):
        def look(name):
            self.assertEqual(comparable(capture.capture(name)), comparable(capture.stored(name)))
        self.of_each_called(look)

    def test_answers_are_those_of_the_emulated_service(self):
        def look(name):
            with self.started(name, 'absent') as (real, _), Emulated(name) as emulated:
                make, calls = WIRES[real.facts['wire']]
                for call, body in calls[:2]:
                    answers = [make(port, call, body, None) for port in (real.port, emulated.port)]
                    of_real, of_emulated = [(a.status // 100, a.content_type, a.text.strip()) for a in answers]
                    self.assertEqual(of_real, of_emulated, call)
        self.of_each_called(look)

    def test_spans_join_their_caller_and_the_last_come_at_sigterm(self):
        def look(name):
            with self.started(name, OTEL_BSP_SCHEDULE_DELAY='60000') as (service, receiver):
                answers = {first_call(service, parent).status for parent in ['unsampled'] + ['sampled'] * 5}
                self.assertEqual(len(answers), 1)
                self.assertEqual(receiver.spans, [])
                self.assertEqual(service.stop(), 0)
                self.assertEqual(len(receiver.spans), 5 * service.facts['spans_per_request'])
                self.assertEqual({span['trace'] for span in receiver.spans}, {TRACE})
                self.assertEqual(sum(span['parent'] == PARENT for span in receiver.spans), 5)
        self.of_each_called(look)

    def test_states_without_exports_are_silent(self):
        def look(name):
            for state in ('absent', 'noop', 'drop', 'record'):
                with self.subTest(state=state), self.started(name, state) as (service, receiver):
                    for _ in range(3):
                        first_call(service, 'sampled')
                    self.assertEqual(service.stop(), 0)
                    self.assertEqual(receiver.requests, [])
        self.of_each_called(look)

    def run_shortly(self, name, **more):
        """A run of five arms; `more`: keys of the target in its suite."""
        facts = capture.describe(name)
        target = {'framework': None, 'command': [os.path.join(capture.BUILT, name), '--port', '{port}'],
                  'ready': facts['ready'], 'can_be_absent': True, 'spans_per_request': facts['spans_per_request'], **more}
        with tempfile.TemporaryDirectory() as out:
            with open(os.path.join(out, 'suite.json'), 'w') as file:
                json.dump({'extends': [os.path.join(SUITES, 'frameworks.json')], 'name': 'real-go',
                           'targets': {name: target}, 'design': {'capacity': None}}, file)
            done = subprocess.run(
                [os.path.join(BIN, 'tracetax'), 'run', os.path.join(out, 'suite.json'), '--only', name, '--quiet',
                 '--no-check', '--out', os.path.join(out, 'run'),
                 *(word for key, value in SHORT.items() for word in ('--set', f'{key}={value}'))],
                capture_output=True, text=True, timeout=300)
            self.assertTrue(os.path.exists(os.path.join(out, 'run/result.json')), done.stdout + done.stderr)
            with open(os.path.join(out, 'run/result.json')) as file:
                segments = json.load(file)['segments']
        self.assertGreaterEqual(len(segments), 5, done.stderr)
        for segment in segments:
            broken = [void for void in segment['voids'] if void['rule'] not in OF_THE_MACHINE]
            self.assertEqual(broken, [], segment['arm'])
            self.assertEqual(segment['spans']['expected'], segment['spans']['received'])
            if segment['arm'] != 'on@1%':  # chance may leave it without a trace
                self.assertEqual(segment['arm'].startswith('on@'), segment['spans']['received'] > 0, segment['arm'])

    def test_a_short_run_closes_its_receipts(self):
        self.of_each(self.run_shortly)

    def test_a_short_run_with_its_own_provider_too(self):
        self.of_each(lambda name: self.run_shortly(name, env={'TRACETAX_NATIVE': '1'}, otlp=OWN_PROVIDER[name]),
                     [name for name in NAMES if name in OWN_PROVIDER])


if __name__ == '__main__':
    NAMES = [name for name in built() if name in sys.argv[1:] or not sys.argv[1:]]
    if not NAMES:
        print('skipped: no real service in Go is built; scripts/build-real builds them')
        sys.exit(77)
    unittest.main(argv=sys.argv[:1] + ['-v'])
