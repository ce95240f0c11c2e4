"""`tracetax load otlp://` into `tracetax sink`: every span counted exactly, over every protocol, compression and
kind of values; receivers that stop, refuse and answer wrongly; bad input.

SPDX-License-Identifier: Apache-2.0
"""

import http.server
import itertools
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

TRACETAX = pathlib.Path(os.environ["TRACETAX_BIN"]) / "tracetax"
RELAY = pathlib.Path(os.environ["TRACETAX_SOURCE"]) / "harness/run/e2e/span_relay.py"
PORTS = re.compile(r"http://127\.0\.0\.1:(\d+)/v1/traces and on 127\.0\.0\.1:(\d+)")


class Sink:
    """One `tracetax sink`; `totals` ends it."""

    def __init__(self, case, *options):
        self.process = subprocess.Popen([TRACETAX, "sink", "--quiet", "--http", "0", "--grpc", "0", *options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        case.addCleanup(self.end)
        listening = ""
        while not (ports := PORTS.search(listening)):
            line = self.process.stderr.readline()
            case.assertTrue(line, "the sink ended before it listened")
            listening += line
        self.http, self.grpc = (f"127.0.0.1:{port}" for port in ports.groups())

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
        return self.process.communicate(timeout=60)[0]

    def totals(self):
        numbers = re.findall(r"^  (\w.*?) {2,}(\d+)$", self.end(), re.M)
        return {name: int(value) for name, value in numbers}


def load(url, *options):
    return subprocess.run([TRACETAX, "load", url, "--json", *options], capture_output=True, text=True, timeout=60)


class Answers(http.server.ThreadingHTTPServer):
    """Answers each export with the next of `answers`: a status, headers and a body."""

    def __init__(self, case, *answers):
        answers = itertools.cycle(answers)

        class Door(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                status, headers, body = next(answers)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Door)
        threading.Thread(target=self.serve_forever, daemon=True).start()
        case.addCleanup(self.server_close)
        case.addCleanup(self.shutdown)
        self.url = f"otlp+http://127.0.0.1:{self.server_port}"


class OtlpLoad(unittest.TestCase):
    def exports(self, protocol, *options, requests=12, spans=50):
        """Through a sink of its own: what the load says, and what the sink counted."""
        sink = Sink(self)
        if protocol == "grpc":
            url = f"otlp://{sink.grpc}"
        else:
            url = f"otlp+http://{sink.http}"
            options = ("--protocol", protocol, *options)
        done = load(url, "-n", str(requests), "--spans", str(spans), "-c", "2", *options)
        if "zstd" in options and ("415" in done.stderr or "UNIMPLEMENTED" in done.stderr or "zstd" in done.stderr):
            return None, None
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout), sink.totals()

    def check_all(self, protocol):
        for compression, values in itertools.product(("none", "gzip", "zstd"), ("dictionary", "random", "50%")):
            with self.subTest(protocol=protocol, compression=compression, values=values):
                said, counted = self.exports(protocol, "--compression", compression, "--values", values,
                                             "--services", "3", "--events", "1")
                if said is None:
                    self.skipTest("this sink takes no zstd")
                self.assertEqual(counted["spans"], 600)
                self.assertEqual(counted["traces"], 12 * 13)
                self.assertEqual(counted["payloads"], 13, "the first is the check, without spans")
                for nothing in ("duplicates", "without parent here", "malformed payloads", "refused payloads"):
                    self.assertEqual(counted[nothing], 0, nothing)
                otlp = said["otlp"]
                self.assertEqual(otlp["spans_sent"], 600)
                self.assertEqual(otlp["spans_accepted"], 600)
                self.assertEqual(otlp["spans_rejected"], 0)
                self.assertEqual(said["errors"], {})
                if compression == "none":
                    self.assertEqual(otlp["compression_ratio"], 1)
                else:
                    self.assertGreater(otlp["compression_ratio"], 1.2)
                # The sink counts bodies, the load what it wrote; the check's own body is small.
                self.assertGreater(said["bytes_sent"], 0.9 * counted["bytes"])

    def test_grpc_counts_exactly(self):
        self.check_all("grpc")

    def test_http_protobuf_counts_exactly(self):
        self.check_all("http/protobuf")

    def test_http_json_counts_exactly(self):
        self.check_all("http/json")

    def test_batches_of_one_and_of_thousands(self):
        for protocol, spans in itertools.product(("grpc", "http/json"), (1, 3, 3000)):
            with self.subTest(protocol=protocol, spans=spans):
                said, counted = self.exports(protocol, requests=4, spans=spans)
                self.assertEqual(counted["spans"], 4 * spans)
                self.assertEqual(said["otlp"]["spans_accepted"], 4 * spans)

    def test_a_receiver_that_stops_for_a_second_loses_no_load(self):
        """A ticker that waits for each answer would send less and show short times. Here all that was due is
        sent, and the response times hold the wait."""
        sink = Sink(self)
        stops = threading.Timer(0.7, sink.process.send_signal, (signal.SIGSTOP,))
        goes_on = threading.Timer(1.7, sink.process.send_signal, (signal.SIGCONT,))
        for timer in (stops, goes_on):
            timer.start()
        done = load(f"otlp://{sink.grpc}", "--rate", "100/s", "-d", "3s", "--spans", "20", "-c", "2")
        goes_on.join()
        said = json.loads(done.stdout)
        self.assertEqual(said["sent"], 300)
        self.assertEqual(said["otlp"]["spans_accepted"], 6000)
        self.assertGreater(said["response_ns"]["max"], 800e6)
        self.assertGreater(said["response_ns"]["p90"], 100e6, "each that came due meanwhile had to wait")
        self.assertEqual(sink.totals()["spans"], 6000)

    def test_partial_success_is_told(self):
        partial = json.dumps({"partialSuccess": {"rejectedSpans": "7", "errorMessage": "too old"}}).encode()
        server = Answers(self, (200, {}, b"{}"), (200, {}, partial))  # the first is the check's
        done = load(server.url, "--protocol", "http/json", "-n", "10", "-c", "1", "--spans", "20")
        self.assertEqual(done.returncode, 0, done.stderr)
        otlp = json.loads(done.stdout)["otlp"]
        self.assertEqual((otlp["spans_accepted"], otlp["spans_rejected"]), (165, 35))
        self.assertEqual(otlp["partial_successes"], 5)
        self.assertEqual(otlp["message"], "too old")
        self.assertIn("rejected 35 spans in 5 answers", "\n".join(json.loads(done.stdout)["warnings"]))

    def test_refusals_have_their_kind(self):
        server = Answers(self, (200, {}, b""), (503, {"Retry-After": "1"}, b"wait"), (429, {}, b""))
        done = load(server.url, "-n", "9", "-c", "1", "--spans", "20")
        self.assertEqual(done.returncode, 4, "too many failed")
        said = json.loads(done.stdout)
        self.assertEqual(said["errors"], {"status_503": 3, "status_429": 3})
        self.assertEqual(said["otlp"]["retryable"], said["errors"])
        self.assertEqual(said["otlp"]["spans_accepted"], 60)

    def test_garbage_for_an_answer_is_named(self):
        server = Answers(self, (200, {}, b""), (200, {}, b"<html>welcome</html>"))
        done = load(server.url, "-n", "3", "-c", "1")
        self.assertEqual(done.returncode, 4)
        self.assertEqual(json.loads(done.stdout)["errors"], {"malformed": 2})

    def test_nobody_there_and_the_wrong_protocol(self):
        done = load("otlp://127.0.0.1:9", "-n", "1")
        self.assertEqual(done.returncode, 4)
        self.assertIn("Connection refused", done.stderr)
        sink = Sink(self)
        done = load(f"otlp://{sink.http}", "-n", "1")
        self.assertEqual(done.returncode, 4)
        self.assertIn("does not speak HTTP/2", done.stderr)

    def test_bad_input_says_what_would_be_right(self):
        for options, words in (
                (["otlp://h:1/path"], "gRPC has one of its own"),
                (["otlp://h", "--spans", "0"], "--spans"),
                (["otlp://h", "--values", "some"], "share of random values"),
                (["otlp://h", "--compression", "gzp"], "did you mean 'gzip'"),
                (["otlp://h", "--protocol", "http/json"], "otlp+http://"),
                (["otlp://h", "--body", "x"], "is not for OTLP"),
                (["otlp://h", "--sampling", "1%"], "all spans are sent"),
                (["otlp://h", "--ca", "x"], "otlps://"),
                (["otlp+http://h", "-H", "Content-Type: x"], "set by the protocol"),
                (["otlp+http://h", "--spans", "65536", "--attributes", "128"], "fewer --spans"),
                (["http://h", "--spans", "5"], "is for otlp:// and otlp+http:// URLs")):
            with self.subTest(options=options):
                done = load(*options)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(words, done.stderr)

    def test_a_receipt_closes_where_the_target_passes_spans_on(self):
        suite = {
            "name": "pass-on",
            "targets": {"relay": {"command": [sys.executable, str(RELAY), "{port}", "{sink_http}"],
                                  "ready": "tcp://127.0.0.1:{port}"}},
            "scenarios": {"exports": {"kind": "otlp", "protocol": "http/protobuf", "spans": 50,
                                      "compression": "gzip"}},
            "arms": ["off", "on@100%"], "load": {"rate": "100/s", "connections": 2},
            "design": {"blocks": 1, "warmup": "100ms", "measure": "600ms", "settle": "500ms", "drain": "10s"}}
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "suite.json"
            path.write_text(json.dumps(suite))
            done = subprocess.run([TRACETAX, "run", path, "--no-check", "--out", f"{folder}/out"],
                                  capture_output=True, text=True, timeout=120)
            self.assertIn(done.returncode, (0, 3, 4), done.stderr)
            segments = json.loads((pathlib.Path(folder) / "out/result.json").read_text())["segments"]
        segments = [segment for segment in segments if segment["kind"] == "open"]
        self.assertEqual(len(segments), 2)
        for segment in segments:
            spans = segment["spans"]
            self.assertEqual(spans["received"], spans["expected"], spans)
            self.assertEqual(spans["missing_traces"] + spans["unexpected_traces"] + spans["wrong_shape_traces"], 0)
            self.assertEqual(spans["orphans"], 0)
            self.assertEqual(segment["otlp"]["spans_accepted"], 50 * segment["requests"])
            self.assertEqual(spans["traces_expected"] * 50, spans["expected"] * 13)


if __name__ == "__main__":
    unittest.main()
