"""End to end: an installed tracetax, away from its sources, with a plugin that is built against the installed header.

Installs the built programs into a folder of its own, moves that folder, builds the example plugin as its users would,
and runs it against an emulated service. Numbers are not looked at: the machine may be busy.
SPDX-License-Identifier: Apache-2.0
"""

import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ["TRACETAX_BIN"])
SOURCE = pathlib.Path(os.environ["TRACETAX_SOURCE"])
DESIGN = {"blocks": 1, "warmup": "100ms", "measure": "500ms", "settle": "200ms", "drain": "5s"}
PASS, USAGE, INVALID = 0, 2, 4


def call(*command, cwd=None, env=None, timeout=240):
    return subprocess.run([str(word) for word in command], cwd=cwd, env=env, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout, check=False)


def succeed(*command, **more):
    done = call(*command, **more)
    if done.returncode != 0:
        raise AssertionError(f"{command[0]} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done


def setUpModule():
    """Installs, moves what was installed, and builds the example against it."""
    global folder, prefix, tracetax, plugin, clean
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tracetax-plugin-"))
    unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
    succeed("cmake", "--install", BIN.parent, "--prefix", folder / "first")
    prefix = folder / "moved"
    (folder / "first").rename(prefix)
    tracetax = prefix / "bin" / "tracetax"
    # Nothing of the build tree is to be found by way of the environment.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TRACETAX_")}
    clean["PATH"] = ":".join(place for place in clean["PATH"].split(":") if pathlib.Path(place) != BIN)
    template = prefix / "share" / "tracetax" / "plugin_template"
    succeed("cmake", "-S", template, "-B", folder / "plugin", "-DCMAKE_PREFIX_PATH=" + str(prefix), env=clean)
    succeed("cmake", "--build", folder / "plugin", env=clean)
    plugin = folder / "plugin" / "example_scenario.so"


def suite(**options):
    return {
        "name": "test",
        "targets": {"nethttp": {"emulated": "nethttp"}},
        "scenarios": {"users": {"kind": "example-users", **options}},
        "arms": ["off", "on@100%"],
        "load": {"rate": "200/s", "connections": 4},
        "design": DESIGN,
        "env": {"OTEL_BSP_SCHEDULE_DELAY": "50"},
    }


class Installed(unittest.TestCase):
    def test_everything_is_in_its_place(self):
        for path in ("bin/tracetax", "bin/tracetax-target", "include/tracetax/plugin.h",
                     "share/tracetax/suites/quick.json", "share/tracetax/suites/suite.schema.json", "share/tracetax/suites/bench.proto",
                     "share/tracetax/result.schema.json", "share/tracetax/plugin_template/CMakeLists.txt",
                     "share/doc/tracetax/README.md", "share/doc/tracetax/LICENSE"):
            self.assertTrue((prefix / path).is_file(), path)

    def test_suites_come_from_beside_the_program(self):
        (prefix / "share/tracetax/suites/only-here.json").write_text('{"name": "only-here", "description": "found"}')
        self.addCleanup((prefix / "share/tracetax/suites/only-here.json").unlink)
        link = folder / "a-link-to-it"
        link.symlink_to(tracetax)
        self.addCleanup(link.unlink)
        for program in (tracetax, link):
            listed = succeed(program, "list", "suites", cwd="/", env=clean).stdout
            self.assertIn("only-here", listed)
            self.assertIn("quick", listed)

    def test_the_target_program_is_the_one_beside(self):
        link = folder / "another-link"
        link.symlink_to(tracetax)
        self.addCleanup(link.unlink)
        for program in (tracetax, link):
            self.assertIn("nethttp", succeed(program, "list", "targets", cwd="/", env=clean).stdout)

    def test_a_suite_runs_by_its_name(self):
        out = folder / "quick"
        settings = ("design.blocks=1", "design.warmup=100ms", "design.measure=300ms", "load.rate=200/s",
                    'arms=["off","on@100%"]')
        done = call(tracetax, "run", "quick", "--out", out, "--quiet", *(f"--set={s}" for s in settings), cwd="/",
                    env=clean)
        self.assertIn(done.returncode, (PASS, INVALID), done.stderr)
        result = json.loads((out / "result.json").read_text())
        self.assertEqual(result["config"]["folder"], str(prefix / "share/tracetax/suites"))
        self.assertTrue(result["subjects"][0]["command"].startswith(str(prefix)), result["subjects"])


class Plugin(unittest.TestCase):
    def run_suite(self, content, *options):
        """The exit code's process and result.json, if there is one."""
        place = pathlib.Path(tempfile.mkdtemp(dir=folder))
        (place / "suite.json").write_text(json.dumps(content))
        done = call(tracetax, "run", "suite.json", "--out", "out", "--quiet", *options, cwd=place, env=clean)
        saved = place / "out" / "result.json"
        return done, json.loads(saved.read_text()) if saved.exists() else None

    def test_requests_of_a_plugin_are_measured(self):
        done, result = self.run_suite(suite(users=5, contains="user-"), "--plugin", plugin)
        self.assertIn(done.returncode, (PASS, INVALID), done.stderr)
        self.assertEqual([s["arm"] for s in result["segments"]].count("off"), 1)
        digest = hashlib.sha256(plugin.read_bytes()).hexdigest()
        self.assertEqual(result["tool"]["plugins"], {"example-users": {"path": str(plugin), "sha256": digest}})
        for segment in result["segments"]:
            self.assertGreater(segment["requests"], 50)
            self.assertNotIn("wrong_answer", segment["errors"])
            broken = {void["rule"] for void in segment["voids"]} & {"target_failed", "receipt_open", "too_many_errors"}
            self.assertFalse(broken, segment["voids"])

    def test_a_plugin_may_call_grpc(self):
        content = suite()
        content["targets"] = {"grpc-go": {"emulated": "grpc-go"}}
        content["scenarios"] = {"echo": {"kind": "wayward", "do": "<grpc><echo>"}}
        done, result = self.run_suite(content, "--plugin", BIN.parent / "testplugins" / "wayward.so")
        self.assertIn(done.returncode, (PASS, INVALID), done.stderr)
        for segment in result["segments"]:
            self.assertGreater(segment["requests"], 50)
            self.assertEqual(segment["errors"], {})

    def test_an_answer_that_the_plugin_refuses_voids(self):
        # User 1 is asked for first and says user-1; users 2 to 5 do not.
        done, result = self.run_suite(suite(users=5, contains="user-1"), "--plugin", plugin)
        self.assertEqual(done.returncode, INVALID, done.stderr)
        for segment in result["segments"]:
            self.assertGreater(segment["errors"]["wrong_answer"], segment["requests"])
            self.assertIn("too_many_errors", [void["rule"] for void in segment["voids"]])

    def test_a_target_whose_first_answer_is_refused_is_not_measured(self):
        done, result = self.run_suite(suite(contains="no such text"), "--plugin", plugin)
        self.assertEqual(done.returncode, INVALID, done.stderr)
        self.assertIn("wrong_answer", done.stderr)
        for segment in result["segments"]:
            self.assertEqual([void["rule"] for void in segment["voids"]], ["target_failed"])

    def test_the_plugin_names_mistakes_in_its_part_of_the_suite(self):
        done, result = self.run_suite(suite(user=5, contains=7), "--plugin", plugin)
        self.assertEqual(done.returncode, USAGE)
        self.assertIsNone(result)
        self.assertIn(f"scenarios.users: plugin '{plugin}': user: unknown", done.stderr)
        self.assertIn("contains: 7 is no text", done.stderr)

    def test_without_the_plugin_its_kind_is_unknown(self):
        done, _ = self.run_suite(suite())
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("unknown scenario kind 'example-users'", done.stderr)

    def test_what_is_no_plugin_is_refused(self):
        for file, said in (("gone.so", "no such file"), ("suite.json", "is not a shared object"),
                           (str(tracetax), "cannot be loaded")):
            done, _ = self.run_suite(suite(), "--plugin", file)
            self.assertEqual(done.returncode, USAGE, done.stderr)
            self.assertIn(said, done.stderr)

    def test_it_is_listed_beside_the_built_in_ones(self):
        listed = succeed(tracetax, "list", "scenarios", "--plugin", plugin.name, cwd=plugin.parent, env=clean).stdout
        self.assertIn("example-users", listed)
        self.assertIn("http", listed)
        done = call(tracetax, "list", "scenarios", "--plugin", plugin, "--plugin", plugin, env=clean)
        self.assertEqual(done.returncode, USAGE)
        self.assertIn("is there already", done.stderr)

    def test_the_suite_of_the_template_is_right(self):
        template = prefix / "share/tracetax/plugin_template/suite.json"
        out = folder / "template"
        done = call(tracetax, "run", template, "--plugin", plugin, "--out", out, "--quiet", "--set=design.blocks=1",
                    "--set=design.measure=300ms", cwd=folder, env=clean)
        self.assertIn(done.returncode, (PASS, INVALID), done.stderr)
        for segment in json.loads((out / "result.json").read_text())["segments"]:
            self.assertEqual(segment["errors"], {})


if __name__ == "__main__":
    unittest.main()
