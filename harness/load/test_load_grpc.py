"""`tracetax load grpc://...` as a person uses it, against the emulated gRPC service: what it tells, stalls of
either side, bad input, servers that speak something else or nonsense.

Times are asserted only where a stop or a pause makes them; how fast the machine is, is its own affair.
SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

import test_load
from test_load import CATCHES_UP_WITHIN, MS, count_above, read_hlog

TARGET = pathlib.Path(os.environ["TRACETAX_BIN"]) / "tracetax-target"
PROTO = pathlib.Path(os.environ["TRACETAX_SOURCE"]) / "scenarios/suites/bench.proto"
METHODS = "bench.v1.Bench/"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, END_HEADERS = 1, 4


class Target:
    """One emulated service, on the last CPU if there are several."""

    def __init__(self, name):
        cpus = sorted(os.sched_getaffinity(0))
        self.process = subprocess.Popen(
            [str(TARGET), name, "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=os.environ | {"TRACETAX_STATE": "absent"}, preexec_fn=lambda: os.sched_setaffinity(0, cpus[-1:]),
        )
        self.port = json.loads(self.process.stdout.readline())["port"]
        self.address = f"127.0.0.1:{self.port}"

    def method(self, name, scheme="grpc"):
        return f"{scheme}://{self.address}/{METHODS}{name}"

    def stop(self):
        self.process.kill()
        self.process.communicate()


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def literal(name, value):
    """A header field that touches no table (RFC 7541, 6.2.2)."""
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def right_answer(stream):
    """An empty message, and OK."""
    head = b"\x88" + literal(b"content-type", b"application/grpc")
    return (frame(HEADERS, END_HEADERS, stream, head) + frame(DATA, 0, stream, b"\0" * 5)
            + frame(HEADERS, END_HEADERS | END_STREAM, stream, literal(b"grpc-status", b"0")))


class RawPeer:
    """Accepts connections and hands each, once its first request is in, to a script; then closes it."""

    def __init__(self, script):
        self.script = script
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open = []
        self.number = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(connection)
            threading.Thread(target=self.serve, args=(connection, self.number), daemon=True).start()
            self.number += 1

    def serve(self, connection, number):
        try:
            self.script(connection, number)
            # Not before the other side does: a reset would take away what it has not read.
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
        except OSError:
            pass
        connection.close()

    def stop(self):
        self.listener.close()
        for connection in self.open:
            connection.close()


def read_frames(connection):
    """(kind, flags, stream) of what comes."""
    unread = b""
    began = False
    while True:
        piece = connection.recv(65536)
        if not piece:
            return
        unread += piece
        if not began and len(unread) >= len(PREFACE):
            unread, began = unread[len(PREFACE):], True
        while began and len(unread) >= 9:
            size = int.from_bytes(unread[:3], "big")
            if len(unread) < 9 + size:
                break
            kind, flags, stream = struct.unpack(">BBI", unread[3:9])
            unread = unread[9 + size:]
            yield kind, flags, stream


def wait_for_request(connection):
    """Its stream, when it is there in whole."""
    for kind, flags, stream in read_frames(connection):
        if kind in (DATA, HEADERS) and flags & END_STREAM:
            return stream
    raise ConnectionError


def greet_and_answer(bytes_of_answer):
    """SETTINGS, then these bytes in answer to the first request."""

    def script(connection, _):
        connection.sendall(frame(SETTINGS, 0, 0))
        wait_for_request(connection)
        connection.sendall(bytes_of_answer)

    return script


def say_at_once(greeting):
    return lambda connection, _: connection.sendall(greeting)


ANSWERS_TO_A_CALL = {
    "DATA on no stream": frame(DATA, 0, 0, b"x"),
    "DATA before HEADERS": frame(DATA, END_STREAM, 1, b"\0" * 5),
    "HEADERS of a stream that nobody opened": frame(HEADERS, END_HEADERS, 99, b"\x88"),
    "HEADERS of a stream of the server's": frame(HEADERS, END_HEADERS, 2, b"\x88"),
    "fields that cannot be decoded": frame(HEADERS, END_HEADERS, 1, b"\xff\xff\xff\xff\xff\xff\xff"),
    "a field's size too large": frame(HEADERS, END_HEADERS, 1, b"\x00\x7f\xff\xff\xff\xff\x0f"),
    "no status": frame(HEADERS, END_HEADERS | END_STREAM, 1, literal(b"a", b"b")),
    "a status that is no number": frame(HEADERS, END_HEADERS | END_STREAM, 1, literal(b":status", b"abc")),
    "a pushed stream": frame(PUSH_PROMISE, END_HEADERS, 1, b"\0\0\0\2\x88"),
    "CONTINUATION of nothing": frame(CONTINUATION, END_HEADERS, 1, b"\x88"),
    "HEADERS broken by another frame": frame(HEADERS, 0, 1, b"\x88") + frame(PING, 0, 0, b"12345678"),
    "a reset of an idle stream": frame(RST_STREAM, 0, 99, b"\0\0\0\0"),
    "a reset of odd size": frame(RST_STREAM, 0, 1, b"\0"),
    "a window that grows by nothing": frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\0"),
    "a window that overflows": frame(WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff"),
    "SETTINGS of odd size": frame(SETTINGS, 0, 0, b"12345"),
    "a SETTINGS value out of range": frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0xFFFFFFFF)),
    "a PING of odd size": frame(PING, 0, 0, b"1"),
    "a frame above the largest": frame(DATA, 0, 1, b"x" * 20_000),
    "a GOAWAY with an error": frame(GOAWAY, 0, 0, struct.pack(">II", 0, 2)),
    "a cut frame": frame(HEADERS, END_HEADERS, 1, b"\x88" * 50)[:20],
    "a message that is cut short": right_answer(1).replace(b"\0" * 5, b"\0\0\0\0\7"),
    "a message with an unknown flag": right_answer(1).replace(b"\0" * 5, b"\x7f\0\0\0\0"),
    "the end and nothing else": b"",
}
GREETINGS = {
    "the end": b"",
    "noise": bytes(range(256)) * 40,
    "zeros": b"\0" * 10_000,
    "text": b"220 mail.test ESMTP ready\r\n",
    "a first frame other than SETTINGS": frame(PING, 0, 0, b"12345678"),
    "SETTINGS on a stream": frame(SETTINGS, 0, 1),
    "SETTINGS of odd size": frame(SETTINGS, 0, 0, b"1"),
    "a GOAWAY": frame(SETTINGS, 0, 0) + frame(GOAWAY, 0, 0, struct.pack(">II", 0, 11)),
}


class GrpcLoadTest(test_load.LoadCase):
    def serve(self, name="grpc-go"):
        target = Target(name)
        self.addCleanup(target.stop)
        return target

    def peer(self, script):
        peer = RawPeer(script)
        self.addCleanup(peer.stop)
        return f"grpc://127.0.0.1:{peer.port}/{METHODS}Echo"

    def refuse(self, code, words, *arguments):
        out, err = self.finish(self.start(*arguments), code)
        self.assertEqual(out, "", arguments)
        self.assertIn(words, err)
        self.assertEqual(err.count("\n"), 1, err)
        self.assertTrue(err.startswith("tracetax: "), err)

    # --- what it tells ---

    def test_a_unary_call(self):
        summary = self.load(self.serve().method("Echo"), "--data", '{"text": "hello"}', "--rate", "1k/s", "-d", "1s",
                            "--sampling", "50%")
        self.assertEqual(summary["requests"], 1000)
        self.assertEqual(summary["errors"], {})
        self.assertEqual(summary["late"], 0)
        for times in ("response_ns", "service_ns", "lag_ns", "wait_ns"):
            self.assertEqual(summary[times]["count"], 1000, times)
        sampled = summary["response_sampled_ns"]["count"]
        self.assertAlmostEqual(sampled, 500, delta=100)
        self.assertEqual(sampled + summary["response_unsampled_ns"]["count"], 1000)

    def test_the_three_kinds_of_streams(self):
        target = self.serve()
        collect = self.load(target.method("Collect"), "--data", '{"text": "x"}', "--messages", 20, "-n", 100)
        self.assertEqual((collect["requests"], collect["errors"]), (100, {}))
        feed = self.load(target.method("Feed"), "--data", '{"count": 7, "text": "x"}', "-n", 100)
        self.assertEqual((feed["requests"], feed["errors"], feed["messages"]), (100, {}, 700))
        for turns in ([], ["--turns"]):
            chat = self.load(target.method("Chat"), "--data", '[{"text": "a"}, {"text": "b"}, {"text": "c"}]', "-n", 100,
                             *turns)
            self.assertEqual((chat["requests"], chat["errors"], chat["messages"]), (100, {}, 300))
            self.assertEqual(chat["first_message_ns"]["count"], 100)
            self.assertEqual(chat["message_gap_ns"]["count"], 200)

    def test_a_proto_file_serves_in_place_of_reflection(self):
        summary = self.load(self.serve().method("Echo"), "--proto", PROTO, "--data", '{"text": "x"}', "-n", 50)
        self.assertEqual(summary["requests"], 50)

    def test_help_lists_the_options_of_grpc(self):
        out, _ = self.finish(self.start("--help"))
        for option in ("--proto", "--import-path", "--descriptor-set", "--data", "--deadline", "--messages", "--turns",
                       "--streams", "--ca", "--cert", "--key", "--server-name", "--insecure"):
            self.assertIn(option, out)

    # --- stalls and pauses ---

    def test_a_stalled_target_shows_in_response_time(self):
        """SIGSTOP for 1 s at 1,000/s: 1,000 calls come due meanwhile and answer up to 1 s late."""
        target, hlog = self.serve(), self.folder / "load.hlog"
        at_once = 4 * 10
        process = self.start(target.method("Echo"), "--data", '{"text": "x"}', "--rate", "1k/s", "-c", 4, "--streams", 10,
                             "-d", "6s", "--hlog", hlog, "--json")
        time.sleep(2)
        target.process.send_signal(signal.SIGSTOP)
        stopped = time.monotonic()
        time.sleep(1)
        target.process.send_signal(signal.SIGCONT)
        stop_ns = (time.monotonic() - stopped) * 1e9
        summary, tags = json.loads(self.finish(process)[0]), read_hlog(hlog)
        self.assertEqual(summary["requests"], 6000)
        self.assertEqual(summary["errors"], {})
        self.assertEqual(summary["late"], 0)
        # Call k of the stop answers when it ends: above x are as many as came due until x before that.
        for limit in (100 * MS, 400 * MS, 700 * MS):
            expected = (stop_ns - limit) / MS
            more = count_above(tags["response"], limit) - expected  # also who comes while a backlog is answered
            self.assertTrue(-(0.1 * expected + 20) <= more <= CATCHES_UP_WITHIN / MS, (limit, more))
        # The 60 slowest of 6,000 lie beyond p99; at 1,000/s the 60th is 60 ms below the stop.
        for name, least in (("p99", 0.9 * stop_ns - 60 * MS), ("max", 0.9 * stop_ns)):
            self.assertGreaterEqual(summary["response_ns"][name], least)
            self.assertLessEqual(summary["response_ns"][name], stop_ns + CATCHES_UP_WITHIN)
        # Only those under way could see it in their own time; the others waited for a place.
        self.assertGreaterEqual(count_above(tags["service"], 200 * MS), 1)
        self.assertLessEqual(count_above(tags["service"], 200 * MS), at_once)
        self.assertGreater(summary["wait_ns"]["max"], 800 * MS)
        self.assertEqual(count_above(tags["lag"], 200 * MS), 0)

    def test_a_stalled_driver_shows_as_lag(self):
        process = self.start(self.serve().method("Echo"), "--data", '{"text": "x"}', "--rate", "1k/s", "-d", "3s", "--json")
        time.sleep(1)
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        process.send_signal(signal.SIGCONT)
        summary = json.loads(self.finish(process)[0])
        self.assertEqual(summary["requests"], 3000)
        self.assertGreater(summary["lag_ns"]["max"], 450 * MS)
        self.assertGreater(summary["response_ns"]["p99"], 350 * MS)
        self.assertTrue(any("the driver was late itself" in warning for warning in summary["warnings"]), summary)

    def test_a_pause_inside_of_a_stream_is_a_gap_and_nothing_else(self):
        hlog, calls = self.folder / "load.hlog", 40
        data = '{"count": 8, "text": "x", "pause_before": 5, "pause_ms": 200}'
        summary = self.load(self.serve().method("Feed"), "--data", data, "--rate", "20/s", "-d", "2s", "--hlog", hlog)
        self.assertEqual((summary["requests"], summary["errors"], summary["messages"]), (calls, {}, 8 * calls))
        tags = read_hlog(hlog)
        self.assertEqual(count_above(tags["message_gap"], 195 * MS), calls)
        self.assertEqual(count_above(tags["message_gap"], -1), 7 * calls)
        self.assertEqual(count_above(tags["first_message"], -1), calls)
        self.assertEqual(count_above(tags["response"], 195 * MS), calls)
        for tag in ("first_message", "lag"):
            self.assertEqual(count_above(tags[tag], 195 * MS), 0, tag)
        self.assertLess(summary["wait_ns"]["max"], 195 * MS)

    # --- calls that fail ---

    def test_a_deadline_shorter_than_a_pause_is_exceeded(self):
        method = self.serve().method("Feed")
        options = ["--data", '{"count": 4, "pause_before": 2, "pause_ms": 2000}', "--deadline", "100ms", "-n", 5]
        self.refuse(4, "answered DEADLINE_EXCEEDED", method, *options)
        summary = self.load(method, *options, "--expect-status", "DEADLINE_EXCEEDED")
        self.assertEqual((summary["requests"], summary["errors"]), (5, {}))
        self.assertGreaterEqual(summary["service_ns"]["min"], 95 * MS)

    def test_a_message_above_the_limit_of_the_server_is_refused(self):
        data = self.folder / "large.json"
        data.write_text(json.dumps({"text": "x" * 5_000_000}))
        method = self.serve().method("Echo")
        self.refuse(4, "answered RESOURCE_EXHAUSTED", method, "--data", f"@{data}")
        summary = self.load(method, "--data", f"@{data}", "-n", 4, "-c", 2, "--expect-status", "RESOURCE_EXHAUSTED")
        self.assertEqual((summary["requests"], summary["errors"]), (4, {}))

    # --- bad input ---

    def test_each_mistake_has_its_exit_code_and_one_clear_message(self):
        target = self.serve()
        echo, bad = target.method("Echo"), self.folder / "bad.proto"
        bad.write_text('syntax = "proto3";\nmessage {')
        for words, arguments in (
            ("unknown method 'Ecoh'; did you mean 'Echo'?", [target.method("Ecoh")]),
            ("unknown service 'bench.v1.Bensh'; did you mean 'bench.v1.Bench'?",
             [f"grpc://{target.address}/bench.v1.Bensh/Echo"]),
            ("names no method", [f"grpc://{target.address}/"]),
            ("unknown field 'txet'; did you mean 'text'?", [echo, "--data", '{"txet": "x"}']),
            ("data.text: expected string, found", [echo, "--data", '{"text": 5}']),
            ("data.count: expected uint32", [target.method("Feed"), "--data", '{"count": "many"}']),
            ("--data:1: the key 'oops' stands without its double quotes", [echo, "--data", "{oops"]),
            ("/no/such.json", [echo, "--data", "@/no/such.json"]),
            ("/no/such.proto: there is no such .proto file", [echo, "--proto", "/no/such.proto"]),
            ("bad.proto:2", [echo, "--proto", bad]),
            ("takes one message a call", [echo, "--messages", "3"]),
            ("take turns", [echo, "--turns"]),
            ("--deadline: ", [echo, "--deadline", "soon"]),
            ("did you mean 'UNAVAILABLE'?", [echo, "--expect-status", "UNAVAILABEL"]),
            ("--body: is for http:// and https:// URLs", [echo, "--body", "x"]),
            ("--data: is for grpc:// and grpcs:// URLs", [f"http://{target.address}/", "--data", "{}"]),
            ("--ca: needs a URL with https://, grpcs://, otlps:// or otlp+https://", [echo, "--ca", "x.pem"]),
        ):
            with self.subTest(words):
                self.refuse(2, words, *arguments)

    # --- servers that speak something else ---

    def test_grpc_on_a_server_of_http1_says_so(self):
        url = f"grpc://{self.serve('nethttp').address}/{METHODS}Echo"
        self.refuse(4, "does not speak HTTP/2", url, "--proto", PROTO)

    def test_http1_on_a_grpc_server_says_so(self):
        self.refuse(4, "HTTP/2", f"http://{self.serve().address}/", "--timeout", "10s")

    def test_tls_on_a_plain_port_says_so(self):
        method = self.serve().method("Echo", "grpcs")
        self.refuse(4, "does not speak TLS on this port", method, "--proto", PROTO)
        self.refuse(2, "speaks no TLS", method)  # asked for its reflection

    # --- servers that speak nonsense ---

    def test_nonsense_in_answer_to_a_call_is_an_error_and_no_hang(self):
        for name, answer in ANSWERS_TO_A_CALL.items():
            with self.subTest(name):
                self.refuse(4, "127.0.0.1", self.peer(greet_and_answer(answer)), "--proto", PROTO, "--timeout", "2s")

    def test_each_has_its_own_word(self):
        def reply(message):
            return right_answer(1).replace(frame(DATA, 0, 1, b"\0" * 5), frame(DATA, 0, 1, message))

        goaway = frame(SETTINGS, 0, 0) + frame(GOAWAY, 0, 0, struct.pack(">II", 0, 11) + b"too_many_pings")
        for words, script in (
            ("the reply is compressed", greet_and_answer(reply(b"\1\0\0\0\1x"))),
            ("an undefined flag", greet_and_answer(reply(b"\2\0\0\0\1x"))),
            ("the reply is no protobuf message", greet_and_answer(reply(b"\0\0\0\0\5hello"))),
            ("GOAWAY ENHANCE_YOUR_CALM (too_many_pings)", say_at_once(goaway)),
        ):
            with self.subTest(words):
                self.refuse(4, words, self.peer(script), "--proto", PROTO, "--timeout", "2s")

    def test_nonsense_in_place_of_a_greeting_is_an_error_and_no_hang(self):
        for name, greeting in GREETINGS.items():
            with self.subTest(name):
                self.refuse(4, "127.0.0.1", self.peer(say_at_once(greeting)), "--proto", PROTO, "--timeout", "2s")

    def test_silence_is_an_error_and_no_hang(self):
        url = self.peer(lambda connection, _: wait_for_request(connection) and connection.recv(1))
        self.refuse(4, "no HTTP/2 came", url, "--proto", PROTO, "--timeout", "300ms")

    def test_a_server_that_goes_mad_later_is_counted(self):
        def script(connection, number):
            connection.sendall(frame(SETTINGS, 0, 0))
            stream = wait_for_request(connection)
            connection.sendall(right_answer(stream) if number == 0 else frame(DATA, 0, 0, b"x"))

        process = self.start(self.peer(script), "--proto", PROTO, "-n", 20, "-c", 2, "--timeout", "2s", "--json")
        summary = json.loads(self.finish(process, 4)[0])
        self.assertEqual(summary["requests"], 0)
        self.assertEqual(summary["errors"], {"malformed": 20})


if __name__ == "__main__":
    sys.exit(unittest.main())
