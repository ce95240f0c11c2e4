# `tracetax sink` as people and as the driver use it: a real process, real sockets, real signals.
# SPDX-License-Identifier: Apache-2.0
import gzip
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
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


class Alone(unittest.TestCase):
    def test_prints_seconds_and_totals(self):
        with Sink() as sink:
            self.assertEqual(post(sink.port, payload(5)), (200, b"{}"))
            self.assertEqual(post(sink.port, gzip.compress(payload(5)), Content_Encoding="gzip")[0], 200)
            line = sink.process.stdout.readline()
            self.assertRegex(line, r"spans/s .* traces .* payloads .* spans/payload")
            code, out, err = sink.stop()
            self.assertEqual((code, err), (0, ""))
            self.assertEqual(total(out, "spans"), 5)
            self.assertEqual(total(out, "traces"), 5)
            self.assertEqual(total(out, "payloads"), 2)
            self.assertEqual(total(out, "duplicates"), 5)
            self.assertEqual(total(out, "without parent here"), 5)
            self.assertEqual(total(out, "malformed payloads"), 0)

    def test_sigterm_ends_it_normally_too(self):
        with Sink("--quiet") as sink:
            code, out, _ = sink.stop(signal.SIGTERM)
            self.assertEqual(code, 0)
            self.assertTrue(out.startswith("total\n"), out)

    def test_malformed_payloads_are_answered_400_and_counted(self):
        with Sink("--quiet") as sink:
            status, text = post(sink.port, b'{"resourceSpans":7}')
            self.assertEqual(status, 400)
            self.assertIn("resourceSpans must be a list", json.loads(text)["message"])
            self.assertEqual(post(sink.port, b"not gzip", Content_Encoding="gzip")[0], 400)
            self.assertEqual(post(sink.port, payload(1))[0], 200)
            _, out, _ = sink.stop()
            self.assertEqual(total(out, "malformed payloads"), 2)
            self.assertEqual(total(out, "spans"), 1)

    def test_garbage_does_not_end_it(self):
        with Sink("--quiet") as sink:
            for garbage in (b"\x00" * 1000, b"\x16\x03\x01", b"POST", b"GET / HTTP/1.1\r\n\r\n", os.urandom(100000)):
                with socket.create_connection(("127.0.0.1", sink.port), timeout=PATIENCE) as peer:
                    try:
                        peer.sendall(garbage)
                    except OSError:
                        pass  # it may have closed already
            self.assertEqual(post(sink.port, payload(1))[0], 200)
            self.assertEqual(sink.stop()[0], 0)

    def test_takes_grpc_beside_http(self):
        with Sink("--quiet") as sink, GrpcExporter(sink.grpc_port) as exporter:
            self.assertEqual(exporter.export(protobuf_payload(5)), b"\0\0\0\0\0")
            packed = protobuf_payload(5, first=5)
            self.assertEqual(exporter.export(packed, packed=True), b"\0\0\0\0\0")
            self.assertEqual(exporter.export(b"malformed"), b"")
            self.assertEqual(exporter.export(protobuf_payload(1, first=99), path="/some.Service/Else"), b"")
            self.assertEqual(post(sink.port, payload(1))[0], 200)
            code, out, err = sink.stop()
            self.assertEqual((code, err), (0, ""))
            self.assertEqual(total(out, "spans"), 11)
            self.assertEqual(total(out, "payloads"), 3)
            self.assertEqual(total(out, "malformed payloads"), 1)
            wire = len(protobuf_payload(5)) + len(gzip.compress(packed)) + len(payload(1))
            self.assertEqual(total(out, "bytes"), wire)

    def test_sleeps_while_nothing_comes(self):
        def wake_ups():
            tasks = f"/proc/{sink.process.pid}/task"
            counts = []
            for task in os.listdir(tasks):
                with open(f"{tasks}/{task}/status") as status:
                    counts.append(int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status.read(), re.M)[1]))
            return sum(counts)

        with Sink("--quiet") as sink, GrpcExporter(sink.grpc_port) as exporter:
            exporter.export(protobuf_payload(1))
            before = wake_ups()
            time.sleep(2)
            self.assertLess(wake_ups() - before, 20)

    def test_without_grpc(self):
        with subprocess.Popen([TRACETAX, "sink", "--http", "0", "--grpc", "none"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, text=True) as sink:
            self.assertRegex(sink.stderr.readline(), r"^listening on http://127\.0\.0\.1:\d+/v1/traces\n$")
            sink.terminate()

    def test_port_in_use_is_one_clear_error(self):
        with Sink() as sink:
            for option, port in (("--http", sink.port), ("--grpc", sink.grpc_port)):
                ports = {"--http": "0", "--grpc": "0", option: str(port)}
                second = subprocess.run([TRACETAX, "sink", *[word for pair in ports.items() for word in pair]],
                                        capture_output=True, text=True, timeout=PATIENCE)
                self.assertEqual(second.returncode, 2)
                self.assertEqual(second.stdout, "")
                self.assertIn(f"port {port} is in use", second.stderr)
                self.assertIn(option, second.stderr)
                self.assertEqual(len(second.stderr.splitlines()), 1, second.stderr)


class Doors(unittest.TestCase):
    def test_every_encoding_over_both_protocols_is_counted_exactly(self):
        with Sink("--quiet") as sink, GrpcExporter(sink.grpc_port) as exporter:
            for k, (name, pack) in enumerate(PACKINGS):
                self.assertEqual(post(sink.port, pack(payload(7, first=100 * k)), Content_Encoding=name), (200, b"{}"))
                # Ids of the other kind, so that no span is a duplicate of one over HTTP.
                message = pack(protobuf_payload(5, first=100 * k))
                self.assertEqual(exporter.export(message, encoding=name), b"\0\0\0\0\0", name)
            _, out, _ = sink.stop()
            self.assertEqual(total(out, "spans"), 12 * len(PACKINGS))
            self.assertEqual(total(out, "payloads"), 2 * len(PACKINGS))
            self.assertEqual(total(out, "duplicates"), 0)
            self.assertEqual(total(out, "malformed payloads"), 0)
            self.assertEqual(total(out, "refused payloads"), 0)

    def test_what_is_packed_wrongly_is_malformed(self):
        with Sink("--quiet") as sink, GrpcExporter(sink.grpc_port) as exporter:
            for name, pack in PACKINGS[1:]:
                good = pack(payload(3))
                for bad in (good[:-1], b"garbage", b""):
                    self.assertEqual(post(sink.port, bad, Content_Encoding=name)[0], 400, (name, bad))
                self.assertEqual(exporter.export(b"garbage", encoding=name), b"")
            _, out, _ = sink.stop()
            self.assertEqual(total(out, "malformed payloads"), 4 * (len(PACKINGS) - 1))
            self.assertEqual(total(out, "spans"), 0)

    def test_bombs_take_no_memory(self):
        with Sink("--quiet") as sink:
            bomb = gzip.compress(bytes((64 << 20) + 1))
            for _ in range(5):
                status, text = post(sink.port, bomb, Content_Encoding="gzip")
                self.assertEqual(status, 400)
                self.assertIn("unpacks to more than 67108864 bytes", json.loads(text)["message"])
            with open(f"/proc/{sink.process.pid}/status") as status:
                peak = int(re.search(r"^VmHWM:\s+(\d+) kB", status.read(), re.M)[1])
            self.assertLess(peak, 300_000)

    def test_unknown_encodings_are_refused_and_counted_with_the_remedy(self):
        with Sink() as sink, GrpcExporter(sink.grpc_port) as exporter:
            status, text = post(sink.port, payload(1), Content_Encoding="br")
            self.assertEqual(status, 415)
            self.assertIn("identity, gzip, deflate, zstd, snappy", json.loads(text)["message"])
            self.assertEqual(exporter.export(b"x", encoding="lz4"), b"")
            self.assertRegex(sink.process.stdout.readline(), r"refused: unknown encoding (br|lz4)")
            _, out, _ = sink.stop()
            self.assertEqual(total(out, "refused payloads"), 2)
            self.assertIn("    1 x unknown encoding br\n    1 x unknown encoding lz4\n", out)
            self.assertIn("see: OTEL_EXPORTER_OTLP_COMPRESSION", out)

    def test_metrics_and_logs_are_taken_and_not_kept(self):
        with Sink("--quiet") as sink, GrpcExporter(sink.grpc_port) as exporter:
            self.assertEqual(post(sink.port, b"{}", path="/v1/metrics"), (200, b"{}"))
            self.assertEqual(post(sink.port, b"{}", path="/v1/logs"), (200, b"{}"))
            method = "/opentelemetry.proto.collector.{0}.v1.{1}Service/Export"
            self.assertEqual(exporter.export(b"x", path=method.format("metrics", "Metrics")), b"\0\0\0\0\0")
            self.assertEqual(exporter.export(b"x", path=method.format("logs", "Logs")), b"\0\0\0\0\0")
            self.assertEqual(post(sink.port, b"{}", path="/v2/traces")[0], 404)
            _, out, _ = sink.stop()
            self.assertEqual(total(out, "other signals"), 4)
            self.assertEqual(total(out, "payloads"), 0)
            self.assertIn("    1 x path /v2/traces\n", out)

    def test_required_headers(self):
        with Sink("--quiet", "--require-header", "Authorization: Bearer abc", "--require-header",
                  "x-api-key:k") as sink, GrpcExporter(sink.grpc_port) as exporter:
            right = {"authorization": "Bearer abc", "x-api-key": "k"}
            self.assertEqual(post(sink.port, payload(1))[0], 401)
            self.assertEqual(post(sink.port, payload(1), **{**right, "authorization": "Bearer abcd"})[0], 401)
            self.assertEqual(post(sink.port, payload(1), **right)[0], 200)
            self.assertEqual(exporter.export(protobuf_payload(1)), b"")
            self.assertEqual(exporter.export(protobuf_payload(1), **right), b"\0\0\0\0\0")
            _, out, _ = sink.stop()
            self.assertEqual(total(out, "spans"), 2)
            self.assertIn("    2 x header authorization missing\n    1 x header authorization wrong\n", out)
            self.assertNotIn("abc", out)

    def test_another_host(self):
        with Sink("--quiet", "--host", "127.0.0.2") as sink:
            self.assertRegex(sink.first_line, r"^listening on http://127\.0\.0\.2:\d+/v1/traces and on 127\.0\.0\.2:\d+ ")
            port = int(re.search(r":(\d+)/", sink.first_line)[1])
            with socket.create_connection(("127.0.0.2", port), timeout=PATIENCE):
                pass
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=PATIENCE)


class Tls(unittest.TestCase):
    """Certificates as people make them, with the openssl command."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        by_ca = ["-CA", self.file("ca.pem"), "-CAkey", self.file("ca.key")]
        self.certificate("ca")
        self.certificate("sink", *by_ca, "-addext", "subjectAltName=IP:127.0.0.1")
        self.certificate("client", *by_ca)

    def file(self, name):
        return os.path.join(self.folder, name)

    def certificate(self, name, *words):
        openssl("req", "-x509", "-days", "2", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                "-keyout", self.file(name + ".key"), "-out", self.file(name + ".pem"), *words)

    def context(self, identity=None):
        context = ssl.create_default_context(cafile=self.file("ca.pem"))
        if identity:
            context.load_cert_chain(self.file(identity + ".pem"), self.file(identity + ".key"))
        return context

    def post(self, port, body, context):
        connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=context)
        connection.request("POST", "/v1/traces", body, {"Content-Type": "application/json"})
        status = connection.getresponse().status
        connection.close()
        return status

    def test_mutual_tls_over_both_protocols(self):
        with Sink("--quiet", "--tls", f"{self.file('sink.pem')},{self.file('sink.key')}", "--client-ca",
                  self.file("ca.pem")) as sink:
            self.assertIn("listening on https://", sink.first_line)
            self.assertEqual(self.post(sink.port, payload(3), self.context("client")), 200)
            context = self.context("client")
            context.set_alpn_protocols(["h2"])
            with GrpcExporter(sink.grpc_port, context) as exporter:
                self.assertEqual(exporter.socket.selected_alpn_protocol(), "h2")
                self.assertEqual(exporter.export(protobuf_payload(4)), b"\0\0\0\0\0")
            with self.assertRaises(OSError):
                self.post(sink.port, payload(1), self.context())
            with self.assertRaises((OSError, http.client.HTTPException)):
                post(sink.port, payload(1))
            _, out, _ = sink.stop()
            self.assertEqual(total(out, "spans"), 7)
            self.assertIn("    1 x TLS handshake: peer did not return a certificate\n", out)
            self.assertIn("    1 x no TLS on a TLS port\n", out)
            self.assertIn("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", out)


class Options(unittest.TestCase):
    def refusal(self, *options):
        done = subprocess.run([TRACETAX, "sink", *options], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 2, done)
        self.assertEqual(done.stdout, "")
        return done.stderr

    def test_mistakes(self):
        self.assertIn("did you mean '--http'", self.refusal("--htp", "4318"))
        self.assertIn("--http", self.refusal("--http", "70000"))
        self.assertIn("--grpc: ", self.refusal("--grpc", "some"))
        self.assertIn("or none", self.refusal("--grpc", "some"))
        self.assertIn("--memory", self.refusal("--memory", "lots"))
        self.assertIn("4318", self.refusal("4318"))
        self.assertIn("right is CERT,KEY", self.refusal("--tls", "cert.pem"))
        self.assertIn("cert.pem': No such file", self.refusal("--http", "0", "--tls", "/nowhere/cert.pem,key.pem"))
        self.assertIn("give --tls CERT,KEY", self.refusal("--client-ca", "ca.pem"))
        self.assertIn("'X-API-Key: abc'", self.refusal("--require-header", "no colon"))
        self.assertIn("is no address", self.refusal("--host", "example", "--http", "0"))

    def test_help(self):
        done = subprocess.run([TRACETAX, "sink", "--help"], capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0)
        self.assertIn("--memory", done.stdout)


class Control(unittest.TestCase):
    def setUp(self):
        self.process = subprocess.Popen([TRACETAX, "sink", "--http", "0", "--grpc", "0", "--control"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True)
        ready = json.loads(self.process.stdout.readline())
        self.assertIs(ready["ready"], True)
        self.port, self.grpc_port = ready["http_port"], ready["grpc_port"]

    def tearDown(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def test_a_segment(self):
        self.assertEqual(self.ask({"ask": "begin"}), {"ok": True})
        self.assertEqual(post(self.port, payload(3))[0], 200)
        self.assertEqual(post(self.port, b"malformed")[0], 200)  # found when it is decoded
        self.assertEqual(self.ask({"ask": "spans"}), {"spans": 3})
        nothing_sampled = {
            "spans_per_request": 1,
            "phases": [{"seed": 1, "rate": 0.0, "requests": 10, "not_sent": [], "uncertain": []}],
        }
        receipt = self.ask({"ask": "close", "expected": nothing_sampled})
        self.assertEqual(receipt["expected"], 0)
        self.assertEqual(receipt["received"], 3)
        self.assertEqual(receipt["unexpected_traces"], 3)
        self.assertEqual(receipt["malformed_payloads"], 1)
        self.assertIn("error", self.ask({"ask": "nothing"}))

    def test_refusals_are_in_the_receipt_and_not_in_the_next(self):
        self.assertEqual(self.ask({"ask": "begin"}), {"ok": True})
        self.assertEqual(post(self.port, payload(3), Content_Encoding="br")[0], 415)
        self.assertEqual(post(self.port, b"{}", path="/v1/logs")[0], 200)
        self.assertEqual(post(self.port, zstd(payload(3)), Content_Encoding="zstd")[0], 200)
        self.assertEqual(post(self.port, b"garbage", Content_Encoding="zstd")[0], 200)  # found when it is unpacked
        receipt = self.ask({"ask": "close"})
        self.assertEqual(receipt["refusals"], {"unknown encoding br": 1})
        self.assertEqual(receipt["other_signals"], 1)
        self.assertEqual((receipt["received"], receipt["malformed_payloads"]), (3, 1))
        self.assertEqual(self.ask({"ask": "begin"}), {"ok": True})
        receipt = self.ask({"ask": "close"})
        self.assertEqual((receipt["refusals"], receipt["other_signals"]), ({}, 0))

    def test_a_segment_over_grpc(self):
        self.assertEqual(self.ask({"ask": "begin"}), {"ok": True})
        with GrpcExporter(self.grpc_port) as exporter:
            self.assertEqual(exporter.export(protobuf_payload(3)), b"\0\0\0\0\0")
            self.assertEqual(exporter.export(b"malformed"), b"\0\0\0\0\0")  # found when it is decoded
        self.assertEqual(self.ask({"ask": "spans"}), {"spans": 3})
        receipt = self.ask({"ask": "close"})
        self.assertEqual((receipt["payloads"], receipt["malformed_payloads"]), (1, 1))

    def test_receives_before_its_driver_and_decodes_after_everything(self):
        tasks = [int(task) for task in os.listdir(f"/proc/{self.process.pid}/task")]
        nice = sorted(os.getpriority(os.PRIO_PROCESS, task) for task in tasks)
        mine = os.getpriority(os.PRIO_PROCESS, 0)
        self.assertEqual(nice[-1], 19)
        self.assertEqual(nice.count(19), 1, nice)
        self.assertLessEqual(nice[-2], mine)

    def test_ends_with_its_driver(self):
        self.process.communicate(timeout=PATIENCE)  # closes its stdin
        self.assertEqual(self.process.returncode, 0)

    def test_leaves_ctrl_c_to_its_driver(self):
        self.process.send_signal(signal.SIGINT)
        self.assertEqual(self.ask({"ask": "spans"}), {"spans": 0})

    def test_tells_the_driver_when_it_cannot_bind(self):
        second = subprocess.run([TRACETAX, "sink", "--http", str(self.port), "--grpc", "none", "--control"],
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(second.returncode, 2)
        self.assertIn(f"port {self.port} is in use", json.loads(second.stdout)["error"])


if __name__ == "__main__":
    unittest.main()
