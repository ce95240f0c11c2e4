"""What `tracetax load` shows while it measures, against nginx: JSON lines, the live view, the one line.

SPDX-License-Identifier: Apache-2.0
"""

import fcntl
import json
import os
import pathlib
import pty
import re
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "load"))
import test_load  # noqa: E402

ENTER, LEAVE, HOME = "\x1b[?1049h", "\x1b[?1049l", "\x1b[H"
CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
COLOR = re.compile(r"\x1b\[[0-9;]+m")


def size(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


class LiveCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.nginx = test_load.Nginx(pathlib.Path(folder.name))
        cls.addClassCleanup(cls.nginx.stop)

    def url(self, path=""):
        return self.nginx.url + path


class JsonLines(LiveCase):
    def lines(self, *arguments, interrupt_after=None):
        process = subprocess.Popen(
            [str(test_load.TRACETAX), "load", *arguments, "--json-lines"], stdout=subprocess.PIPE, text=True
        )
        if interrupt_after:
            time.sleep(interrupt_after)
            process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        *seconds, summary = map(json.loads, out.splitlines())
        self.assertEqual({line["type"] for line in seconds}, {"second"})
        self.assertEqual(summary["type"], "summary")
        self.assertEqual(summary["schema"], "tracetax/load")
        self.assert_adds_up(seconds, summary)
        return seconds, summary, process.returncode

    def assert_adds_up(self, seconds, summary):
        self.assertEqual(sum(line["ok"] for line in seconds), summary["requests"])
        self.assertEqual(sum(line["late"] for line in seconds), summary["late"])
        errors = {}
        for line in seconds:
            for kind, count in line["errors"].items():
                errors[kind] = errors.get(kind, 0) + count
        self.assertEqual(errors, summary["errors"])
        for before, line in zip(seconds, seconds[1:]):
            self.assertEqual(before["to_s"], line["from_s"])
        for line in seconds[:-1]:
            self.assertEqual(line["to_s"] - line["from_s"], 1)
        self.assertGreater(seconds[-1]["to_s"], summary["duration_s"] - 0.001)
        self.assertGreater(seconds[-1]["to_s"], seconds[-1]["from_s"])

    def test_every_second_of_an_open_loop_has_one(self):
        seconds, summary, code = self.lines(self.url(), "--rate", "2k/s", "-d", "3s")
        self.assertEqual(code, 0)
        self.assertEqual(len(seconds), 3)
        for line in seconds:
            self.assertGreater(line["ok"], 0)
            self.assertGreater(line["response_ns"]["p99"], line["response_ns"]["p50"])
            self.assertGreater(line["lag_p99_ns"], 0)
        self.assertEqual(max(line["response_ns"]["max"] for line in seconds), summary["response_ns"]["max"])

    def test_errors_of_two_threads_stand_in_the_second_of_the_crash(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        server = test_load.Nginx(pathlib.Path(folder.name))
        self.addCleanup(server.stop)
        threading.Timer(1.5, server.process.kill).start()
        seconds, summary, code = self.lines(server.url, "--rate", "500/s", "-d", "3s", "-t", "2", "--timeout", "1s")
        self.assertEqual(code, 4)
        self.assertEqual(seconds[0]["errors"], {})
        self.assertIn("connect", summary["errors"])
        self.assertIn("connect", seconds[2]["errors"])

    def test_a_closed_loop_of_a_few_requests_has_one_line(self):
        seconds, _, code = self.lines(self.url(), "-n", "100")
        self.assertEqual((len(seconds), code), (1, 0))
        self.assertIsNone(seconds[0]["lag_p99_ns"])

    def test_an_interrupt_ends_with_the_summary(self):
        _, summary, code = self.lines(self.url(), "--rate", "500/s", "-d", "30s", interrupt_after=1.7)
        self.assertEqual(code, 130)
        self.assertTrue(summary["interrupted"])

    def test_lines_come_while_it_runs(self):
        process = subprocess.Popen(
            [str(test_load.TRACETAX), "load", self.url(), "--rate", "100/s", "-d", "20s", "--json-lines"],
            stdout=subprocess.PIPE, text=True,
        )
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        self.assertEqual(json.loads(process.stdout.readline())["from_s"], 0)
        self.assertEqual(json.loads(process.stdout.readline())["from_s"], 1)
        self.assertIsNone(process.poll())

    def test_json_beside_it_is_refused(self):
        done = subprocess.run(
            [str(test_load.TRACETAX), "load", self.url(), "--json", "--json-lines"], capture_output=True, text=True
        )
        self.assertEqual(done.returncode, 2)
        self.assertIn("--json-lines", done.stderr)


@unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "the live view needs a CPU beside the driver's")
class LiveView(LiveCase):
    def shown(self, *arguments, columns=80, rows=24, environment=None, then=None, **more):
        """What came to the terminal, and the process, ended."""
        ours, theirs = pty.openpty()
        size(theirs, columns, rows)
        before = termios.tcgetattr(theirs)
        env = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(environment or {})}
        env.pop("NO_COLOR", None)
        env.update(environment or {})
        process = subprocess.Popen(
            [str(test_load.TRACETAX), "load", *arguments], stderr=theirs, stdout=subprocess.PIPE, text=True,
            env=env, **more,
        )
        pieces = []

        def read():
            while True:
                try:
                    pieces.append(os.read(ours, 65536))
                except OSError:
                    return

        reader = threading.Thread(target=read)
        reader.start()
        if then:
            then(process, theirs)
        process.out, _ = process.communicate(timeout=60)
        self.assertEqual(termios.tcgetattr(theirs), before)
        os.close(theirs)
        reader.join()
        os.close(ours)
        return b"".join(pieces).decode(), process

    def test_it_is_drawn_on_another_screen_and_gone_before_the_summary(self):
        text, process = self.shown(self.url(), "--rate", "1k/s", "-d", "2s")
        self.assertEqual(process.returncode, 0)
        self.assertTrue(text.startswith(ENTER))
        self.assertTrue(text.endswith(LEAVE), repr(text[-100:]))
        self.assertEqual(text.count(ENTER), 1)
        self.assertLessEqual(text.count(HOME), 8)
        for word in ("last second", "p99", "lag p99", "errors", "response times so far", "of 2 s"):
            self.assertIn(word, text)
        self.assertIn("requests", process.out)
        self.assertNotIn("\x1b", process.out)

    def test_an_interrupt_leaves_it_and_prints_the_summary(self):
        def interrupt(process, _):
            time.sleep(1)
            process.send_signal(signal.SIGINT)

        text, process = self.shown(self.url(), "--rate", "1k/s", "-d", "30s", then=interrupt)
        self.assertEqual(process.returncode, 130)
        self.assertTrue(text.endswith(LEAVE))
        self.assertIn("interrupted", process.out)

    def test_it_follows_the_size_of_the_window(self):
        def shrink(_, terminal):
            time.sleep(0.8)
            size(terminal, 40, 12)
            time.sleep(1)
            size(terminal, 200, 50)

        text, process = self.shown(self.url(), "--rate", "1k/s", "-d", "3s", then=shrink)
        self.assertEqual(process.returncode, 0)
        frames = [CODES.sub("", frame).split("\r\n") for frame in text.split(HOME)]
        small = [frame for frame in frames if len(frame) <= 12]
        self.assertTrue(small)
        for frame in small:
            self.assertLess(max(map(len, frame)), 40)
        self.assertGreater(max(len(frame) for frame in frames), 24)

    def test_no_color_and_no_utf8_are_respected(self):
        text, _ = self.shown(
            self.url(), "-d", "700ms", environment={"NO_COLOR": "1", "LC_ALL": "C"}
        )
        self.assertIsNone(COLOR.search(text))
        self.assertTrue(text.isascii())
        self.assertIn("##", text)
        colored, _ = self.shown(self.url(), "-d", "700ms")
        self.assertIsNotNone(COLOR.search(colored))
        self.assertIn("█", colored)

    def test_where_it_does_not_suit_there_is_one_line_or_nothing(self):
        one_cpu = {"preexec_fn": lambda: os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])}
        for what, arguments, more in (
            ("asked for", ["--no-tui"], {}),
            ("dumb", [], {"environment": {"TERM": "dumb"}}),
            ("as many threads as CPUs", ["-t", str(min(16, len(os.sched_getaffinity(0))))], {}),
            ("one CPU", [], one_cpu),
        ):
            with self.subTest(what):
                text, _ = self.shown(self.url(), "--rate", "500/s", "-d", "800ms", *arguments, **more)
                self.assertNotIn(ENTER, text)
                self.assertIn("of 800 ms", text)
                self.assertTrue(text.endswith("\r\x1b[K"))
        for arguments in (["--quiet"], ["--json-lines"]):
            text, _ = self.shown(self.url(), "--rate", "500/s", "-d", "800ms", *arguments)
            self.assertEqual(text, "")


if __name__ == "__main__":
    unittest.main()
