"""What others send, into `tracetax sink`: test_senders.py SENDER. Over each protocol and compression that the sender has,
with a header, TLS and certificates of its own, every span is counted once; what is refused is counted by its reason.
Which sender has what, and how it is told, stands in senders.json. Ends with 77, and says so, where the sender is not
there: nothing is downloaded here.
SPDX-License-Identifier: Apache-2.0
"""
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
REAL = os.environ.get('TRACETAX_REAL') or os.path.normpath(os.path.join(HERE, '../../../build/real'))
TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
PATIENCE = 240  # a Java agent on a busy machine
with open(os.path.join(HERE, 'senders.json')) as matrix:
    MATRIX = json.load(matrix)
SPANS = MATRIX['spans']


def filled(words, values):
    return [re.sub(r'{(\w+)}', lambda found: str(values[found[1]]), word) for word in words]


def make_certificates(folder):
    """A CA, a server's certificate for 127.0.0.1 and a client's, as NAME.pem and NAME.key."""
    def openssl(*words):
        subprocess.run(['openssl', *words], cwd=folder, check=True, capture_output=True, timeout=PATIENCE)
    key = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2')
    openssl('req', '-x509', *key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=ca')
    with open(os.path.join(folder, 'names'), 'w') as file:
        file.write('subjectAltName=IP:127.0.0.1,DNS:localhost\n')
    for name in ('server', 'client'):
        openssl('req', *key[:-2], '-keyout', f'{name}.key', '-out', f'{name}.csr', '-subj', f'/CN={name}')
        openssl('x509', '-req', '-in', f'{name}.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2',
                '-extfile', 'names', '-out', f'{name}.pem')
    return {'ca': f'{folder}/ca.pem', 'server_cert': f'{folder}/server.pem', 'server_key': f'{folder}/server.key',
            'client_cert': f'{folder}/client.pem', 'client_key': f'{folder}/client.key'}


def sink_options(door, files):
    """What makes the sink ask for this much."""
    tls = ['--tls', f'{files["server_cert"]},{files["server_key"]}']
    return {'plain': [], 'bearer': ['--require-header', 'Authorization: Bearer secret'], 'tls': tls,
            'mtls': [*tls, '--client-ca', files['ca']]}[door]


class Sink:
    """A sink by itself on free ports; `told` is what it said at its end."""

    def __init__(self, *options):
        self.process = subprocess.Popen([TRACETAX, 'sink', '--http', '0', '--grpc', '0', '--quiet', *options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        found = re.search(r'://127\.0\.0\.1:(\d+)/v1/traces and on 127\.0\.0\.1:(\d+) ', line)
        if not found:
            raise AssertionError(line + self.process.communicate()[1])
        self.http, self.grpc = map(int, found.groups())
        self.told = ''

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.told = self.process.communicate(timeout=PATIENCE)[0]

    def total(self, name):
        return int(re.search(rf'^ *{name} +(\d+)', self.told, re.MULTILINE)[1])


def variables(protocol, compression, door, port, files):
    """How SDKs are told where to send to, and how."""
    secure = door in ('tls', 'mtls')
    wanted = {'OTEL_EXPORTER_OTLP_PROTOCOL': protocol,
              'OTEL_EXPORTER_OTLP_ENDPOINT': f'{"https" if secure else "http"}://127.0.0.1:{port}',
              'OTEL_TRACES_EXPORTER': 'otlp', 'OTEL_METRICS_EXPORTER': 'none', 'OTEL_LOGS_EXPORTER': 'none',
              'OTEL_SERVICE_NAME': 'sender'}
    if compression != 'none':  # that word is an error to Python's exporter over gRPC
        wanted['OTEL_EXPORTER_OTLP_COMPRESSION'] = compression
    if door == 'bearer':
        wanted['OTEL_EXPORTER_OTLP_HEADERS'] = 'authorization=Bearer%20secret'
    if secure:
        wanted['OTEL_EXPORTER_OTLP_CERTIFICATE'] = files['ca']
    if door == 'mtls':
        wanted['OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE'] = files['client_cert']
        wanted['OTEL_EXPORTER_OTLP_CLIENT_KEY'] = files['client_key']
    return wanted


def own_variables(protocol):
    """What this sender alone needs."""
    given = {**SENDER.get('env', {}), **SENDER.get('env_of', {}).get(protocol, {})}
    return {name: value.replace('{real}', REAL) for name, value in given.items()}


def collector_config(protocol, compression, door, port, files, taken):
    """The same for a Collector that takes OTLP/gRPC at the port `taken`. JSON is YAML."""
    exporter = {'compression': compression, 'retry_on_failure': {'enabled': False}, 'timeout': '5s',
                'headers': {'authorization': 'Bearer secret'} if door == 'bearer' else {}}
    secure = door in ('tls', 'mtls')
    tls = {'ca_file': files['ca']} if secure else {'insecure': True}
    if door == 'mtls':
        tls.update(cert_file=files['client_cert'], key_file=files['client_key'])
    exporter['tls'] = tls
    if protocol == 'grpc':
        name, exporter['endpoint'] = 'otlp_grpc', f'127.0.0.1:{port}'
    else:
        name, exporter['endpoint'] = 'otlp_http', f'{"https" if secure else "http"}://127.0.0.1:{port}'
        exporter['encoding'] = {'http/json': 'json', 'http/protobuf': 'proto'}[protocol]
    return {'receivers': {'otlp': {'protocols': {'grpc': {'endpoint': f'127.0.0.1:{taken}'}}}},
            'processors': {'batch': {'timeout': '100ms'}}, 'exporters': {name: exporter},
            'service': {'telemetry': {'logs': {'level': 'error'}, 'metrics': {'level': 'none'}},
                        'pipelines': {'traces': {'receivers': ['otlp'], 'processors': ['batch'], 'exporters': [name]}}}}


def environment(more):
    """This one, without what would overrule `more`: Python's exporter over HTTP prefers a CA of these variables."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith('OTEL_') and name not in ('REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE')}
    return {**kept, **more}


class Senders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix='tracetax-senders-')
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.files = make_certificates(cls.folder)

    def command(self, sender, protocol, door, port):
        given = sender.get('arguments', {})
        values = {'real': REAL, 'here': HERE, 'port': port, 'spans': SPANS, 'traces': SPANS // 2, **self.files,
                  'config': os.path.join(self.folder, 'config.json')}
        return filled([*sender['command'], *given.get(protocol, []), *given.get(door, [])], values)

    def send(self, protocol, compression, door, port):
        """Lets the sender make its spans and end; what it said."""
        if 'fed_by' in SENDER:
            return self.feed(protocol, compression, door, port)
        done = subprocess.run(
            self.command(SENDER, protocol, door, port), capture_output=True, text=True, timeout=PATIENCE, cwd=self.folder,
            env=environment({**variables(protocol, compression, door, port, self.files), **own_variables(protocol)}))
        return done.stdout + done.stderr

    def feed(self, protocol, compression, door, port):
        """A collector has no spans of its own."""
        with socket.create_server(('127.0.0.1', 0)) as free:
            taken = free.getsockname()[1]
        with open(os.path.join(self.folder, 'config.json'), 'w') as file:
            json.dump(collector_config(protocol, compression, door, port, self.files, taken), file)
        with subprocess.Popen(self.command(SENDER, protocol, door, port), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True) as collector:
            end = time.monotonic() + PATIENCE
            while collector.poll() is None and time.monotonic() < end:
                with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', taken)):
                    break
                time.sleep(0.02)
            feeder = MATRIX['senders'][SENDER['fed_by']]
            fed = subprocess.run(self.command(feeder, 'grpc', 'plain', taken), capture_output=True, text=True,
                                 timeout=PATIENCE, env=environment({}))
            collector.terminate()  # it sends what it has
            said = collector.communicate(timeout=PATIENCE)[0]
        self.assertEqual(fed.returncode, 0, fed.stderr)
        return said

    def sent_to(self, asks, protocol, compression, door):
        """A sink that asks for `asks`, once the sender has sent what it would send to one that asks for `door`."""
        with Sink(*sink_options(asks, self.files)) as sink:
            said = self.send(protocol, compression, door, sink.grpc if protocol == 'grpc' else sink.http)
        print(f'{NAME} {protocol} {compression} {door}: {sink.total("spans")} of {SPANS} spans in {sink.total("bytes")} '
              f'bytes, {sink.total("refused payloads")} refused')
        sink.told += said
        return sink

    def all_arrive(self, protocol, compression, door='plain'):
        sink = self.sent_to(door, protocol, compression, door)
        counts = [sink.total(name) for name in ('spans', 'traces', 'duplicates', 'malformed payloads', 'refused payloads')]
        self.assertEqual(counts, [SPANS, SPANS // 2, 0, 0, 0], sink.told)
        return sink.total('bytes')

    def is_refused(self, reason, *how):
        sink = self.sent_to(*how)
        self.assertEqual(sink.total('spans'), 0, sink.told)
        self.assertGreater(sink.total('refused payloads'), 0, sink.told)
        self.assertIn(reason, sink.told)

    def test_every_protocol_and_compression(self):
        plain_bytes = {}
        for protocol, compressions in SENDER['compressions'].items():
            for compression in compressions:
                with self.subTest(protocol=protocol, compression=compression):
                    reason = MATRIX['refusals'].get(f'{protocol} {compression}')
                    if reason:
                        self.is_refused(reason, 'plain', protocol, compression, 'plain')
                        continue
                    size = self.all_arrive(protocol, compression)
                    if compression == 'none':
                        plain_bytes[protocol] = size
                    else:  # or the sender did not do as it was told
                        self.assertLess(size, 0.6 * plain_bytes[protocol])
        if 'http/json' in plain_bytes:
            self.assertGreater(plain_bytes['http/json'], 1.2 * plain_bytes['http/protobuf'])

    def test_every_door(self):
        for door in SENDER['doors']:
            for protocol in SENDER['compressions']:
                with self.subTest(protocol=protocol, door=door):
                    self.all_arrive(protocol, 'gzip', door)

    def test_who_does_not_bring_what_is_asked_for_is_refused(self):
        brings = {'bearer': 'plain', 'tls': 'plain', 'mtls': 'tls'}
        for door in SENDER['refused_at']:
            for protocol in SENDER['compressions']:
                with self.subTest(protocol=protocol, door=door):
                    self.is_refused(MATRIX['refusals'][door], door, protocol, 'gzip', brings[door])


if __name__ == '__main__':
    NAME = sys.argv.pop(1)
    SENDER = MATRIX['senders'][NAME]
    if not os.path.exists(os.path.join(REAL, SENDER['needs'])):
        print(f'skipped: {NAME} is not there; {SENDER["install"]} makes it')
        sys.exit(77)
    unittest.main()
