"""End to end: the ways of the spans out of tracetax-target, and peers that do not want them.

SPDX-License-Identifier: Apache-2.0
"""
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from http2_client import ACK, PING, PREFACE, SETTINGS, frame
from otlp_receiver import Receiver, json_request
from target_process import Target, all_sent, counts, run_program

CERTIFICATES = '''set -e; new='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
openssl req -x509 $new -days 2 -subj /CN=ca -keyout ca.key -out ca.pem
echo subjectAltName=IP:127.0.0.1 > names
for name in server client; do
  openssl req $new -subj /CN=$name -keyout $name.key -out $name.csr
  openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key -days 2 -extfile names -out $name.pem
done
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -days -1 -extfile names -out expired.pem
'''


class HttpTarget(Target):
    def ask(self, count=1, timeout=20):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=timeout)
        for _ in range(count):
            connection.request('GET', '/users/42')
            connection.getresponse().read()
        connection.close()

    def stop(self, *arguments):
        seen = super().stop(*arguments)
        lines = [json.loads(line) for line in self.output.splitlines() if line.startswith('{')]
        self.metrics = [line['tracetax_metrics'] for line in lines if 'tracetax_metrics' in line]
        return seen

    def metric(self, name, **attributes):
        """The sum of those with these attributes, dots as underscores; None: there is none."""
        wanted = {key.replace('_', '.'): value for key, value in attributes.items()}
        found = [one['value'] for one in self.metrics[-1]['metrics']
                 if one['name'] == name and wanted.items() <= one['attributes'].items()]
        return sum(found) if found else None


def failed(count):
    return counts(started=count, sampled=count, ended=count, failed=count)


class Secured(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run(['sh', '-c', CERTIFICATES], cwd=cls.folder.name, check=True, capture_output=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def file(self, name):
        return os.path.join(self.folder.name, name)

    def tls(self, certificate='server.pem', *client_ca):
        return (self.file(certificate), self.file('server.key'), *map(self.file, client_ca))

    def target(self, receiver, **variables):
        variables = {f'OTEL_EXPORTER_OTLP_{name}': value for name, value in variables.items()}
        return HttpTarget('nethttp', OTEL_EXPORTER_OTLP_ENDPOINT=f'https://127.0.0.1:{receiver.port}',
                          OTEL_EXPORTER_OTLP_CERTIFICATE=self.file('ca.pem'), **variables)

    def test_https_with_every_http_protocol(self):
        for protocol in ('http/protobuf', 'http/json'):
            with self.subTest(protocol), Receiver(tls=self.tls()) as receiver, \
                    self.target(receiver, PROTOCOL=protocol, COMPRESSION='gzip') as target:
                target.ask(count=20)
                self.assertEqual(target.stop(), (0, all_sent(20)))
                self.assertEqual(len(receiver.spans), 20)

    def test_mutual_tls(self):
        with Receiver(tls=self.tls('server.pem', 'ca.pem')) as receiver:
            with self.target(receiver, CLIENT_CERTIFICATE=self.file('client.pem'),
                             CLIENT_KEY=self.file('client.key')) as target:
                target.ask(count=3)
                self.assertEqual(target.stop(), (0, all_sent(3)))
            with self.target(receiver) as target:
                target.ask(count=3)
                self.assertEqual(target.stop(), (0, failed(3)))
                self.assertIn('CLIENT_CERTIFICATE', target.errors)
            self.assertEqual(len(receiver.spans), 3)

    def test_an_expired_certificate_fails_the_batch_once_and_in_words(self):
        with Receiver(tls=self.tls('expired.pem')) as receiver, self.target(receiver) as target:
            target.ask(count=3)
            self.assertEqual(target.stop(), (0, failed(3)))
            lines = target.errors.splitlines()
            self.assertEqual(len(lines), 1, lines)
            self.assertIn('certificate has expired', lines[0])
            self.assertEqual(target.metric('otel.sdk.exporter.span.exported', error_type='tls'), 3)

    def test_credentials_in_headers(self):
        for value, encoded in (('Bearer a.b-c', 'Bearer%20a.b-c'), ('Basic dXNlcjpwYSs/c3M=', 'Basic%20dXNlcjpwYSs%2Fc3M='),
                               ('Basic dXNlcjpwYXM=', 'Basic dXNlcjpwYXM=')):
            with self.subTest(value), Receiver(tls=self.tls(), require=('Authorization', value)) as receiver:
                with self.target(receiver, HEADERS=f'x-other=1,authorization={encoded}') as target:
                    target.ask(count=2)
                    self.assertEqual(target.stop(), (0, all_sent(2)))
                with self.target(receiver) as target:
                    target.ask(count=2)
                    self.assertEqual(target.stop(), (0, failed(2)))
                    self.assertIn('answered 401: who are you?', target.errors)
                    self.assertIn('OTEL_EXPORTER_OTLP_HEADERS', target.errors)

    def test_files_that_are_no_certificates_are_told_at_the_start(self):
        with open(self.file('empty.pem'), 'w', encoding='ascii'):
            pass
        base = {'OTEL_EXPORTER_OTLP_ENDPOINT': 'https://127.0.0.1:1'}
        for variables, text in (
                ({'CERTIFICATE': self.file('empty.pem')}, 'CERTIFICATE: there is no certificate'),
                ({'CERTIFICATE': self.file('none.pem')}, 'none.pem'),
                ({'CLIENT_CERTIFICATE': self.file('client.pem'), 'CLIENT_KEY': self.file('server.key')}, 'does not belong'),
                ({'CLIENT_CERTIFICATE': self.file('client.pem'), 'CLIENT_KEY': self.file('ca.pem')}, 'no key in PEM'),
                ({'CLIENT_CERTIFICATE': self.file('client.pem')}, 'CLIENT_KEY')):
            with self.subTest(variables):
                done = run_program('gin', **base, **{f'OTEL_EXPORTER_OTLP_{k}': v for k, v in variables.items()})
                self.assertEqual(done.returncode, 2)
                self.assertIn(text, done.stderr)


class Processors(unittest.TestCase):
    def test_simple_exports_before_the_answer_is_there(self):
        with Receiver() as receiver, HttpTarget('nethttp', receiver=receiver, TRACETAX_PROCESSOR='simple') as target:
            target.ask(count=5)
            self.assertEqual([size for _, _, size, _ in receiver.requests], [1] * 5)
            self.assertEqual(target.stop(), (0, all_sent(5)))
            self.assertEqual(target.metric('otel.sdk.processor.span.processed'), 5)
            self.assertIsNone(target.metric('otel.sdk.processor.span.queue.capacity'))

    def test_a_pool_has_several_batches_under_way(self):
        with Receiver(delay=0.2) as receiver, HttpTarget(
                'nethttp', receiver=receiver, TRACETAX_EXPORTERS='4', OTEL_BSP_MAX_EXPORT_BATCH_SIZE='10') as target:
            target.ask(count=200)
            self.assertEqual(target.stop(), (0, all_sent(200)))
            self.assertEqual(len(receiver.spans), 200)
            self.assertGreater(receiver.most_busy, 1)
            self.assertLessEqual(receiver.most_busy, 4)

    def test_console_beside_otlp(self):
        with Receiver() as receiver, HttpTarget('nethttp', receiver=receiver, OTEL_TRACES_EXPORTER='otlp,console') as target:
            target.ask(count=4)
            self.assertEqual(target.stop(), (0, all_sent(4)))
            shown = [span for line in target.errors.splitlines() for span in json_request(line)[2]]
            self.assertEqual({span['id'] for span in shown}, {span['id'] for span in receiver.spans})
            self.assertEqual(shown[0]['attributes'], dict(
                (span['id'], span['attributes']) for span in receiver.spans)[shown[0]['id']])
            self.assertEqual(target.metric('otel.sdk.exporter.span.exported', otel_component_type='console_span_exporter'), 4)

    def test_console_alone(self):
        with HttpTarget('nethttp', OTEL_TRACES_EXPORTER='console') as target:
            target.ask(count=2)
            self.assertEqual(target.stop(), (0, all_sent(2)))
            self.assertEqual(len(target.errors.splitlines()), 2)

    def test_metrics_when_asked(self):
        with Receiver() as receiver, HttpTarget('nethttp', receiver=receiver, OTEL_SERVICE_NAME='users') as target:
            target.ask(count=7)
            target.process.send_signal(signal.SIGUSR1)
            line = json.loads(target.process.stdout.readline())['tracetax_metrics']
            self.assertEqual(line['service'], 'users')
            by_name = {one['name']: one['value'] for one in line['metrics'] if one['value']}
            self.assertEqual(by_name['otel.sdk.span.started'], 7)
            self.assertEqual(by_name['otel.sdk.processor.span.queue.size'], 7)
            self.assertEqual(target.stop(), (0, all_sent(7)))
            self.assertEqual(target.metric('otel.sdk.processor.span.queue.size'), 0)
            self.assertGreater(target.metric('otel.sdk.exporter.operation.duration.sum'), 0)


    def test_both_processes_of_a_target_tell_their_metrics(self):
        with Receiver() as receiver, HttpTarget('gomicro-chain', receiver=receiver, OTEL_SERVICE_NAME='shop') as target:
            self.assertEqual(target.stop(), (0, counts()))
            self.assertEqual(len({line['service'] for line in target.metrics}), 2)

    def test_a_flush_may_take_longer_than_ten_seconds(self):
        with Receiver(delay=11) as receiver, HttpTarget(
                'nethttp', receiver=receiver, OTEL_EXPORTER_OTLP_TIMEOUT='20000') as target:
            target.ask(count=3)
            self.assertEqual(target.stop(), (0, all_sent(3)))


class BlackHole(unittest.TestCase):
    """Peers that take connections and say nothing. SIGTERM ends the target within the flush time all the same."""

    def setUp(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.place = f'127.0.0.1:{self.listener.getsockname()[1]}'

    def tearDown(self):
        self.listener.close()

    def stopped(self, target, count):
        start = time.monotonic()
        self.assertEqual(target.stop(), (0, failed(count)))
        self.assertLess(time.monotonic() - start, 10)
        self.assertEqual(len(target.errors.splitlines()), 1, target.errors)

    def test_batches(self):
        for endpoint, protocol in (('http', 'http/json'), ('https', 'http/protobuf'), ('http', 'grpc'), ('https', 'grpc')):
            with self.subTest(endpoint=endpoint, protocol=protocol), HttpTarget(
                    'nethttp', OTEL_EXPORTER_OTLP_ENDPOINT=f'{endpoint}://{self.place}',
                    OTEL_EXPORTER_OTLP_PROTOCOL=protocol, OTEL_BSP_EXPORT_TIMEOUT='700') as target:
                target.ask(count=3)
                self.stopped(target, 3)

    def test_simple_holds_up_the_answer_but_not_the_end(self):
        for protocol in ('http/protobuf', 'grpc'):
            with self.subTest(protocol), HttpTarget(
                    'nethttp', OTEL_EXPORTER_OTLP_ENDPOINT=f'http://{self.place}', OTEL_EXPORTER_OTLP_PROTOCOL=protocol,
                    TRACETAX_PROCESSOR='simple', OTEL_BSP_EXPORT_TIMEOUT='700') as target:
                asking = threading.Thread(target=self.ask_in_vain, args=(target,))
                asking.start()
                peer = self.listener.accept()[0]
                peer.recv(1)  # the export is under way
                self.stopped(target, 1)
                asking.join()
                peer.close()

    @staticmethod
    def ask_in_vain(target):
        try:
            target.ask()
        except (OSError, http.client.HTTPException):
            pass


class Keepalive(unittest.TestCase):
    def test_pings_come_when_asked_for(self):
        with socket.create_server(('127.0.0.1', 0)) as listener:
            listener.settimeout(20)
            with HttpTarget('nethttp', OTEL_EXPORTER_OTLP_PROTOCOL='grpc', TRACETAX_KEEPALIVE='200',
                            OTEL_EXPORTER_OTLP_ENDPOINT=f'http://127.0.0.1:{listener.getsockname()[1]}',
                            OTEL_BSP_SCHEDULE_DELAY='10', OTEL_BSP_EXPORT_TIMEOUT='700') as target:
                target.ask()
                peer = listener.accept()[0]
                peer.settimeout(20)
                coming = peer.makefile('rb')
                self.assertEqual(coming.read(len(PREFACE)), PREFACE)
                peer.sendall(frame(SETTINGS, 0, 0))
                pings = 0
                while pings < 2:
                    head = coming.read(9)
                    payload = coming.read(int.from_bytes(head[:3], 'big'))
                    if head[3] == PING and not head[4] & ACK:
                        pings += 1
                        peer.sendall(frame(PING, ACK, 0, payload))
                coming.close()
                peer.close()


class Variables(unittest.TestCase):
    def test_what_is_not_supported_is_named(self):
        for variables, code, text in (
                ({'OTEL_CONFIG_FILE': 'x.yaml'}, 2, 'OTEL_CONFIG_FILE'),
                ({'OTEL_EXPORTER_OTLP_COMPRESSION': 'zstd'}, 2, "'zstd' is not supported"),
                ({'OTEL_EXPORTER_OTLP_HEADER': 'a=b'}, 0, "did you mean 'OTEL_EXPORTER_OTLP_HEADERS'"),
                ({'OTEL_PYTHON_LOG_CORRELATION': 'true'}, 0, "another SDK's")):
            with self.subTest(variables):
                done = run_program('nethttp', '--explain', **variables)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(text, done.stderr)

    def test_explain_tells_the_settings_in_force(self):
        done = run_program('nethttp', '--explain', OTEL_EXPORTER_OTLP_PROTOCOL='grpc', TRACETAX_EXPORTERS='4')
        self.assertIn('otlp: grpc to http://localhost:4317', done.stdout)
        self.assertIn('4 at a time', done.stdout)

    def test_the_documented_table_is_the_programs(self):
        page = os.path.join(os.environ['TRACETAX_SOURCE'], 'docs', 'tracing-sdk.md')
        with open(page, encoding='utf-8') as file:
            self.assertIn(run_program('--list-variables').stdout, file.read())


if __name__ == '__main__':
    unittest.main()
