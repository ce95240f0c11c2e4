"""`tracetax init --from`: what is written runs as it is, against a server that answers only what is right.
SPDX-License-Identifier: Apache-2.0
"""

import collections
import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import unittest

TRACETAX = pathlib.Path(os.environ["TRACETAX_BIN"]) / "tracetax"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        right = {("GET", "/v1/pets?limit=20"): "", ("POST", "/v1/pets"): '{"name":"Rex"}', ("GET", "/v1/pets/7"): ""}
        status = 200 if right.get((self.command, self.path)) == body and self.headers["Authorization"] == "Bearer t0ken" else 400
        self.server.seen[self.command, self.path] += 1
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_):
        pass


class InitFrom(unittest.TestCase):
    def setUp(self):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.seen = collections.Counter()
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_it(self, *arguments, code=0, env=None):
        done = subprocess.run([TRACETAX, *arguments], capture_output=True, text=True, timeout=60, cwd=self.folder,
                              env={**os.environ, **(env or {})})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def runs(self, content, env, requests=3):
        (self.folder / "in").write_text(content if isinstance(content, str) else json.dumps(content))
        told = self.run_it("init", "--from", "in", "--save", "s.json")
        for name in env:
            self.assertIn(f"to be given: {name}", told.stderr)
        self.assertIn(f"s.json is written, with {requests} requests. Next: tracetax load {self.origin}/ --scenario s.json",
                      told.stdout)
        self.assertIn("the environment has no variable",
                      self.run_it("load", self.origin, "--scenario", "s.json", code=2).stderr)
        self.run_it("load", self.origin, "--scenario", "s.json", "-n", "30", "--json", env=env)
        return self.server.seen

    def test_openapi(self):
        seen = self.runs({"openapi": "3.0.0", "servers": [{"url": self.origin + "/v1"}], "security": [{"jwt": []}],
                          "components": {"securitySchemes": {"jwt": {"type": "http", "scheme": "bearer"}}},
                          "paths": {"/pets": {
                              "get": {"parameters": [{"name": "limit", "in": "query", "required": True, "example": 20}],
                                      "responses": {"200": {}}},
                              "post": {"requestBody": {"content": {"application/json": {"example": {"name": "Rex"}}}},
                                       "responses": {"200": {}}}},
                              "/pets/{id}": {"get": {"parameters": [{"name": "id", "in": "path", "required": True}],
                                                     "responses": {"200": {}}}}}},
                         {"TOKEN": "t0ken", "ID": "7"})
        self.assertEqual(set(seen), {("GET", "/v1/pets?limit=20"), ("POST", "/v1/pets"), ("GET", "/v1/pets/7")})

    def test_har(self):
        def entry(method, path, **more):
            return {"request": {"method": method, "url": self.origin + path,
                                "headers": [{"name": "Authorization", "value": "Bearer s3cret"}], **more},
                    "response": {"status": 200}}
        har = {"log": {"entries": [entry("GET", "/v1/pets?limit=20"), entry("GET", "/v1/pets?limit=20"),
                                   entry("POST", "/v1/pets", postData={"text": '{"name": "Rex"}'}),
                                   entry("GET", "/v1/pets/7")]}}
        seen = self.runs(har, {"AUTHORIZATION": "Bearer t0ken"})
        self.assertNotIn("s3cret", (self.folder / "s.json").read_text())
        self.assertEqual(seen["GET", "/v1/pets?limit=20"], 15 + 1)  # the first is the look before

    def test_http_file(self):
        self.runs(f"@base = {self.origin}/v1\n\nGET {{{{base}}}}/pets?limit=20\nAuthorization: {{{{auth}}}}\n\n###\n"
                  "POST {{base}}/pets\nAuthorization: {{auth}}\nContent-Type: application/json\n\n{\"name\": \"Rex\"}\n"
                  "###\nGET {{base}}/pets/7\nAuthorization: {{auth}}\n", {"AUTH": "Bearer t0ken"})

    def test_with_a_command_it_is_a_suite(self):
        (self.folder / "in").write_text(f"GET {self.origin}/a\n###\nGET {self.origin}/b\n")
        told = self.run_it("init", "--from", "in", "--save", "suite.json", "--", "./server", "--port", "{port}")
        self.assertIn("Next: tracetax doctor suite.json", told.stdout)
        suite = json.loads((self.folder / "suite.json").read_text())
        self.assertEqual([r["path"] for r in suite["scenarios"]["imported"]["requests"]], ["/a", "/b"])
        self.run_it("run", "suite.json", "--dry-run")

    def test_what_is_wrong_is_told(self):
        (self.folder / "in").write_text("openapi: 3.0.0\n")
        self.assertIn("--from: 'in': is YAML", self.run_it("init", "--from", "in", code=2).stderr)
        self.assertIn("--get: stands in the --from file",
                      self.run_it("init", "--from", "in", "--get", "/", code=2).stderr)
        self.assertIn("nowhere", self.run_it("init", "--from", "nowhere", code=2).stderr)


if __name__ == "__main__":
    unittest.main()
