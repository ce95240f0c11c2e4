# What the doors of `tracetax sink` take and refuse, each counted: encodings, other signals, headers, TLS.
# SPDX-License-Identifier: Apache-2.0
import gzip
import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import tempfile
import unittest

from sink_peers import PACKINGS, PATIENCE, GrpcExporter, Sink, payload, post, protobuf_payload, total


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
        self.addCleanup(connection.close)
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


if __name__ == "__main__":
    unittest.main()
