"""A small server over a real store: each request is one write. Where the store fails it answers 503 with the reason.

Usage: store_server.py PORT redis PORT_OF_REDIS
       store_server.py PORT psql PROGRAM ARGUMENT...   its argument --sql TEXT is what each request runs
SPDX-License-Identifier: Apache-2.0
"""
import http.server
import socket
import subprocess
import sys
import threading


class Redis:
    def __init__(self, port):
        self.socket = socket.create_connection(('127.0.0.1', int(port)))
        self.answers = self.socket.makefile('rb')

    def write(self):
        self.socket.sendall(b'INCR sold\r\n')
        answer = self.answers.readline()
        if not answer.startswith(b':'):
            raise OSError(f'redis: {answer.decode().strip() or "the connection ended"}')


class Psql:
    def __init__(self, command, sql):
        self.sql = sql
        self.process = subprocess.Popen([*command, '-q', '-v', 'ON_ERROR_STOP=1'], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def write(self):
        self.process.stdin.write(f'{self.sql};\n\\echo done\n')
        self.process.stdin.flush()
        while (line := self.process.stdout.readline()) != 'done\n':
            if not line:
                raise OSError('psql ended')


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    lock, store = threading.Lock(), None

    def do_GET(self):
        try:
            if self.path != '/healthz':
                with Handler.lock:
                    Handler.store = Handler.store or connect()
                    Handler.store.write()
            status, text = 200, 'ok\n'
        except OSError as error:
            Handler.store = None
            status, text = 503, f'{error}\n'
        self.send_response(status)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def connect():
    kind, *rest = sys.argv[2:]
    if kind == 'redis':
        return Redis(*rest)
    at = rest.index('--sql')
    return Psql(rest[:at] + rest[at + 2:], rest[at + 1])


Server(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
