"""The scripts' behaviour where it can be seen without installing anything: every program that they
call is a fake on a PATH of its own, which writes down how it was called.
SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLAIN = ["bash", "env", "sed", "mktemp", "rm", "tail", "head", "tee", "chmod", "dirname", "cat", "mkdir", "nproc",
         "grep", "sort", "find"]


class Scripts(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.bin = self.folder / "bin"
        self.bin.mkdir()
        for name in PLAIN:
            (self.bin / name).symlink_to(shutil.which(name))

    def fake(self, name, body):
        path = self.bin / name
        path.write_text(f'#!/bin/bash\necho "{name} $*" >>{self.folder}/calls\n{body}\n')
        path.chmod(0o755)

    def fake_debian(self, installed):
        """dpkg-query that has `installed` ("all" or a list), and an apt-get that does nothing."""
        if installed == "all":
            self.fake("dpkg-query", 'for p in "${@:4}"; do printf "installed:%s " "$p"; done')
        else:
            lines = "".join(f"installed:{name} " for name in installed)
            self.fake("dpkg-query", f'printf "{lines}"; exit 1')
        self.fake("apt-get", "exit 0")

    def run_script(self, name, *arguments):
        return subprocess.run(
            [ROOT / "scripts" / name, *arguments],
            env={"PATH": str(self.bin)}, cwd=self.folder, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=30, check=False)

    def calls(self):
        log = self.folder / "calls"
        return log.read_text().splitlines() if log.exists() else []

    def test_setup_does_nothing_when_all_is_there(self):
        self.fake_debian("all")
        for option in ("--build", "--test"):
            done = self.run_script("setup", option)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertFalse([call for call in self.calls() if not call.startswith("dpkg-query")])

    def test_setup_installs_only_what_is_missing(self):
        self.fake_debian(["cmake", "g++", "git", "ninja-build", "pkg-config", "libboost1.81-dev",
                          "libcxxopts-dev", "libexpected-dev", "libfmt-dev", "libgrpc++-dev",
                          "libhiredis-dev", "libmariadb-dev", "libmongoc-dev", "libnats-dev", "libnghttp2-dev",
                          "libpq-dev", "libprotobuf-dev", "libprotoc-dev", "librabbitmq-dev", "librdkafka-dev",
                          "libre2-dev", "libsnappy-dev", "libssl-dev",
                          "libzstd-dev", "nlohmann-json3-dev", "protobuf-compiler-grpc", "zlib1g-dev"])
        self.fake("id", "echo 1000")
        self.fake("sudo", '"$@"')
        done = self.run_script("setup", "--build")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        self.assertEqual(done.stderr, "scripts/setup: installing protobuf-compiler\n")
        apt = [call for call in self.calls() if call.startswith("apt-get")]
        self.assertEqual(len(apt), 2)
        self.assertIn(" update", apt[0])
        self.assertTrue(apt[1].endswith("install --no-install-recommends protobuf-compiler"), apt[1])

    def test_setup_takes_a_removed_package_for_missing(self):
        self.fake_debian([])
        self.fake("dpkg-query", 'for p in "${@:4}"; do printf "config-files:%s " "$p"; done')
        self.fake("id", "echo 1000")
        done = self.run_script("setup", "--build")
        self.assertEqual(done.returncode, 2)

    def test_setup_without_root_or_sudo_says_what_to_run(self):
        self.fake_debian([])
        self.fake("id", "echo 1000")
        done = self.run_script("setup", "--build")
        self.assertEqual(done.returncode, 2)
        self.assertIn("root or sudo", done.stderr)
        self.assertIn("apt-get install --no-install-recommends cmake", done.stderr)
        self.assertFalse([call for call in self.calls() if call.startswith("apt-get")])

    def test_setup_elsewhere_than_debian_lists_the_packages(self):
        done = self.run_script("setup")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no Debian", done.stderr)
        self.assertIn("libboost1.81-dev", done.stderr)

    def test_setup_shows_the_words_of_an_apt_that_fails(self):
        self.fake_debian([])
        self.fake("id", "echo 1000")
        self.fake("sudo", '"$@"')
        self.fake("apt-get", 'echo "E: no network"; exit 100')
        done = self.run_script("setup", "--build")
        self.assertEqual(done.returncode, 1)
        self.assertIn("E: no network", done.stderr)

    def test_wrong_options_are_usage_errors(self):
        for name, *arguments in (["setup", "--biuld"], ["setup", "--build", "--test"],
                                 ["quickstart", "--fast"], ["test", "--sanitize", "memory"],
                                 ["test", "--sanitize"], ["test", "-L"], ["test", "-X"],
                                 ["bench", "--compar", "x"], ["bench", "--compare"], ["bench", "--rounds", "0"],
                                 ["bench", "histogramm"], ["fuzz", "suit"], ["fuzz", "suite", "10"],
                                 ["fuzz", "--lst"], ["package", "deb"]):
            done = self.run_script(name, *arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn(f"scripts/{name}: ", done.stderr)
        self.assertEqual(self.calls(), [])

    def test_help_names_every_option(self):
        self.assertIn("--build", self.run_script("setup", "--help").stdout)
        self.assertIn("--sanitize", self.run_script("test", "--help").stdout)
        self.assertIn("--compare", self.run_script("bench", "--help").stdout)
        self.assertIn("--list", self.run_script("fuzz", "--help").stdout)
        listed = subprocess.run([ROOT / "scripts/fuzz", "--list"], capture_output=True, text=True)
        self.assertIn("plugin\n", listed.stdout)
        self.assertIn("Usage", self.run_script("quickstart", "--help").stdout)

    def copy_tree(self):
        """The scripts alone, in a tree where they may write."""
        shutil.copytree(ROOT / "scripts", self.folder / "tree" / "scripts")
        return self.folder / "tree"

    def bench_tree(self):
        """A tree with the benchmarks one and two, whose programs are fakes that take 100 ns."""
        tree = self.copy_tree()
        for name in ("one", "two"):
            (tree / name).mkdir()
            (tree / name / "CMakeLists.txt").write_text(f"if(X)\n  tracetax_bench({name} SOURCES x_bench.cc)\nendif()\n")
        self.fake_debian("all")
        self.fake("cmake", "exit 0")
        self.bench_programs(tree, 100)
        return tree

    def bench_programs(self, tree, nanoseconds):
        folder = tree / "build/test/bin"
        folder.mkdir(parents=True)
        for name in ("one", "two"):
            case = {"name": f"BM_{name}", "run_name": f"BM_{name}", "run_type": "iteration", "iterations": 1,
                    "real_time": nanoseconds, "cpu_time": nanoseconds, "time_unit": "ns"}
            program = folder / f"{name}_bench"
            program.write_text(f"#!/bin/bash\necho '{name} {nanoseconds}' >>{self.folder}/calls\n"
                               f"echo '{json.dumps({'context': {}, 'benchmarks': [case]})}'\n")
            program.chmod(0o755)

    def bench(self, tree, *arguments):
        return subprocess.run([tree / "scripts/bench", *arguments], env={"PATH": str(self.bin)}, cwd=self.folder,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)

    def test_bench_knows_its_benchmarks_and_runs_what_is_named(self):
        tree = self.bench_tree()
        self.assertEqual(self.bench(tree, "--list").stdout, "one\ntwo\n")
        self.assertIn("no benchmark is called 'tow'; right are one, two", self.bench(tree, "tow").stderr)
        self.assertEqual(self.calls(), [])
        done = self.bench(tree, "two")
        self.assertEqual((done.returncode, json.loads(done.stdout)["benchmarks"][0]["name"]), (0, "BM_two"), done.stderr)
        self.assertTrue(any("--target two_bench" in call for call in self.calls()), self.calls())
        self.assertNotIn("one 100", self.calls())

    def test_bench_compares_two_revisions_in_turns(self):
        tree = self.bench_tree()
        (tree / "ci").symlink_to(ROOT / "ci")
        self.bench_programs(tree / "build/bench/abc123", 200)
        self.fake("git", '[[ $* == *rev-parse* ]] && [[ $* == *main* ]] && echo abc123')
        self.fake("dpkg", "echo /usr/share/benchmark/compare.py")
        self.assertIn("there is no revision 'mian'", self.bench(tree, "--compare", "mian").stderr)
        done = self.bench(tree, "one", "--compare", "main", "--rounds", "3")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, r"BM_one_median +-0\.50+ +-0\.50+ +200 +100 +200 +100")
        order = [call.split()[1] for call in self.calls() if call.startswith("one ")]
        self.assertEqual(order, ["200", "100", "100", "200", "200", "100"])

    def test_bench_shows_the_log_of_a_build_that_fails(self):
        tree = self.bench_tree()
        self.fake("cmake", 'echo "no compiler"; exit 1')
        done = self.bench(tree)
        self.assertEqual(done.returncode, 1)
        self.assertIn("no compiler", done.stderr)

    def test_quickstart_ends_with_the_code_of_the_run(self):
        tree = self.copy_tree()
        self.fake_debian("all")
        self.fake("cmake", "exit 0")
        programs = tree / "build/release/bin"
        programs.mkdir(parents=True)
        (programs / "tracetax").write_text('#!/bin/bash\necho "asked: $*"\nexit 4\n')
        (programs / "tracetax").chmod(0o755)
        done = subprocess.run([tree / "scripts/quickstart"], env={"PATH": str(self.bin)},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertEqual(done.stdout, "asked: run quick --out tracetax-out/quick\n")

    def test_quickstart_shows_the_log_of_a_step_that_fails(self):
        tree = self.copy_tree()
        self.fake_debian("all")
        self.fake("cmake", 'echo "CMake Error: no compiler"; exit 1')
        done = subprocess.run([tree / "scripts/quickstart"], env={"PATH": str(self.bin)},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("CMake Error: no compiler", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_test_counts_from_the_log_and_keeps_the_code_of_ctest(self):
        tree = self.copy_tree()
        self.fake_debian("all")
        self.fake("cmake", "exit 0")
        (tree / "build/test").mkdir(parents=True)
        self.fake("ctest", """
            while [ "$1" != --output-junit ]; do shift; done
            printf '<testsuite name="x"\\n\\ttests="7"\\n\\tfailures="2"\\n\\tdisabled="0"\\n' >"$2"
            printf '\\tskipped="1"\\n/>' >>"$2"
            echo "The following tests FAILED"; exit 8""")
        done = subprocess.run([tree / "scripts/test", "-L", "unit"], env={"PATH": str(self.bin)},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 8, done.stderr)
        self.assertTrue(done.stdout.endswith("FAILED\n4 passed, 2 failed, 1 skipped\n"), done.stdout)
        self.assertIn("-L unit", [call for call in self.calls() if call.startswith("ctest")][0])


if __name__ == "__main__":
    unittest.main()
