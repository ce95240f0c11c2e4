"""`tracetax load` with load as people have it, against a server that keeps what it was asked: weights, data,
secrets, cookies, think time, stages, thresholds, redirects, and how the command ends.
SPDX-License-Identifier: Apache-2.0
"""

import base64
import collections
import http.server
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import threading
import time
import unittest

TRACETAX = pathlib.Path(os.environ["TRACETAX_BIN"]) / "tracetax"
SECRET = "hunter2-secret"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self, status=200, headers=()):
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size).decode()
        with self.server.lock:
            self.server.seen.append((self.command, self.path, dict(self.headers.items()), body, id(self.connection)))
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", "3")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(b"ok\n")

    def do_GET(self):
        if self.path == "/old":
            return self.answer(302, [("Location", "/new?x=1")])
        if self.path.startswith("/login"):
            number = len(self.server.seen)
            return self.answer(200, [("Set-Cookie", f"sid={number}; Path=/; HttpOnly"),
                                     ("Set-Cookie", "gone=1; Max-Age=0")])
        if self.path == "/fails":
            return self.answer(500)
        self.answer()

    do_POST = do_PUT = do_HEAD = do_DELETE = do_GET

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen = []
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class LoadAsPeopleHaveIt(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def load(self, *arguments, path="/", code=0, env=None):
        """Its JSON; one request is sent before, to look at the answer: it is not among `seen`."""
        done = subprocess.run([TRACETAX, "load", self.server.url + path, "--json", *arguments],
                              capture_output=True, text=True, timeout=60, env={**os.environ, **(env or {})})
        self.assertEqual(done.returncode, code, done.stderr + done.stdout)
        self.said = done.stdout + done.stderr
        self.seen = self.server.seen[1:]
        return json.loads(done.stdout) if done.stdout else None

    def paths(self):
        return collections.Counter(path for _, path, *_ in self.seen)

    def test_several_requests_come_by_their_weights(self):
        scenario = self.write("shop.json", {"kind": "http", "requests": [
            {"path": "/list", "weight": 3}, {"path": "/order", "body": {"n": 1}}, {"path": "/x", "method": "PUT"}]})
        told = self.load("--scenario", scenario, "-n", "500", "-c", "4")
        self.assertEqual(told["method"], f"3 requests of {scenario}")
        self.assertEqual(self.paths(), {"/list": 300, "/order": 100, "/x": 100})
        self.assertEqual({(method, path) for method, path, *_ in self.seen},
                         {("GET", "/list"), ("POST", "/order"), ("PUT", "/x")})

    def test_a_scenario_of_a_suite_is_taken_by_its_name(self):
        suite = self.write("suite.json", {"scenarios": {"a": {"path": "/a"}, "b": {"kind": "http", "path": "/b"}}})
        self.load("--scenario", suite + ":b", "-n", "3")
        self.assertEqual(self.paths(), {"/b": 3})
        for place, told in ((suite, "has 2 scenarios"), (suite + ":c", "unknown scenario 'c'")):
            self.load("--scenario", place, "-n", "3", code=2)
            self.assertIn(told, self.said)

    def test_values_come_from_the_rows_of_a_file(self):
        self.write("users.jsonl", '{"id": 1, "name": "A d"}\n{"id": 2, "name": "\\"B\\""}\n')
        scenario = self.write("s.json", {"data": "users.jsonl", "path": "/u/${name}", "body": {"id": "${name}"},
                                         "headers": {"X-Id": "${id}"}})
        self.load("--scenario", scenario, "-n", "100")
        self.assertEqual(self.paths(), {"/u/A%20d": 50, "/u/%22B%22": 50})
        for _, path, headers, body, _ in self.seen:
            self.assertEqual(json.loads(body), {"id": "A d" if "A%20d" in path else '"B"'})
            self.assertEqual(headers["X-Id"], "1" if "A%20d" in path else "2")

    def test_rows_go_with_a_url_too(self):
        rows = self.write("users.csv", "id,name\n1,a\n2,b\n3,c\n")
        self.load("--rows", rows, "-H", "X-Name: ${name}", "-n", "30", path="/u/${id}")
        self.assertEqual(self.paths(), {"/u/1": 10, "/u/2": 10, "/u/3": 10})

    def test_what_is_wrong_is_told_with_its_line(self):
        rows = self.write("bad.csv", "id,name\n1,a\n2\n")
        self.load("--rows", rows, path="/u/${id}", code=2)
        self.assertIn(f"{rows}:3: 1 values", self.said)
        scenario = self.write("s.json", '{\n  "requests": [\n    {"path": "/",\n     "headers": {"A": "${env:NO_SUCH}"}}\n  ]\n}')
        self.load("--scenario", scenario, code=2)
        self.assertIn(f"{scenario}:4: requests[0].headers: ${{env:NO_SUCH}}: the environment has no variable", self.said)
        self.load("-b", "${id}", code=2)
        self.assertIn("there is no \"data\"", self.said)

    def test_secrets_are_sent_and_never_shown(self):
        headers = self.write("headers.txt", f"X-Token: {SECRET}\nX-Other: 1\n")
        url = self.server.url.replace("http://", "http://")
        done = subprocess.run([TRACETAX, "load", url + "/", "-n", "5", "-H", f"@{headers}", "-X", "POST",
                               "-u", "ada:${env:PASSWORD}", "-H", "X-Env: ${env:PASSWORD}", "--hlog", self.folder / "x.hlog"],
                              capture_output=True, text=True, timeout=60, env={**os.environ, "PASSWORD": SECRET})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(SECRET, done.stdout + done.stderr + (self.folder / "x.hlog").read_text())
        method, _, sent, _, _ = self.server.seen[-1]
        self.assertEqual(method, "POST")
        self.assertEqual((sent["X-Token"], sent["X-Other"], sent["X-Env"]), (SECRET, "1", SECRET))
        self.assertEqual(base64.b64decode(sent["Authorization"].removeprefix("Basic ")).decode(), f"ada:{SECRET}")

    def test_a_password_in_the_url_is_not_shown(self):
        url = self.server.url.replace("http://", f"http://ada:{SECRET}%40@")
        for form in ([], ["--json"]):
            done = subprocess.run([TRACETAX, "load", url + "/", "-n", "5", *form], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNotIn(SECRET, done.stdout + done.stderr)
        sent = self.server.seen[-1][2]
        self.assertEqual(base64.b64decode(sent["Authorization"].removeprefix("Basic ")).decode(), f"ada:{SECRET}@")

    def test_cookies_are_kept_per_connection(self):
        scenario = self.write("s.json", {"cookies": True, "requests": [{"path": "/login"}, {"path": "/me", "weight": 4}]})
        self.load("--scenario", scenario, "-n", "60", "-c", "3")
        by_connection = collections.defaultdict(list)
        for _, path, headers, _, connection in self.seen:
            by_connection[connection].append((path, headers.get("Cookie")))
        self.assertEqual(len(by_connection), 3)
        own = set()
        for asked in by_connection.values():
            self.assertEqual(asked[0], ("/login", None))
            sids = {cookie for path, cookie in asked if path == "/me"}
            self.assertTrue(all(cookie.startswith("sid=") and ";" not in cookie for cookie in sids), sids)
            self.assertFalse(own & sids, "a cookie of another connection")
            own |= sids

    def test_without_the_option_no_cookie_is_sent(self):
        self.load("-n", "20", "-c", "1", path="/login")
        self.assertTrue(all("Cookie" not in headers for _, _, headers, *_ in self.seen))

    def test_connections_think_after_an_answer(self):
        told = self.load("-c", "4", "-d", "2s", "--think", "100ms")
        # 4 connections, each at most ten times a second; a busy machine makes it less.
        self.assertLessEqual(told["requests"], 84)
        self.assertGreaterEqual(told["requests"], 30)
        random = self.load("-c", "4", "-d", "2s", "--think", "50ms", "--think-random")
        self.assertLess(random["requests"], 4 * 2 * 20 * 2)

    def test_stages_offer_what_they_say(self):
        told = self.load("--stages", "1s:200/s,1s:200/s,0s:50/s,1s:50/s", "-c", "8", "--max-errors", "100%")
        self.assertEqual(told["requests"] + sum(told["errors"].values()), 100 + 200 + 50)
        self.assertEqual([(s["begin_s"], s["end_s"], s["rate_from"], s["rate_to"]) for s in told["stages"]],
                         [(0, 1, 0, 200), (1, 2, 200, 200), (2, 3, 50, 50)])
        self.assertEqual([s["asked_rate"] for s in told["stages"]], [100, 200, 50])

    def test_thresholds_decide_how_it_ends(self):
        rate = ["--rate", "200/s", "-d", "2s", "-c", "8"]
        told = self.load(*rate, "--threshold", "p50<2s", "--threshold", "errors<0.1%", "--threshold", "rate>50/s")
        self.assertEqual([t["verdict"] for t in told["thresholds"]], ["pass"] * 3)
        told = self.load(*rate, "--threshold", "p50<1us", "--threshold", "p99.9<2s", code=1)
        self.assertEqual([t["verdict"] for t in told["thresholds"]], ["fail", "cannot tell"])
        self.assertGreater(told["thresholds"][0]["value"], 1000)
        told = self.load(*rate, "--threshold", "p99.9<2s", code=3)
        self.assertIn("fewer than ten of the 400 times", told["thresholds"][0]["reason"])
        self.load("--threshold", "p99=5", code=2)
        self.assertIn("right is p99<50ms", self.said)

    def test_a_threshold_on_errors_takes_the_place_of_max_errors(self):
        scenario = self.write("s.json", {"requests": [{"path": "/a", "weight": 9}, {"path": "/fails"}]})
        self.load("--scenario", scenario, "-n", "100", code=4)
        self.load("--scenario", scenario, "-n", "100", "--threshold", "errors<=10%")
        self.load("--scenario", scenario, "-n", "100", "--threshold", "errors<10%", code=1)

    def test_redirects_are_told_and_not_followed(self):
        self.load("-n", "10", path="/old", code=4)
        self.assertIn("points to '/new?x=1', and redirects are not followed", self.said)
        scenario = self.write("s.json", {"requests": [{"path": "/a"}, {"path": "/old"}]})
        told = self.load("--scenario", scenario, "-n", "10", code=4)
        self.assertEqual(told["errors"], {"status_302": 5})
        self.assertIn("answers pointed to '/new?x=1', and redirects are not followed", told["warnings"][0])
        self.load("-n", "10", "--expect-status", "302", path="/old")

    def interrupted(self, *arguments):
        process = subprocess.Popen([TRACETAX, "load", self.server.url, "--json", *arguments],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 20
        while len(self.server.seen) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
        self.assertLess(time.monotonic() - begun, 5)
        self.assertEqual(process.returncode, 130)
        return json.loads(out)

    def test_an_interrupt_ends_thoughts_and_stages(self):
        told = self.interrupted("-c", "2", "-d", "1h", "--think", "1h")
        self.assertTrue(told["interrupted"])
        told = self.interrupted("--stages", "1h:100/s,1h:100/s", "--rate", "100/s", "--threshold", "p50<10s")
        self.assertEqual(told["thresholds"][0]["verdict"], "cannot tell")

    def test_what_does_not_go_together_is_told(self):
        for arguments, told in (
                (["--rate", "1k/s", "--think", "1s"], "--think: is for closed loops"),
                (["--closed", "--stages", "1s:1k/s"], "a closed loop has no --stages"),
                (["--stages", "1s:1k/s", "-d", "3s"], "--duration: is what the --stages take together"),
                (["--stages", "1s"], "has no colon"),
                (["--stages", "10s:0"], "not one request is ever due"),
                (["--stages", "1s:1k/s", "--warmup", "1s"], "--warmup: needs --rate"),
                (["--threshold", "lag<1ms"], "a closed loop has none"),
                (["--cookies", "-H", "Cookie: a=1"], "where cookies are kept"),
                (["-u", "ada"], "has no password"),
                (["-X", "GET", "-m", "GET"], "give one of the two"),
                (["--scenario", "nowhere.json", "-b", "x"], "--body: stands in the scenario")):
            self.load(*arguments, code=2)
            self.assertIn(told, self.said, arguments)


    def test_a_run_keeps_no_secret(self):
        """What a suite's requests take from environment and files is in no file of the run."""
        self.write("token.txt", SECRET + "\n")
        self.write("users.csv", "id\n42\n43\n")
        suite = self.write("suite.json", {
            "name": "secrets", "targets": {"gin": {"emulated": "gin"}}, "arms": ["off", "on@100%"],
            "scenarios": {"s": {"kind": "http", "data": "users.csv", "user": "ada:${env:PASSWORD}", "cookies": True,
                                "requests": [{"path": "/users/${id}", "weight": 3, "headers": {"X-Token": "${file:token.txt}"}},
                                             {"path": "/users", "body": {"name": "${env:PASSWORD}"}}]}},
            "load": {"rate": "200/s"}, "design": {"blocks": 1, "warmup": "100ms", "measure": "300ms"}})
        out = self.folder / "out"
        done = subprocess.run([TRACETAX, "run", suite, "--out", out, "--no-check"], capture_output=True, text=True,
                              timeout=120, env={**os.environ, "PASSWORD": SECRET})
        self.assertIn(done.returncode, (0, 4), done.stderr)
        result = json.loads((out / "result.json").read_text())
        self.assertIn("${env:PASSWORD}", json.dumps(result))
        self.assertNotIn("wrong", json.dumps([s.get("errors") for s in result.get("segments", [])]))
        for shown in (done.stdout, done.stderr, *(f.read_text(errors="replace") for f in out.rglob("*") if f.is_file())):
            self.assertNotIn(SECRET, shown)
            self.assertNotIn(base64.b64encode(f"ada:{SECRET}".encode()).decode(), shown)


if __name__ == "__main__":
    unittest.main()
