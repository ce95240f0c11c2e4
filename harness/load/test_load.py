"""`tracetax load` as a person uses it, against nginx: stalls of either side, interrupts, servers that die,
bad input, memory.

Times are asserted only where a stop of a second makes them; how fast the machine is, is its own affair.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import itertools
import json
import os
import pathlib
import pty
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zlib

TRACETAX = pathlib.Path(os.environ["TRACETAX_BIN"]) / "tracetax"
NGINX = pathlib.Path(shutil.which("nginx") or "/usr/sbin/nginx")
MS = 1_000_000
CATCHES_UP_WITHIN = 400 * MS  # with what came due in a stop of a second, also beside busy neighbours
CONNECTIONS = 16
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"

NGINX_CONF = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen {listen} backlog=1024;
    location / {{ return 200 "hello\\n"; }}
    location /broken {{ return 500; }}
  }}
}}
"""


def free_port(family=socket.AF_INET, host="127.0.0.1"):
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


class Nginx:
    """One nginx process, on the last CPU if there are several."""

    def __init__(self, folder, host="127.0.0.1"):
        self.folder = folder
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.host = host
        self.port = free_port(self.family, host)
        name = f"[{host}]" if ":" in host else host
        self.url = f"http://{name}:{self.port}/"
        self.conf = folder / "nginx.conf"
        self.conf.write_text(NGINX_CONF.format(folder=folder, listen=f"{name}:{self.port}"))
        self.process = None
        self.start()

    def start(self):
        cpus = sorted(os.sched_getaffinity(0))
        self.process = subprocess.Popen(
            [str(NGINX), "-p", str(self.folder), "-c", str(self.conf)],
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: os.sched_setaffinity(0, cpus[-1:]),
        )
        deadline = time.monotonic() + 10
        while True:
            try:
                socket.create_connection((self.host, self.port), 1).close()
                return
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"nginx does not start: {(self.folder / 'error.log').read_text()}")
                time.sleep(0.02)

    def stop(self):
        self.process.kill()
        self.process.wait()


def counts_of(text):
    """[(highest value, count)] of a compressed HdrHistogram V2 blob."""
    blob = base64.b64decode(text)
    cookie, size = struct.unpack(">II", blob[:8])
    assert cookie & 0xFF in (0x04, 0x14), hex(cookie)
    plain = zlib.decompress(blob[8 : 8 + size])
    _, length, _, digits, lowest, _, _ = struct.unpack(">IIIIqqd", plain[:40])
    assert (digits, lowest) == (3, 1)
    half = 1024  # buckets of one width, at three digits
    values, index, at, end = [], 0, 40, 40 + length
    while at < end:
        number = shift = 0
        while True:
            byte = plain[at]
            at += 1
            number |= byte << shift if shift == 56 else (byte & 0x7F) << shift
            shift += 7
            if shift == 63 or byte < 0x80:
                break
        number = (number >> 1) ^ -(number & 1)
        if number < 0:
            index -= number
            continue
        if number > 0:
            bucket = max(index // half - 1, 0)
            values.append((((index - bucket * half) + 1 << bucket) - 1, number))
        index += 1
    return values


def read_hlog(path):
    """tag -> [(highest value, count)]"""
    tags = {}
    for line in path.read_text().splitlines():
        if line.startswith("Tag="):
            tag, _, _, _, blob = line.split(",", 4)
            tags[tag[4:]] = counts_of(blob)
    return tags


def count_above(values, limit):
    return sum(count for value, count in values if value > limit)


class LoadCase(unittest.TestCase):
    """Runs `tracetax load`; what it leaves is cleaned up."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def start(self, *arguments, **more):
        process = subprocess.Popen(
            [str(TRACETAX), "load", *map(str, arguments)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more,
        )

        def end():
            process.kill()
            process.communicate()

        self.addCleanup(end)
        return process

    def finish(self, process, code=0):
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, code, err + out)
        return out, err

    def load(self, *arguments):
        out, err = self.finish(self.start(*arguments, "--json"))
        self.assertEqual(err, "")  # no terminal, no line
        return json.loads(out)


class LoadTest(LoadCase):
    @classmethod
    def setUpClass(cls):
        if not NGINX.exists():
            raise AssertionError("missing: nginx; install the Debian package nginx-light (this test is never skipped)")

    def serve(self, host="127.0.0.1"):
        nginx = Nginx(pathlib.Path(tempfile.mkdtemp(dir=self.folder)), host)
        self.addCleanup(nginx.stop)
        return nginx

    # --- what it tells ---

    def test_json_has_the_documented_keys(self):
        summary = self.load(self.serve().url, "--rate", "2k/s", "-d", "1s", "--sampling", "10%")
        self.assertEqual(summary["requests"], 2000)
        self.assertEqual(summary["errors"], {})
        self.assertEqual(summary["rate"]["asked"], 2000)
        self.assertAlmostEqual(summary["rate"]["achieved"], 2000, delta=40)
        self.assertEqual(summary["late"], 0)
        self.assertAlmostEqual(summary["duration_s"], 1, delta=0.2)
        self.assertGreater(summary["cpu_us_per_request"], 0)
        for times in ("response_ns", "service_ns", "lag_ns"):
            self.assertLessEqual({"min", "p50", "p90", "p99", "p99.9", "max", "mean"}, set(summary[times]))
            self.assertLessEqual(summary[times]["min"], summary[times]["p50"])
            self.assertLessEqual(summary[times]["p99"], summary[times]["max"])
        sampled = summary["response_sampled_ns"]["count"]
        self.assertAlmostEqual(sampled, 200, delta=60)
        self.assertEqual(sampled + summary["response_unsampled_ns"]["count"], 2000)

    def test_closed_loop_and_count(self):
        summary = self.load(self.serve().url, "-n", 5000, "-c", 4, "-t", 2)
        self.assertEqual(summary["requests"], 5000)
        self.assertEqual(summary["loop"], "closed")
        self.assertIsNone(summary["rate"]["asked"])

    def test_text_goes_to_stdout_and_histograms_to_files(self):
        hlog, hgrm = self.folder / "load.hlog", self.folder / "load.hgrm"
        out, _ = self.finish(self.start(self.serve().url, "--rate", "1k/s", "-d", "1s", "--hlog", hlog, "--hgrm", hgrm))
        for word in ("open loop, 1 k/s constant", "response", "service", "lag"):
            self.assertIn(word, out)
        tags = read_hlog(hlog)
        self.assertEqual(set(tags), {"response", "service", "lag"})
        for values in tags.values():
            self.assertEqual(count_above(values, -1), 1000)
        self.assertIn("Percentile", hgrm.read_text())

    def test_progress_is_drawn_on_a_terminal_only(self):
        nginx = self.serve()
        ours, theirs = pty.openpty()
        process = subprocess.run(
            [str(TRACETAX), "load", nginx.url, "--rate", "500", "-d", "1s", "--json"],
            stdout=subprocess.PIPE, stderr=theirs, timeout=60,
        )
        os.close(theirs)
        shown = os.read(ours, 65536).decode()
        os.close(ours)
        self.assertIn("s of 1 s", shown)
        self.assertIn("errors 0", shown)
        self.assertEqual(json.loads(process.stdout)["requests"], 500)

    def test_warm_up_is_not_counted(self):
        summary = self.load(self.serve().url, "--rate", "1k/s", "-w", "500ms", "-d", "500ms")
        self.assertEqual(summary["requests"], 500)

    def test_ipv6_and_names(self):
        self.assertEqual(self.load(self.serve("::1").url, "-n", 100)["requests"], 100)
        # localhost may be ::1 as well, where nobody listens.
        url = self.serve().url.replace("127.0.0.1", "localhost")
        self.assertEqual(self.load(url, "-n", 100)["requests"], 100)

    # --- stalls ---

    def test_a_stalled_target_shows_in_response_time(self):
        """SIGSTOP for 1 s at 1,000/s: 1,000 requests come due meanwhile and answer up to 1 s late."""
        nginx, hlog = self.serve(), self.folder / "load.hlog"
        process = self.start(nginx.url, "--rate", "1k/s", "-c", CONNECTIONS, "-d", "6s", "--hlog", hlog, "--json")
        time.sleep(2)
        nginx.process.send_signal(signal.SIGSTOP)
        stopped = time.monotonic()
        time.sleep(1)
        nginx.process.send_signal(signal.SIGCONT)
        stop_ns = (time.monotonic() - stopped) * 1e9
        summary, tags = json.loads(self.finish(process)[0]), read_hlog(hlog)
        self.assertEqual((summary["requests"], summary["errors"]), (6000, {}))
        self.assertEqual(summary["late"], 0)
        # Request k of the stop answers when it ends: above x are as many as came due until x before that.
        for limit in (100 * MS, 400 * MS, 700 * MS):
            expected = (stop_ns - limit) / MS
            more = count_above(tags["response"], limit) - expected  # also who comes while a backlog is answered
            self.assertTrue(-(0.05 * expected + 10) <= more <= CATCHES_UP_WITHIN / MS, (limit, more))
        self.assertGreaterEqual(count_above(tags["response"], MS), stop_ns / MS - 20)
        # The 60 slowest of 6,000 lie beyond p99; at 1,000/s the 60th is 60 ms below the stop.
        for name, least in (("p99", 0.9 * stop_ns - 60 * MS), ("max", 0.9 * stop_ns)):
            self.assertGreaterEqual(summary["response_ns"][name], least)
            self.assertLessEqual(summary["response_ns"][name], stop_ns + CATCHES_UP_WITHIN)
        # Only those under way when it stopped could see it in their own time.
        self.assertGreaterEqual(count_above(tags["service"], 200 * MS), 1)
        self.assertLessEqual(count_above(tags["service"], 200 * MS), CONNECTIONS)
        # Waiting for a connection is not the driver's lateness.
        self.assertEqual(count_above(tags["lag"], 200 * MS), 0)

    def test_a_stalled_driver_shows_as_lag(self):
        process = self.start(self.serve().url, "--rate", "2k/s", "-d", "3s", "--json")
        time.sleep(1)
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.5)
        process.send_signal(signal.SIGCONT)
        summary = json.loads(self.finish(process)[0])
        self.assertEqual(summary["requests"], 6000)
        self.assertGreater(summary["lag_ns"]["max"], 450 * MS)
        self.assertGreater(summary["lag_ns"]["p99"], 350 * MS)
        self.assertGreater(summary["response_ns"]["p99"], 350 * MS)
        self.assertTrue(any("the driver was late itself" in warning for warning in summary["warnings"]), summary)

    def test_the_queue_bound_is_reported(self):
        nginx = self.serve()
        process = self.start(nginx.url, "--rate", "1k/s", "-c", 2, "--queue", 100, "-d", "2s", "--json")
        time.sleep(0.7)
        nginx.process.send_signal(signal.SIGSTOP)
        time.sleep(0.6)
        nginx.process.send_signal(signal.SIGCONT)
        summary = json.loads(self.finish(process)[0])
        self.assertGreater(summary["late"], 300)
        self.assertEqual(summary["requests"] + summary["late"], 2000)
        self.assertTrue(any("never sent" in warning for warning in summary["warnings"]), summary)

    # --- ends that come early ---

    def test_interrupts_print_what_was_measured(self):
        nginx = self.serve()
        for name, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = self.start(nginx.url, "--rate", "500", "-d", "1h", "--json")
            time.sleep(1)
            process.send_signal(name)
            summary = json.loads(self.finish(process, code)[0])
            self.assertGreater(summary["requests"], 50)
            self.assertLess(summary["duration_s"], 30)
            self.assertEqual(summary["errors"], {})

    def test_an_interrupt_does_not_wait_for_a_target_that_hangs(self):
        nginx = self.serve()
        for loop in (["--closed"], ["--rate", "1k/s"]):
            process = self.start(nginx.url, *loop, "-d", "1h", "--timeout", "30s", "--json")
            time.sleep(1)
            nginx.process.send_signal(signal.SIGSTOP)
            time.sleep(0.2)
            asked = time.monotonic()
            process.send_signal(signal.SIGINT)
            summary = json.loads(self.finish(process, 130)[0])
            self.assertLess(time.monotonic() - asked, 2)
            self.assertGreater(summary["requests"], 100)
            self.assertGreater(summary["errors"]["unfinished"], 0)
            nginx.process.send_signal(signal.SIGCONT)

    def test_an_interrupt_ends_the_first_request_and_the_connecting_too(self):
        method = "bench.v1.Bench/Echo"
        for backlog, scheme, path in ((16, "http", ""), (0, "http", ""), (16, "grpc", method)):
            with socket.socket() as deaf:
                deaf.bind(("127.0.0.1", 0))
                deaf.listen(backlog)
                fill = []
                if backlog == 0:  # then the kernel drops what comes
                    for _ in range(3):
                        one = socket.socket()
                        one.setblocking(False)
                        one.connect_ex(deaf.getsockname())
                        fill.append(one)
                process = self.start(f"{scheme}://127.0.0.1:{deaf.getsockname()[1]}/{path}", "--timeout", "30s")
                time.sleep(0.5)
                asked = time.monotonic()
                process.send_signal(signal.SIGINT)
                self.finish(process, 130)
                self.assertLess(time.monotonic() - asked, 2)
                for one in fill:
                    one.close()

    # --- servers that end connections ---

    def peer(self, script):
        """A server that runs script(connection) for each connection, in a thread each; its URL."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.addCleanup(listener.close)

        def run(connection):
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                script(connection)

        def accept():
            while True:
                try:
                    connection = listener.accept()[0]
                except OSError:
                    return
                threading.Thread(target=run, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    def test_nginx_as_it_ships_closes_after_1000_requests_and_none_is_lost(self):
        for loop in (["-n", 20_000], ["--rate", "8k/s", "-d", "2s"]):
            summary = self.load(self.serve().url, "-c", 4, *loop)
            self.assertEqual(summary["errors"], {})
            self.assertGreaterEqual(summary["reconnects"], 12)
            self.assertGreaterEqual(summary["requests"], 16_000)
            self.assertEqual(summary["requests"], summary["sent"])

    def test_servers_that_close_unannounced_lose_nothing(self):
        def after_100(connection, last):
            for _ in range(100):
                if not connection.recv(4096):
                    return
                connection.sendall(ANSWER)
            last(connection)

        for last in (lambda c: c.close(), lambda c: c.shutdown(socket.SHUT_WR)):
            url = self.peer(lambda connection, last=last: after_100(connection, last))
            for loop in (["-n", 3000], ["--rate", "1k/s", "-d", "2s"]):
                summary = self.load(url, "-c", 2, *loop)
                self.assertEqual(summary["errors"], {})
                self.assertGreaterEqual(summary["reconnects"] + summary["retries"], 18)

    def test_a_server_that_closes_what_is_idle_loses_nothing(self):
        def impatient(connection):
            connection.settimeout(0.1)
            try:
                while connection.recv(4096):
                    connection.sendall(ANSWER)
            except TimeoutError:
                pass

        summary = self.load(self.peer(impatient), "-c", 16, "--rate", "100/s", "-d", "2s")
        self.assertEqual(summary["errors"], {})
        self.assertEqual(summary["requests"], 200)
        self.assertGreater(summary["reconnects"], 16)

    def test_requests_that_are_lost_are_not_exit_code_0(self):
        served = itertools.count()

        def resets(connection):
            connection.recv(4096)
            if next(served) < 2:  # the check, and one of the 40
                connection.sendall(ANSWER)
                connection.recv(4096)
            connection.sendall(ANSWER[:-3])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        out, _ = self.finish(self.start(self.peer(resets), "-c", 1, "-n", 40, "--json"), 4)
        summary = json.loads(out)
        self.assertGreaterEqual(summary["errors"].get("reset", 0) + summary["errors"].get("closed", 0), 39)
        self.assertEqual(summary["retries"], 0)

    def test_a_server_that_dies_and_comes_back(self):
        nginx = self.serve()
        process = self.start(nginx.url, "--rate", "500", "-d", "3s", "--json")
        time.sleep(1)
        nginx.stop()
        time.sleep(0.3)
        nginx.start()
        summary = json.loads(self.finish(process, 4)[0])
        self.assertGreater(summary["errors"]["connect"], 0)
        # What was under way is lost; what came due meanwhile waited and was answered.
        self.assertGreaterEqual(summary["requests"], 1500 - 2 * CONNECTIONS)
        self.assertGreater(summary["response_ns"]["max"], 200 * MS)

    def test_a_server_that_dies_for_good(self):
        nginx = self.serve()
        process = self.start(nginx.url, "--rate", "500", "-d", "2s", "--timeout", "1s", "--json")
        time.sleep(1)
        nginx.stop()
        summary = json.loads(self.finish(process, 4)[0])
        errors = summary["errors"]
        self.assertGreater(errors["connect"], 0)
        self.assertGreater(errors["unfinished"], 0)
        self.assertLessEqual(errors["connect"], 3 / 0.02 * CONNECTIONS)  # it pauses between tries
        self.assertTrue(summary["warnings"])

    # --- bad input ---

    def test_each_mistake_has_its_exit_code_and_one_clear_message(self):
        nginx = self.serve()
        refused = f"http://127.0.0.1:{free_port()}/"
        for code, words, arguments in (
            (4, "Connection refused", [refused]),
            (2, "cannot be looked up", ["http://no-such-host.invalid/"]),
            (4, "does not speak TLS on this port", [nginx.url.replace("http:", "https:")]),
            (2, "URL: is missing", []),
            (2, "did you mean '--connections'?", [nginx.url, "--conections", "4"]),
            (2, "--rate: 'fast' is not a rate", [nginx.url, "--rate", "fast"]),
            (2, "--hlog: '/no/such/folder/x'", [nginx.url, "--hlog", "/no/such/folder/x"]),
            (4, "answered status 500, expected 200-299", [nginx.url + "broken"]),
            (4, "does not contain 'bonjour'", [nginx.url, "--expect-body", "bonjour"]),
        ):
            out, err = self.finish(self.start(*arguments), code)
            self.assertEqual(out, "", arguments)
            self.assertIn(words, err)
            self.assertEqual(err.count("\n"), 1, err)
            self.assertTrue(err.startswith("tracetax: "), err)

    def test_an_expected_500_is_no_error(self):
        summary = self.load(self.serve().url + "broken", "-n", 50, "--expect-status", "5xx")
        self.assertEqual(summary["requests"], 50)

    # --- memory ---

    def test_neither_memory_nor_descriptors_grow(self):
        process = self.start(self.serve().url, "--rate", "5k/s", "-d", "4s", "--json")
        status = pathlib.Path(f"/proc/{process.pid}/status")
        fds = pathlib.Path(f"/proc/{process.pid}/fd")

        def look():
            lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
            return int(lines["VmRSS"].split()[0]), len(list(fds.iterdir()))

        time.sleep(1)
        early_kb, early_fds = look()
        time.sleep(2)
        late_kb, late_fds = look()
        self.assertEqual(json.loads(self.finish(process)[0])["requests"], 20_000)
        self.assertLessEqual(late_kb, early_kb + 1024)
        self.assertEqual(late_fds, early_fds)


if __name__ == "__main__":
    sys.exit(unittest.main())
