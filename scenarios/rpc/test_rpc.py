"""`tracetax run` against a service that speaks framed Thrift through Apache's own library, and what it says of one
that answers wrongly.
SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = pathlib.Path(os.environ["TRACETAX_BIN"]) / "tracetax"
SERVER = pathlib.Path(os.environ["TRACETAX_SOURCE"]) / "scenarios" / "rpc" / "testing_thrift_server.py"


class Rpc(unittest.TestCase):
    def run_suite(self, scenario, *server_arguments):
        """Exit code, what was said, and the result (if there is one) of a short run."""
        suite = {
            "name": "thrift",
            "targets": {
                "python": {
                    "command": ["/usr/bin/python3", str(SERVER), "{port}", *server_arguments],
                    "ready": "tcp://127.0.0.1:{port}",
                }
            },
            "scenarios": {"calls": {"kind": "thrift", **scenario}},
            "arms": ["off", "off2"],
            "load": {"rate": "100/s", "connections": 2},
            "design": {"blocks": 1, "warmup": "50ms", "measure": "300ms", "settle": "50ms"},
        }
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "suite.json"
            path.write_text(json.dumps(suite), "utf-8")
            out = pathlib.Path(folder) / "out"
            done = subprocess.run([PROGRAM, "run", path, "--no-check", "--out", out], capture_output=True, text=True, timeout=120)
            result = out / "result.json"
            return done, json.loads(result.read_text("utf-8")) if result.exists() else None

    def test_calls_are_answered_by_the_library(self):
        for scenario in (
            {"method": "Echo", "data": {"text": "hello"}},
            {"method": "GetUser", "data": [{"id": 42}, {"id": -1}]},
            {"method": "Add", "payload": "08000100000002 08000200000003 00", "expect": {"payload": "08000000000005 00"}},
        ):
            done, result = self.run_suite(scenario)
            # A validity rule may fail on a busy machine; what was sent and answered is the same.
            self.assertIn(done.returncode, (0, 3, 4), done.stderr)
            self.assertEqual(len(result["segments"]), 2, done.stderr)
            for segment in result["segments"]:
                self.assertGreater(segment["requests"], 0, segment)
                self.assertEqual(segment["errors"], {}, segment)

    def test_a_wrong_answer_is_seen_before_anything_is_measured(self):
        done, _ = self.run_suite({"method": "Echo", "data": {"text": "hello"}}, "--echo-wrongly")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("wrong_answer", done.stdout + done.stderr)

    def test_an_unknown_method_is_named(self):
        done, _ = self.run_suite({"method": "Nope", "payload": "00"})
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn("the exception UNKNOWN_METHOD: no method Nope", done.stdout + done.stderr)

    def test_options_are_checked(self):
        done, _ = self.run_suite({"method": "Ecko", "framing": "fremed"})
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("did you mean 'Echo'?", done.stderr)
        self.assertIn("did you mean 'framed'?", done.stderr)


if __name__ == "__main__":
    unittest.main()
