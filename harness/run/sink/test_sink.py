# `tracetax sink` as people and as the driver use it: a real process, real sockets, real signals.
# SPDX-License-Identifier: Apache-2.0
import gzip
import json
import os
import re
import signal
import socket
import subprocess
import time
import unittest

from sink_peers import PATIENCE, TRACETAX, GrpcExporter, Sink, payload, post, protobuf_payload, total, zstd


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

    def test_one_that_discards_counts_by_itself(self):
        with Sink("--discard", "--counts") as sink, GrpcExporter(sink.grpc_port) as exporter:
            self.assertEqual(json.loads(sink.process.stdout.readline()), {"ready": True, "port": sink.port})
            self.assertEqual(post(sink.port, payload(5)), (200, b"{}"))
            self.assertEqual(post(sink.port, gzip.compress(payload(5)), Content_Encoding="gzip")[0], 200)
            self.assertEqual(post(sink.port, protobuf_payload(100), Content_Type="application/x-protobuf")[0], 200)
            exporter.export(protobuf_payload(1000))
            self.assertEqual(post(sink.port, payload(7)[:-1])[0], 400)
            code, out, err = sink.stop(signal.SIGTERM)
            self.assertEqual((code, err), (0, ""))
            spans = json.loads(out)["tracetax_spans"]
            self.assertEqual((spans["exported"], spans["ended"], spans["dropped"], spans["failed"]), (1110, 1110, 0, 0))

    def test_one_that_discards_tells_people_its_totals(self):
        with Sink("--discard") as sink:
            post(sink.port, payload(5))
            code, out, _ = sink.stop()
            self.assertEqual(code, 0)
            self.assertRegex(out, r"^5 spans in 1 payloads of .*; 0 malformed, 0 refused\n$")

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
