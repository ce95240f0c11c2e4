"""Each seam takes one file, one line in a catalog and the file's name in CMake, and nothing else: a framework, a
sampler, a scenario kind, a report format and a metric are added to a copy of the tree in just that way. The copy
is built, and one run uses all five.

Takes the build's settings from TRACETAX_BUILD; with ccache only what the five touch is compiled.
SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ["TRACETAX_BUILD"])
COPY = BUILD / "seams"

LICENCE = "// Of a test.\n// SPDX-License-Identifier: Apache-2.0\n"

# (file, its text, catalog, the line to put there, the line before it)
ADDED = {
    "framework": (
        "targets/frameworks/toy.cc",
        lambda: (ROOT / "targets/frameworks/nethttp.cc").read_text("utf-8")
        .replace("make_nethttp", "make_toy").replace('.name = "nethttp"', '.name = "toy"'),
        "targets/frameworks/catalog.cc", '  FRAMEWORK(toy, "toy", "of a test");', "  FRAMEWORK(nethttp,"),
    "sampler": (
        "targets/tracing/samplers/toy_sampler.cc",
        lambda: LICENCE + """
#include "targets/tracing/sampler.h"

namespace tracetax {

Result<SamplerPointer> sampler_toy(std::string_view argument) {
  if (argument != "" && argument != "of-a-test") return failure(ExitCode::usage, "toy: not of a test");
  return make_parent_based(make_always_off());
}

}  // namespace tracetax
""",
        "targets/tracing/sampler_catalog.cc", '  SAMPLER(toy, "of a test");', "  SAMPLER(always_on,"),
    "scenario kind": (
        "scenarios/http/toy_kind.cc",
        lambda: LICENCE + """
#include "harness/load/scenario/scenario_kind.h"

namespace tracetax {

ScenarioEntry http_scenario_kind();

ScenarioEntry toy_scenario_kind() {
  return {"toy", "of a test", {.prepare = [](const ScenarioSpec& spec, const ScenarioUse& use) {
            ScenarioSpec users = spec;
            users.options = Json{{"path", "/users/42"}};
            return http_scenario_kind().make.prepare(users, use);
          }}};
}

}  // namespace tracetax
""",
        "scenarios/catalog.cc", "  KIND(toy_scenario_kind)        \\", "  KIND(http_scenario_kind)"),
    "report format": (
        "reports/formats/toy_format.cc",
        lambda: LICENCE + """
#include <fmt/format.h>

#include "reports/words/report.h"

namespace tracetax {
namespace {

std::string write_toy(const RunResult& result, const Analysis&, const ReportOptions&) {
  return fmt::format("{} segments\\n", result.segments.size());
}

}  // namespace

ReportFormat toy_format() {
  return {"toy", "of a test", {.write = write_toy, .files = {{.name = "toy.txt"}}}};
}

}  // namespace tracetax
""",
        "reports/catalog.cc", "  FORMAT(toy_format)               \\", "  FORMAT(text_format)"),
    "metric": (
        "harness/core/metric/answers.cc",
        lambda: LICENCE + """
#include "harness/core/run_result.h"

namespace tracetax::metrics {

extern constinit const MetricDefinition answers{
    .id = "answers",
    .short_name = "answers",
    .label = "answers of a test",
    .unit = units::bytes,
    .read = [](const SegmentRecord& segment) -> std::optional<double> {
      return static_cast<double>(segment.requests);
    },
    .lacking = "no answer came"};

}  // namespace tracetax::metrics
""",
        "harness/core/metric/catalog.cc", "  METRIC(answers)                \\", "  METRIC(cpu_per_request)"),
}

SUITE = {
    "name": "seams",
    "targets": {"toy": {"emulated": "toy"}},
    "scenarios": {"users": {"kind": "toy"}},
    "arms": ["off", {"name": "toy@50%", "rate": "50%", "sampler": {"name": "toy", "arg": "of-a-test"}}],
    "load": {"rate": "500/s", "connections": 2},
    "design": {"blocks": 6, "warmup": "100ms", "measure": "300ms", "settle": "50ms"},
}


def insert(path, line, before):
    """`line` on its own behind the one that begins with `before`."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    places = [i for i, text in enumerate(lines) if text.startswith(before)]
    assert len(places) == 1, f"{path}: {len(places)} lines begin with {before!r}"
    lines.insert(places[0] + 1, line + "\n")
    path.write_text("".join(lines), "utf-8")


def setting(name):
    found = re.search(rf"^{name}:\w+=(.*)$", (BUILD / "CMakeCache.txt").read_text("utf-8"), re.M)
    return f"-D{name}={found.group(1)}"


def succeed(*command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}: exit code {done.returncode}\n{done.stdout[-4000:]}{done.stderr[-4000:]}"
    return done.stdout


class Seams(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(COPY, ignore_errors=True)
        left = shutil.ignore_patterns("build", "build-*", ".git", "tracetax-out", "__pycache__")
        shutil.copytree(ROOT, COPY, ignore=left)
        for file, text, catalog, line, before in ADDED.values():
            (COPY / file).write_text(text(), "utf-8")
            insert(COPY / catalog, line, before)
            name = pathlib.PurePosixPath(file).name
            room = (COPY / file).parent
            while not (room / "CMakeLists.txt").exists():
                room = room.parent
            beside = {"samplers": "samplers/always.cc", "http": "http_request.cc", "formats": "csv.cc",
                      "metric": "capacity.cc", "frameworks": "gin.cc"}[(COPY / file).parent.name]
            cmake = room / "CMakeLists.txt"
            listed = re.search(rf"^( *){re.escape(beside)}$", cmake.read_text("utf-8"), re.M)
            insert(cmake, listed.group(0).replace(pathlib.PurePosixPath(beside).name, name), listed.group(0))
        cls.build = COPY / "build" / BUILD.name  # as deep as the build, so that ccache finds the same objects
        succeed("cmake", "-G", "Ninja", "-S", COPY, "-B", cls.build, "-DTRACETAX_TESTS=OFF",
                *(setting(name) for name in ("CMAKE_BUILD_TYPE", "CMAKE_CXX_FLAGS_DEBUG", "TRACETAX_WERROR",
                                             "TRACETAX_SANITIZE", "TRACETAX_UNITY", "TRACETAX_PRECOMPILE")))
        succeed("cmake", "--build", cls.build, "--target", "tracetax", "tracetax-target")
        cls.out = cls.build / "out"
        suite = cls.build / "seams.json"
        suite.write_text(json.dumps(SUITE), "utf-8")
        done = subprocess.run([cls.build / "bin/tracetax", "run", suite, "--out", cls.out], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120, check=False)
        cls.said = done.stdout + done.stderr
        cls.result = json.loads((cls.out / "result.json").read_text("utf-8"))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(COPY, ignore_errors=True)

    def listed(self, what):
        return succeed(self.build / "bin/tracetax", "list", what)

    def test_the_rules_of_the_rooms_hold(self):
        succeed("python3", COPY / "ci/check_layers.py", COPY)

    def test_a_framework(self):
        self.assertRegex(self.listed("targets"), r"(?m)^ *toy +of a test")
        described = json.loads(succeed(self.build / "bin/tracetax-target", "toy", "--describe"))
        self.assertEqual((described["name"], described["spans_per_request"]), ("toy", 1))
        self.assertEqual(self.result["config"]["resolved"]["targets"]["toy"]["emulated"], "toy")

    def test_a_sampler(self):
        self.assertIn("toy", self.listed("samplers"))
        traced = [segment for segment in self.result["segments"] if segment["arm"] == "toy@50%"]
        self.assertTrue(traced)
        # The driver's flag is what the toy goes by: receipts close, and about half of the requests are sampled.
        closed = [segment["spans"] for segment in traced if not segment["voids"]]
        self.assertTrue(closed, self.said)
        for spans in closed:
            self.assertEqual(spans["expected"], spans["received"])
            self.assertGreater(spans["received"], 0)

    def test_a_scenario_kind(self):
        self.assertRegex(self.listed("scenarios"), r"(?m)^ *toy +of a test")
        self.assertTrue(all(segment["requests"] > 0 for segment in self.result["segments"] if not segment["voids"]))

    def test_a_report_format(self):
        self.assertRegex(self.listed("formats"), r"(?m)^ *toy +of a test")
        expected = f"{len(self.result['segments'])} segments\n"
        self.assertEqual((self.out / "toy.txt").read_text("utf-8"), expected)
        shown = succeed(self.build / "bin/tracetax", "report", self.out / "result.json", "--format", "toy")
        self.assertEqual(shown, expected)

    def test_a_metric(self):
        table = succeed(self.build / "bin/tracetax", "report", self.out / "result.json", "--format", "comparisons-csv")
        self.assertIn(",answers,", table)
        self.assertIn("answers of a test", (self.out / "report.md").read_text("utf-8"))
        refused = subprocess.run(
            [self.build / "bin/tracetax", "gate", "quick", "--budget", "answerz=5%"], stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("answers", refused.stderr)


if __name__ == "__main__":
    unittest.main()
