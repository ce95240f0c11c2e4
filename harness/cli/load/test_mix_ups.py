"""The first try of an OTLP receiver: ports in use, dead and mixed up, TLS where there is none and the reverse, a path that
is not there. Every error names what was asked for, what is wrong and what would be right.

SPDX-License-Identifier: Apache-2.0
"""
import os
import re
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
PORTS = re.compile(r'http://127\.0\.0\.1:(\d+)/v1/traces and on 127\.0\.0\.1:(\d+)')
USAGE, INVALID = 2, 4


def call(*arguments):
    return subprocess.run([TRACETAX, *arguments], capture_output=True, text=True, timeout=60)


class Sink:
    """One `tracetax sink` on free ports."""

    def __init__(self, case):
        self.process = subprocess.Popen([TRACETAX, 'sink', '--quiet', '--http', '0', '--grpc', '0'],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        case.addCleanup(self.end)
        said = ''
        while not (ports := PORTS.search(said)):
            line = self.process.stderr.readline()
            case.assertTrue(line, f'the sink ended before it listened: {said}')
            said += line
        self.http, self.grpc = ports.groups()

    def end(self):
        self.process.terminate()
        self.process.communicate(timeout=60)


def tls_port(case, protocols):
    """A port behind which TLS is spoken, and nothing after the handshake."""
    folder = tempfile.TemporaryDirectory()
    case.addCleanup(folder.cleanup)
    both = os.path.join(folder.name, 'both.pem')
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost',
                    '-keyout', both, '-out', both + '.cert'], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both + '.cert', both)
    context.set_alpn_protocols(protocols)
    server = socket.create_server(('127.0.0.1', 0))
    case.addCleanup(server.close)

    def serve():
        while True:
            try:
                peer, _ = server.accept()
            except OSError:
                return
            try:
                context.wrap_socket(peer, server_side=True).close()
            except OSError:
                peer.close()
    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


class MixUps(unittest.TestCase):
    def expect(self, code, words, *arguments):
        done = call(*arguments)
        self.assertEqual(done.returncode, code, f'{arguments}: {done.stderr}')
        self.assertEqual(done.stdout, '')
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr, arguments)

    def load(self, url, *words):
        self.expect(INVALID, words, 'load', url, '--duration', '100ms', '--timeout', '2s')

    def test_a_port_in_use_is_named_with_the_option_that_changes_it(self):
        sink = Sink(self)
        self.expect(USAGE, [f'port {sink.http} is in use', '--http'], 'sink', '--http', sink.http, '--grpc', 'none')
        self.expect(USAGE, [f'port {sink.grpc} is in use', '--grpc'], 'sink', '--http', '0', '--grpc', sink.grpc)

    def test_a_dead_port_is_named(self):
        with socket.create_server(('127.0.0.1', 0)) as free:
            port = free.getsockname()[1]
        self.load(f'otlp://127.0.0.1:{port}', f'127.0.0.1:{port}', 'refused', 'tracetax sink')
        self.load(f'otlp+http://127.0.0.1:{port}', f'127.0.0.1:{port}', 'refused', 'tracetax sink')

    def test_the_two_ports_mixed_up(self):
        sink = Sink(self)
        self.load(f'otlp://127.0.0.1:{sink.http}', f'127.0.0.1:{sink.http}', 'HTTP/1.1', 'otlp+http://')
        self.load(f'otlp+http://127.0.0.1:{sink.grpc}', f'127.0.0.1:{sink.grpc}', 'gRPC', 'otlp://')

    def test_a_wrong_path_is_named_with_the_right_one(self):
        sink = Sink(self)
        self.load(f'otlp+http://127.0.0.1:{sink.http}/traces', '404', '/traces', '/v1/traces')

    def test_tls_where_there_is_none(self):
        sink = Sink(self)
        self.load(f'otlp+https://127.0.0.1:{sink.http}', 'TLS', 'otlp+http://')
        self.load(f'otlps://127.0.0.1:{sink.grpc}', 'TLS', 'otlp://')

    def test_no_tls_where_it_is_spoken(self):
        port = tls_port(self, ['h2', 'http/1.1'])
        self.load(f'otlp+http://127.0.0.1:{port}', 'TLS', 'otlp+https://')
        self.load(f'otlp://127.0.0.1:{port}', 'TLS', 'otlps://')


if __name__ == '__main__':
    unittest.main()
