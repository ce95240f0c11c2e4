# What the tests of `tracetax sink` share: payloads in every encoding, a peer that speaks gRPC, and a sink to start.
# SPDX-License-Identifier: Apache-2.0
import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import zlib

TRACETAX = os.path.join(os.environ["TRACETAX_BIN"], "tracetax")
PATIENCE = 30


def payload(count, first=0, parent="00000000000000ff"):
    spans = [
        {
            "traceId": f"{k + 1:032x}",
            "spanId": f"{k + 1:016x}",
            "parentSpanId": parent,
            "name": "GET /users/{id}",
            "kind": 2,
            "startTimeUnixNano": "1700000000000000000",
            "endTimeUnixNano": "1700000000000050000",
        }
        for k in range(first, first + count)
    ]
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).encode()


def post(port, body, path="/v1/traces", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    all_headers = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
    connection.request("POST", path, body, all_headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, text


def varint(value):
    out = b""
    while value >= 0x80:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def protobuf_payload(count, first=0):
    spans = b"".join(field(2, field(1, f"{k + 1:016d}".encode()) + field(2, f"{k + 1:08d}".encode()))
                     for k in range(first, first + count))
    return field(1, field(2, spans))


def zstd(data):
    """A frame of blocks that are not packed: its header tells the size in four bytes."""
    pieces = [data[k:k + 100_000] for k in range(0, len(data), 100_000)] or [b""]
    blocks = b"".join(((k + 1 == len(pieces)) | len(piece) << 3).to_bytes(3, "little") + piece
                      for k, piece in enumerate(pieces))
    return b"\x28\xb5\x2f\xfd\xa0" + len(data).to_bytes(4, "little") + blocks


def snappy(data):
    """A block of literals, each with its length less one in two bytes."""
    pieces = [data[k:k + 60_000] for k in range(0, len(data), 60_000)]
    return varint(len(data)) + b"".join(b"\xf4" + (len(piece) - 1).to_bytes(2, "little") + piece for piece in pieces)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def snappy_stream(data):
    """The framing format, with chunks that are not packed."""
    out = b"\xff\x06\x00\x00sNaPpY"
    for k in range(0, len(data), 60_000):
        piece = data[k:k + 60_000]
        crc = crc32c(piece)
        masked = ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
        out += b"\x01" + (len(piece) + 4).to_bytes(3, "little") + masked.to_bytes(4, "little") + piece
    return out


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKINGS = [("identity", bytes), ("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate),
            ("zstd", zstd), ("snappy", snappy), ("snappy", snappy_stream)]


class GrpcExporter:
    """Just enough of HTTP/2 to make one gRPC call after another: literal headers, and answers not unpacked."""
    HEADERS, DATA, SETTINGS, PING, GOAWAY = 1, 0, 4, 6, 7
    EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"

    def __init__(self, port, tls=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self.stream = -1
        self.socket.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        self.frame(self.SETTINGS, 0, 0, b"")

    def frame(self, kind, flags, stream, content):
        head = len(content).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big")
        self.socket.sendall(head + content)

    def exactly(self, size):
        content = b""
        while len(content) < size:
            piece = self.socket.recv(size - len(content))
            if not piece:
                raise EOFError
            content += piece
        return content

    def export(self, message, packed=False, path=EXPORT, encoding=None, **more):
        """Returns the bytes of the response message, once the call has ended. `encoding` names what the message has
        been packed with already."""
        self.stream += 2
        encoding = "gzip" if packed else encoding
        headers = {":method": "POST", ":scheme": "http", ":path": path, ":authority": "sink", "te": "trailers",
                   "content-type": "application/grpc", **({"grpc-encoding": encoding} if encoding else {}), **more}
        packed_headers = b"".join(b"\0" + bytes([len(k)]) + k.encode() + bytes([len(v)]) + v.encode()
                                  for k, v in headers.items())
        self.frame(self.HEADERS, 4, self.stream, packed_headers)
        body = gzip.compress(message) if packed else message
        flag = bytes([encoding not in (None, "identity")])
        body = flag + len(body).to_bytes(4, "big") + body
        for k in range(0, len(body), 16384):
            self.frame(self.DATA, k + 16384 >= len(body), self.stream, body[k:k + 16384])
        answer = b""
        while True:
            head = self.exactly(9)
            kind, flags, stream = head[3], head[4], int.from_bytes(head[5:9], "big")
            content = self.exactly(int.from_bytes(head[:3], "big"))
            if kind in (self.SETTINGS, self.PING) and not flags & 1:
                self.frame(kind, 1, 0, content if kind == self.PING else b"")
            answer += content if kind == self.DATA else b""
            if kind == self.GOAWAY:
                raise EOFError(content)
            if stream == self.stream and kind in (self.HEADERS, self.DATA) and flags & 1:
                return answer

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


class Sink:
    """A sink by itself on free ports."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            [TRACETAX, "sink", "--http", "0", "--grpc", "0", *options], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self.first_line = self.process.stderr.readline()
        found = re.fullmatch(r"listening on https?://127\.0\.0\.1:(\d+)/v1/traces and on 127\.0\.0\.1:(\d+) "
                             r"for OTLP/gRPC\n", self.first_line)
        self.port, self.grpc_port = (int(found.group(1)), int(found.group(2))) if found else (None, None)

    def stop(self, signal_number=signal.SIGINT):
        self.process.send_signal(signal_number)
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


def total(out, name):
    return int(re.search(rf"^  {name} +(\d+)", out, re.MULTILINE).group(1))
