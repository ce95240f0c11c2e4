"""Other people's programs read what the reports wrote: google-benchmark's compare.py, junitparser, Prometheus'
Python client, HdrHistogram's log processor and GitHub's Markdown renderer, each from Debian. benchstat and
github-action-benchmark are in no Debian package; their formats are read by the rules they publish, and
benchstat itself reads them where it is installed.

What is read are the golden files, which the unit tests hold against the program.
SPDX-License-Identifier: Apache-2.0
"""

import csv
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SYSTEM_PYTHON = "/usr/bin/python3"
SETUP = "run scripts/setup, which installs it (this test is never skipped)"

try:
    import junitparser
    from prometheus_client import parser as prometheus_parser
    from prometheus_client.openmetrics import parser as openmetrics_parser
except ImportError:  # another python3 may come first in PATH than the one Debian's packages are for
    if sys.executable != SYSTEM_PYTHON and os.environ.get("TRACETAX_FORMATS_AGAIN") is None:
        again = dict(os.environ, TRACETAX_FORMATS_AGAIN="1")
        sys.exit(subprocess.call([SYSTEM_PYTHON, *sys.argv], env=again))
    sys.exit(f"python3-junitparser or python3-prometheus-client is missing: {SETUP}")

TRACETAX = pathlib.Path(os.environ["TRACETAX_BIN"]) / "tracetax"
TESTDATA = pathlib.Path(__file__).resolve().parent / "testdata"
COMPARE = pathlib.Path("/usr/share/benchmark/compare.py")
JAR = pathlib.Path("/usr/share/java/hdrhistogram.jar")
VERDICTS = ("pass", "fail", "inconclusive", "invalid", "base")
ARMS = ["off", "off2", "on@10%", "base-on@10%"]
STAND_IN = TESTDATA.parent.parent / "ci/stand_in"  # what compare.py takes from scipy


def golden(name):
    return (TESTDATA / name).read_text(encoding="utf-8")


def run(command, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=120,
                          check=False, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def need(test, *tools):
    """Fails with the remedy if one of (what is looked for, Debian package) is not there."""
    for tool, package in tools:
        if not (shutil.which(str(tool)) or pathlib.Path(tool).exists()):
            test.fail(f"{tool} of the package {package} is missing: {SETUP}")


class JUnit(unittest.TestCase):
    def read(self, name):
        suites = junitparser.JUnitXml.fromfile(str(TESTDATA / f"{name}.junit.xml"))
        self.assertEqual(suites.name, "tracetax")
        (suite,) = list(suites)
        cases = list(suite)
        outcomes = {"failures": junitparser.Failure, "errors": junitparser.Error, "skipped": junitparser.Skipped}
        self.assertEqual(suite.tests, len(cases))
        for attribute, kind in outcomes.items():
            counted = sum(isinstance(r, kind) for case in cases for r in case.result)
            self.assertEqual(int(getattr(suite, attribute)), counted, attribute)
        return suite, {case.name: case for case in cases}

    def outcome(self, case):
        if not case.result:
            return "passed", ""
        (result,) = case.result
        return type(result).__name__.lower(), result.message

    def test_each_verdict_has_its_outcomes(self):
        cpu = "CPU per request of on@10% against off"
        sound = "the measurement is sound and whole"
        for name, of_run, of_cpu in (("pass", "passed", "passed"), ("fail", "passed", "failure"),
                                     ("inconclusive", "passed", "skipped"), ("invalid", "error", "skipped"),
                                     ("base", "passed", "passed")):
            with self.subTest(name):
                _, cases = self.read(f"verdict-{name}")
                self.assertEqual(self.outcome(cases[sound])[0], of_run)
                self.assertEqual(self.outcome(cases[cpu])[0], of_cpu)
        _, cases = self.read("verdict-base")
        self.assertEqual(self.outcome(cases["CPU per request of on@10% against base-on@10%"])[0], "failure")
        _, cases = self.read("verdict-inconclusive")
        self.assertTrue(self.outcome(cases[cpu])[1].startswith("inconclusive: "))

    def test_only_a_required_test_can_fail(self):
        for name in VERDICTS:
            for case in self.read(f"verdict-{name}")[1].values():
                if case.name.endswith("(advisory)"):
                    self.assertIn(self.outcome(case)[0], ("passed", "skipped"), case.name)

    def test_the_suite_says_verdict_and_exit_code(self):
        codes = {"pass": "0", "fail": "1", "inconclusive": "3", "invalid": "4", "base": "1"}
        for name, code in codes.items():
            suite, _ = self.read(f"verdict-{name}")
            properties = {p.name: p.value for p in suite.properties()}
            self.assertEqual(properties["exit_code"], code)
            self.assertEqual(properties["verdict"], "fail" if name == "base" else name)

    def test_numbers_are_those_of_the_csv(self):
        with open(TESTDATA / "verdict-base.csv", encoding="utf-8", newline="") as file:
            rows = {(r["metric"], r["question"]): r for r in csv.DictReader(file)}
        _, cases = self.read("verdict-base")
        case = cases["CPU per request of on@10% against base-on@10%"]
        found = {p.get("name"): p.get("value") for p in case._elem.iter("property")}
        row = rows["cpu_per_request", "regression"]
        for column in ("estimate_pct", "low_pct", "high_pct", "p_fail_holm", "verdict", "pairs"):
            self.assertEqual(found[column], row[column], column)

    def test_a_run_that_was_only_measured_is_skipped(self):
        _, cases = self.read("measured-only")
        self.assertEqual(self.outcome(cases["gate"])[0], "skipped")


class GoogleBenchmark(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)

    def compare(self, *arguments):
        need(self, (COMPARE, "libbenchmark-tools"), ("/usr/lib/python3/dist-packages/numpy", "python3-numpy"))
        output = self.folder / "difference.json"
        run([SYSTEM_PYTHON, COMPARE, "--no-color", "--dump_to_json", output, *arguments],
            env=dict(os.environ, PYTHONPATH=str(STAND_IN)))
        return {entry["name"]: entry for entry in json.loads(output.read_text())}

    def test_compare_sets_an_arm_against_off_within_one_file(self):
        file = TESTDATA / "verdict-base.gbench"
        report = self.compare("filters", file, "/arm:off$", "/arm:on@10%$")
        (name,) = [name for name in report if "vs" in name]
        entry = report[name]
        self.assertEqual(len(entry["measurements"]), 10)
        changes = sorted(m["cpu"] for m in entry["measurements"])
        self.assertAlmostEqual(changes[5], 0.095, delta=0.02)  # 1.9 us on 20
        self.assertLess(entry["utest"]["cpu_pvalue"], 0.001)
        self.assertEqual(entry["time_unit"], "us")

    def test_compare_finds_no_change_between_a_file_and_itself(self):
        file = TESTDATA / "verdict-base.gbench"
        report = self.compare("benchmarks", file, file)
        names = [name for name in report if name != "OVERALL_GEOMEAN"]
        self.assertEqual(names, [f"gin/users/arm:{arm}" for arm in ARMS])
        for name in names:
            self.assertEqual([m["cpu"] for m in report[name]["measurements"]], [0] * 10)
            self.assertGreater(report[name]["utest"]["cpu_pvalue"], 0.9)


def read_go_benchmarks(text):
    """By the rules of golang.org/design/14313-benchmark-format, as benchstat has them: benchmark lines,
    `Unit` lines, configuration lines, and everything else ignored."""
    config, units, results = {}, {}, []
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("Benchmark"):
            fields = line.split()
            name, count, pairs = fields[0], fields[1], fields[2:]
            assert name[len("Benchmark")].isupper(), f"line {number}: {name}"
            assert int(count) > 0 and len(pairs) >= 2 and len(pairs) % 2 == 0, f"line {number}"
            values = {unit: float(value) for value, unit in zip(pairs[::2], pairs[1::2])}
            stem, cpus = re.fullmatch(r"(.*)-([0-9]+)", name[len("Benchmark"):]).groups()
            base, *parts = stem.split("/")
            keys = dict(part.split("=", 1) for part in parts)
            results.append((base, keys, int(cpus), values))
        elif line.startswith("Unit "):
            _, unit, *settings = line.split()
            units[unit] = dict(setting.split("=", 1) for setting in settings)
        elif re.match(r"[a-z][^\sA-Z:]*:\s", line):
            key, value = line.split(":", 1)
            config[key] = value.strip()
        else:
            assert line.startswith("#"), f"line {number} would be ignored: {line}"
    return config, units, results


class GoBenchmark(unittest.TestCase):
    def test_a_line_per_block_with_the_arm_as_a_key(self):
        config, units, results = read_go_benchmarks(golden("verdict-base.benchfmt"))
        self.assertEqual({base for base, *_ in results}, {"Quick"})
        self.assertEqual({cpus for _, _, cpus, _ in results}, {2})
        arms = [keys["arm"] for _, keys, _, _ in results]
        self.assertEqual(list(dict.fromkeys(arms)), ARMS)  # -col shows off first
        self.assertEqual([arms.count(arm) for arm in ARMS], [10] * 4)
        self.assertEqual({tuple(keys) for _, keys, _, _ in results}, {("target", "scenario", "arm")})
        self.assertEqual(units, {"req/s": {"better": "higher"}})
        for _, _, _, values in results:
            self.assertGreater(values["cpu-ns/req"], 10_000)
            self.assertGreater(values["p99-ns"], values["p50-ns"])
        # Two files of one machine must share their configuration, or benchstat keeps them apart.
        self.assertEqual(set(config), {"cpu", "kernel"})


    def test_benchstat_sets_the_arms_side_by_side(self):
        benchstat = shutil.which("benchstat") or shutil.which("benchstat", path=pathlib.Path.home() / "go/bin")
        if not benchstat:
            self.skipTest("not run: benchstat is not here (go install golang.org/x/perf/cmd/benchstat@latest)")
        file = TESTDATA / "verdict-base.benchfmt"
        rows = list(csv.reader(run([benchstat, "-format=csv", "-col=/arm", "-filter=.unit:cpu-ns/req", file]).splitlines()))
        self.assertEqual([cell for row in rows for cell in row if cell in ARMS], ARMS)
        (row,) = [row for row in rows if row and row[0].startswith("Quick")]
        record = json.loads(golden("verdict-base.json"))
        (cost,) = [c for c in record["comparisons"] if c["metric"] == "cpu_per_request" and c["arm"] == "on@10%"]
        changes = [float(cell.strip("%")) for cell in row if re.fullmatch(r"[+-][0-9.]+%", cell)]
        # benchstat compares medians, we the blocks.
        self.assertTrue(any(abs(change - cost["estimate_pct"]) < 3 for change in changes), row)
        # Two results of one machine side by side, the arms as rows.
        with tempfile.TemporaryDirectory() as folder:
            again = shutil.copy(file, pathlib.Path(folder) / "again.benchfmt")
            shown = run([benchstat, "-row=/arm", "-filter=.unit:cpu-ns/req", file, again])
            self.assertEqual(len(re.findall(r"~ \(p=1\.000 n=10\)", shown)), len(ARMS), shown)


class OpenMetrics(unittest.TestCase):
    def families(self, parser, name):
        return {family.name: family for family in parser(golden(name))}

    def test_both_of_prometheus_parsers_read_the_same(self):
        new = self.families(openmetrics_parser.text_string_to_metric_families, "verdict-base.openmetrics")
        old = self.families(prometheus_parser.text_string_to_metric_families, "verdict-base.openmetrics")
        self.assertEqual(list(new), list(old))
        for name, family in new.items():
            self.assertEqual((family.type, old[name].type), ("gauge", "gauge"), name)
            self.assertEqual(family.documentation, old[name].documentation)
            self.assertEqual(family.samples, old[name].samples)
            self.assertTrue(all(sample.timestamp is None for sample in family.samples), name)
            self.assertRegex(name, r"^tracetax_[a-z0-9_]+$")
            if family.unit:
                self.assertIn(family.unit, ("seconds", "bytes", "ratio"))
                self.assertTrue(name.endswith("_" + family.unit), name)

    def test_numbers_are_those_of_the_record(self):
        families = self.families(openmetrics_parser.text_string_to_metric_families, "verdict-base.openmetrics")
        record = json.loads(golden("verdict-base.json"))
        (cost,) = [c for c in record["comparisons"] if c["metric"] == "cpu_per_request" and c["arm"] == "on@10%"]

        def value(name, **labels):
            (sample,) = [s for s in families[name].samples if all(s.labels[k] == v for k, v in labels.items())]
            return sample.value
        of = {"arm": "on@10%", "metric": "cpu_per_request"}
        self.assertAlmostEqual(value("tracetax_overhead_ratio", **of), cost["estimate_pct"] / 100)
        self.assertLess(value("tracetax_overhead_low_ratio", **of), value("tracetax_overhead_ratio", **of))
        self.assertGreater(value("tracetax_overhead_high_ratio", **of), value("tracetax_overhead_ratio", **of))
        self.assertAlmostEqual(value("tracetax_cpu_per_request_seconds", arm="off"), 20e-6, delta=2e-6)
        self.assertEqual(value("tracetax_run_valid"), 1)
        verdicts = {s.labels["verdict"]: s.value for s in families["tracetax_gate_verdict"].samples}
        self.assertEqual(verdicts, {"pass": 0, "fail": 1, "inconclusive": 0, "invalid": 0})
        kinds = {s.labels["kind"] for s in families["tracetax_overhead_ratio"].samples}
        self.assertEqual(kinds, {"emulated"})


class SmallerIsBetter(unittest.TestCase):
    def test_entries_are_what_the_action_takes(self):
        entries = json.loads(golden("verdict-base.smaller"))
        self.assertTrue(entries)
        for entry in entries:
            self.assertLessEqual(set(entry), {"name", "unit", "value", "range", "extra"})
            for key in ("name", "unit", "range", "extra"):
                self.assertIsInstance(entry[key], str)
            # The action divides by the value stored before.
            self.assertIsInstance(entry["value"], float)
            self.assertGreater(entry["value"], 0)
            self.assertRegex(entry["range"], r"^± [0-9]+\.[0-9]+$")
        self.assertEqual(len({entry["name"] for entry in entries}), len(entries))

    def test_charts_are_what_opentelemetrys_pages_group_by(self):
        record = TESTDATA / "verdict-base.json"
        entries = json.loads(run([TRACETAX, "report", record, "-f", "smaller-is-better", "--extra", "chart"]))
        details = json.loads(golden("verdict-base.smaller"))
        self.assertEqual([e["name"] for e in entries], [e["name"] for e in details])
        charts = {e["extra"] for e in entries}
        self.assertIn("quick: gin/users - CPU per request", charts)
        self.assertLess(len(charts), len(entries), "the arms of a metric share a chart")

    def test_values_are_ratios_of_the_record(self):
        values = {e["name"]: e["value"] for e in json.loads(golden("verdict-base.smaller"))}
        record = json.loads(golden("verdict-base.json"))
        for comparison in record["comparisons"]:
            name = f"quick: gin/users/{comparison['arm']}: "
            if comparison["metric"] == "cpu_per_request" and comparison["arm"] == "on@10%":
                self.assertAlmostEqual(values[name + "CPU per request"], 1 + comparison["estimate_pct"] / 100)
                break
        else:
            self.fail("no comparison of CPU per request")


class HdrHistogram(unittest.TestCase):
    def test_listings_are_those_of_the_log_processor(self):
        """Java merges the intervals of each tag in our .hlog; its listing is our .hgrm, line by line."""
        need(self, ("java", "default-jdk-headless"), (JAR, "libhdrhistogram-java"))
        sections = re.split(r"^# arm (\S+) of .*\n", golden("verdict-base.hgrm"), flags=re.M)[1:]
        self.assertEqual(sections[::2], ARMS)
        with tempfile.TemporaryDirectory() as folder:
            for arm, ours in zip(sections[::2], sections[1::2]):
                with self.subTest(arm):
                    output = pathlib.Path(folder) / "out"
                    run(["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Duser.timezone=UTC",
                         "-Duser.language=en", "-cp", JAR, "org.HdrHistogram.HistogramLogProcessor",
                         "-i", TESTDATA / "verdict-base.hlog", "-tag", arm, "-o", output])
                    theirs = output.with_suffix(".hgrm").read_text().splitlines()
                    while theirs[0].startswith("#["):  # what it says of the log
                        theirs.pop(0)
                    self.assertEqual(ours.rstrip().splitlines(), theirs)


    def test_each_arm_is_a_file(self):
        record = TESTDATA / "verdict-base.json"
        refused = subprocess.run([TRACETAX, "report", record, "-f", "hgrm"], capture_output=True, text=True, check=False)
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("name one of them with --arm: off, off2, on@10%, base-on@10%", refused.stderr)
        with tempfile.TemporaryDirectory() as folder:
            run([TRACETAX, "report", record, "-f", "hgrm", "-o", f"{folder}/arms/"])
            files = {file.stem: file.read_text() for file in (pathlib.Path(folder) / "arms").iterdir()}
        self.assertEqual(sorted(files), sorted(ARMS))
        self.assertEqual("".join(files[arm] for arm in ARMS), golden("verdict-base.hgrm"))
        self.assertEqual(run([TRACETAX, "report", record, "-f", "hgrm", "--arm", "off2"]), files["off2"])


class Page(html.parser.HTMLParser):
    """What matters of a rendered comment: headings, the rows of each table, open details."""

    def __init__(self, text):
        super().__init__()
        self.headings, self.tables, self.depth, self.deepest, self.here = [], [], 0, 0, None
        self.outside = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "details":
            self.depth += 1
            self.deepest = max(self.deepest, self.depth)
        elif tag in ("h1", "h2", "h3"):
            self.here = tag
            self.headings.append("")
        elif tag == "table":
            self.tables.append(0)
            self.outside += self.depth == 0
        elif tag == "tr":
            self.tables[-1] += 1

    def handle_endtag(self, tag):
        if tag == "details":
            self.depth -= 1
        elif tag == self.here:
            self.here = None

    def handle_data(self, data):
        if self.here:
            self.headings[-1] += data


class PullRequest(unittest.TestCase):
    def render(self, name):
        need(self, ("cmark-gfm", "cmark-gfm"))
        text = golden(name)
        self.assertLess(len(text.encode()), 60_000)
        return Page(run(["cmark-gfm", "--unsafe", "-e", "table"], input=text))

    def test_the_verdict_is_the_heading_and_the_rest_is_folded(self):
        for name in VERDICTS:
            with self.subTest(name):
                page = self.render(f"verdict-{name}.md")
                word = "FAIL" if name == "base" else name.upper()
                self.assertIn(f" {word}: ", page.headings[0])
                self.assertEqual((page.depth, page.deepest), (0, 1))
                self.assertEqual(page.outside, 1, "one table stands outside of the folds")
                self.assertLessEqual(page.tables[0], 1 + 12)
                self.assertGreater(len(page.tables), 3, "tables inside the folds are rendered")

    def test_a_run_that_was_only_measured_has_no_verdict(self):
        page = self.render("measured-only.md")
        self.assertTrue(page.headings[0].startswith("Measured only"))
        self.assertEqual((page.depth, page.outside), (0, 1))


class Csv(unittest.TestCase):
    def test_every_line_has_every_column(self):
        for name in VERDICTS:
            with open(TESTDATA / f"verdict-{name}.csv", encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file, strict=True))
            self.assertEqual(len(rows), 6 if name == "base" else 3)
            for row in rows:
                self.assertNotIn(None, row)
                self.assertNotIn(None, row.values())
                float(row["p_fail"])


if __name__ == "__main__":
    unittest.main()
