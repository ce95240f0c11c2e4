"""An OTLP receiver that answers garbage: bytes that are no HTTP, or a 200 whose body is none of OTLP's.

    garbage_peer.py PORT noise|page

SPDX-License-Identifier: Apache-2.0
"""
import socketserver
import sys

ANSWERS = {'noise': b'\x00\x01\x02 SSH-2.0-nobody\r\n\r\n' * 4,
           'page': b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 22\r\n\r\n<html>not here</html>\n'}


class Peer(socketserver.BaseRequestHandler):
    def handle(self):
        while self.request.recv(1 << 20):
            self.request.sendall(ANSWERS[sys.argv[2]])


if __name__ == '__main__':
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(('127.0.0.1', int(sys.argv[1])), Peer) as server:
        server.serve_forever()
