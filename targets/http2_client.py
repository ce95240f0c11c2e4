"""A gRPC client for tests in the standard library only: unary calls over HTTP/2 without TLS.

It sends headers without compression and does not decode those of the answer: the status of a call is
judged by whether there is a message. One call at a time.
SPDX-License-Identifier: Apache-2.0
"""
import socket
import struct

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
END_STREAM, ACK, END_HEADERS = 1, 1, 4
PREFACE = b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'


def frame(kind, flags, stream, payload=b''):
    return struct.pack('>I', len(payload))[1:] + struct.pack('>BBI', kind, flags, stream) + payload


def literal(name, value):
    """One header field in HPACK, never indexed, as plain text."""
    assert len(name) < 127 and len(value) < 127
    return b'\x10' + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


class Client:
    def __init__(self, port):
        self.port = port
        self.socket = socket.create_connection(('127.0.0.1', port), timeout=20)
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0))
        self.stream = -1

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def exactly(self, size):
        data = b''
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise ConnectionError('the server closed the connection')
            data += more
        return data

    def call(self, method, message, **metadata):
        """The bytes of the answer's message, or None if there was none."""
        self.stream += 2
        headers = {':method': 'POST', ':scheme': 'http', ':path': method, ':authority': f'127.0.0.1:{self.port}',
                   'content-type': 'application/grpc', 'te': 'trailers', **metadata}
        block = b''.join(literal(name, value) for name, value in headers.items())
        body = struct.pack('>BI', 0, len(message)) + message
        self.socket.sendall(frame(HEADERS, END_HEADERS, self.stream, block) +
                            frame(DATA, END_STREAM, self.stream, body))
        answer = b''
        while True:
            head = self.exactly(9)
            size = struct.unpack('>I', b'\0' + head[:3])[0]
            kind, flags, stream = struct.unpack('>BBI', head[3:])
            payload = self.exactly(size)
            if kind == SETTINGS and not flags & ACK:
                self.socket.sendall(frame(SETTINGS, ACK, 0))
            elif kind == PING and not flags & ACK:
                self.socket.sendall(frame(PING, ACK, 0, payload))
            elif stream == self.stream and kind == DATA:
                answer += payload
            if stream == self.stream and (kind == RST_STREAM or flags & END_STREAM and kind in (DATA, HEADERS)):
                return answer[5:] if answer and answer[:5] == struct.pack('>BI', 0, len(answer) - 5) else None

    def echo(self, text, **metadata):
        """bench.v1.Bench/Echo; the text that came back."""
        data = text.encode()
        answer = self.call('/bench.v1.Bench/Echo', b'\x0a' + bytes([len(data)]) + data, **metadata)
        return None if answer is None else answer[2:].decode()
