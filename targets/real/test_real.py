"""The real services of one language, as their suite starts them: test_real.py LANGUAGE. They answer as the emulated
ones do, join their caller's trace, are silent where they should be, and send their last spans at SIGTERM. Then a short
`tracetax run` closes its receipts. Ends with 77, and says so, where targets/real/setup has not been run: nothing
is downloaded here.
SPDX-License-Identifier: Apache-2.0
"""
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from otlp_receiver import Receiver  # noqa: E402

LANGUAGE = sys.argv.pop(1)
FOLDER = os.path.join(HERE, LANGUAGE)
BUILT = {'python': 'python/bin/gunicorn', 'node': 'node/node_modules/express', 'java': 'java/Service.class',
         'go': 'nethttp'}
TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
READY_WITHIN_S = 90  # a Java agent on a busy machine
TRACE, PARENT = 'ab' * 16, 'cd' * 8
# What a busy machine does to numbers; what the services do is told by the other rules.
OF_THE_MACHINE = {'rate_not_achieved', 'driver_lag', 'machine_stalled', 'driver_saturated', 'not_warm'}


def suite():
    with open(os.path.join(FOLDER, 'suite.json')) as file:
        return json.loads(re.sub(r'(^|\s)//.*', '', file.read()))


class Service:
    """One service on its way, in an arm that traces (`on`), or does not (`off`, `disabled`)."""

    def __init__(self, name, arm='on', receiver=None):
        plan, self.name = suite(), name
        target = plan['targets'][name]
        arms = {a['name']: a for a in plan['arms'] if isinstance(a, dict)}
        override = arms.get(arm, {}).get('per_target', {}).get(name, {})
        with socket.create_server(('127.0.0.1', 0)) as free:
            self.port = free.getsockname()[1]
        state = {'on': 'export', 'off': 'absent'}.get(arm, 'noop')
        variables = {
            'TRACETAX_STATE': state, 'OTEL_SDK_DISABLED': 'false' if arm == 'on' else 'true',
            'OTEL_TRACES_EXPORTER': 'otlp' if arm == 'on' else 'none', 'OTEL_TRACES_SAMPLER': 'parentbased_always_on',
            'OTEL_METRICS_EXPORTER': 'none', 'OTEL_LOGS_EXPORTER': 'none', 'OTEL_PROPAGATORS': 'tracecontext',
            'OTEL_EXPORTER_OTLP_PROTOCOL': 'http/protobuf',
            'OTEL_EXPORTER_OTLP_ENDPOINT': f'http://127.0.0.1:{receiver.port}',
            **plan['env'], **target.get('env', {})}
        put = lambda text: text.replace('{port}', str(self.port))  # noqa: E731
        self.process = subprocess.Popen(
            [put(word) for word in override.get('command', target['command'])], cwd=FOLDER, text=True,
            stderr=subprocess.PIPE, env={**os.environ, **{key: put(value) for key, value in variables.items()}})
        self.wait_until_ready()

    def wait_until_ready(self):
        end = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError):
                if self.ask('GET', '/healthz', flag='00')[0] == 200:
                    return
            time.sleep(0.1)
        self.process.kill()
        raise AssertionError(f'{self.name} is not ready: {self.process.communicate()[1]}')

    def ask(self, method, path, body=None, flag='01'):
        with contextlib.closing(http.client.HTTPConnection('127.0.0.1', self.port, timeout=20)) as connection:
            headers = {'traceparent': f'00-{TRACE}-{PARENT}-{flag}'}
            if body:
                headers['Content-Type'] = 'application/json'
            connection.request(method, path, body and json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def stop(self):
        """Its exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=20)
        return self.process.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


class RealServices(unittest.TestCase):
    def of_each(self, arm, what):
        for name, target in suite()['targets'].items():
            with self.subTest(name, arm=arm), Receiver() as receiver, Service(name, arm, receiver) as service:
                what(service, receiver, target.get('spans_per_request', 1))

    def test_answers_are_those_of_the_emulated_services(self):
        created = '2024-01-01T00:00:00Z'

        def look(service, *_):
            self.assertEqual(json.loads(service.ask('GET', '/hello/ada')[1]), {'hello': 'ada'})
            self.assertEqual(json.loads(service.ask('GET', '/users/42')[1]), {
                'id': 42, 'name': 'user-42', 'email': 'user-42@example.com', 'created_at': created})
            status, answer = service.ask('POST', '/users', {'name': 'Ada', 'email': 'ada@example.com'})
            self.assertEqual((status, json.loads(answer)), (201, {
                'id': 1, 'name': 'Ada', 'email': 'ada@example.com', 'created_at': created}))
            self.assertIn(service.ask('GET', '/users/x')[0], (400, 404, 422))
            self.assertEqual(service.ask('GET', '/nowhere')[0], 404)
        self.of_each('off', look)

    def test_spans_join_their_caller_and_the_last_come_at_sigterm(self):
        def look(service, receiver, spans):
            self.assertEqual(service.ask('GET', '/hello/ada', flag='00')[0], 200)
            for _ in range(5):
                self.assertEqual(service.ask('GET', '/hello/ada')[0], 200)
            self.assertIn(service.stop(), (0, 143, -signal.SIGTERM))
            self.assertEqual(len(receiver.spans), 5 * spans)
            self.assertEqual({span['trace'] for span in receiver.spans}, {TRACE})
            self.assertEqual(sum(span['parent'] == PARENT for span in receiver.spans), 5)
        self.of_each('on', look)

    def test_off_and_disabled_are_silent(self):
        def look(service, receiver, _):
            for _ in range(5):
                self.assertEqual(service.ask('GET', '/hello/ada')[0], 200)
            service.stop()
            self.assertEqual(receiver.spans, [])
        self.of_each('off', look)
        self.of_each('disabled', look)

    def run_short(self, plan, *changes):
        """The segments of a run with short phases; none is broken, but by a busy machine."""
        short = {'design.processes': 'fresh', 'design.blocks': 1, 'design.warmup': '1s', 'design.measure': '1s',
                 'load.rate': '50/s', 'load.timeout': '20s', 'design.drain': '30s'}
        settings = [*(f'{key}={value}' for key, value in short.items()), *changes]
        with tempfile.TemporaryDirectory() as out:
            done = subprocess.run([TRACETAX, 'run', plan, '--quiet', '--no-check', '--out', out,
                                   *(word for setting in settings for word in ('--set', setting))],
                                  capture_output=True, text=True, timeout=500)
            with open(os.path.join(out, 'result.json')) as file:
                segments = json.load(file)['segments']
        for segment in segments:
            broken = [void for void in segment['voids'] if void['rule'] not in OF_THE_MACHINE]
            self.assertEqual(broken, [], segment['arm'])
            self.assertEqual(segment['spans']['expected'], segment['spans']['received'])
            self.assertEqual(segment['arm'].startswith('on@'), segment['spans']['received'] > 0)
        return segments, done.stderr

    @unittest.skipUnless(LANGUAGE == 'python', 'its propagators are installed for Python')
    def test_every_format_of_the_context_joins_its_caller(self):
        formats = ['b3', 'b3multi', 'jaeger', 'xray', 'w3c']
        plan = suite()
        flask = plan['targets']['flask']
        plan.pop('$schema')
        plan['targets'] = {name: dict(flask) for name in formats}
        plan['scenarios'] = {name: {'path': '/hello/ada', 'context': name, 'targets': [name]} for name in formats}
        plan['arms'] = ['off', 'on@50%']
        plan['design'] = {}
        for override in plan['targets'].values():
            override.pop('can_be_absent')
        with tempfile.NamedTemporaryFile('w', suffix='.json', dir=FOLDER) as file:
            json.dump(plan, file)
            file.flush()
            segments, errors = self.run_short(file.name)
        self.assertEqual(len(segments), 2 * len(formats), errors)

    def test_a_short_run_closes_its_receipts(self):
        protocols = ['http/protobuf', 'http/json'] if LANGUAGE == 'node' else ['http/protobuf']
        for protocol in protocols:
            with self.subTest(protocol):
                segments, errors = self.run_short(os.path.join(FOLDER, 'suite.json'), f'otlp={protocol}',
                                                  'design.slice=100ms')
                self.assertGreaterEqual(len(segments), 5, errors)


if __name__ == '__main__':
    if not os.path.exists(os.path.join(HERE, '../../build/real', BUILT[LANGUAGE])):
        print(f'skipped: the {LANGUAGE} services are not there; targets/real/setup {LANGUAGE} makes them')
        sys.exit(77)
    unittest.main()
