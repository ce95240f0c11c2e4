"""HdrHistogram's own Java library reads what we write, and we read what it writes.

Compiles java/HdrInterop.java against Debian's HdrHistogram and drives it beside the program
hdr_interop; both generate the same values and print the same lines.
SPDX-License-Identifier: Apache-2.0
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

OURS = pathlib.Path(os.environ["TRACETAX_BIN"]) / "hdr_interop"
SOURCE = pathlib.Path(os.environ["TRACETAX_SOURCE"]) / "harness/core/java/HdrInterop.java"
JAR = pathlib.Path("/usr/share/java/hdrhistogram.jar")

HOUR = 3_600_000_000_000
# (lowest, highest, digits, values, seed) and the value error that the digits allow.
SHAPES = {
    "default": ((1, HOUR, 3, 100_000, 21), 0.001),
    "few values": ((1, HOUR, 3, 7, 22), 0.001),
    "two digits from 1000": ((1000, 60_000_000_000, 2, 30_000, 23), 0.01),
    "one digit": ((1, 1_000_000, 1, 5_000, 24), 0.1),
    "five digits": ((1, 10_000_000_000, 5, 50_000, 25), 0.00001),
    "unit of 2^19": ((1_000_000, HOUR, 3, 30_000, 26), 0.001),
    "empty": ((1, HOUR, 3, 0, 27), 0.001),
}


def run(command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def parse(line):
    fields = dict(field.split("=", 1) for field in line.split())
    return {key: value if key == "tag" else int(value) for key, value in fields.items()}


class HdrInterop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        missing = [tool for tool in ("java", "javac") if not shutil.which(tool)]
        if not JAR.exists():
            missing.append(str(JAR))
        if missing:
            raise AssertionError(
                f"missing: {', '.join(missing)}; install the Debian packages default-jdk-headless "
                "and libhdrhistogram-java (this test is never skipped)"
            )
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        run(["javac", "-d", cls.folder, "-cp", JAR, SOURCE])

    def java(self, *arguments):
        # The two switches make a program of half a second start faster.
        options = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Duser.timezone=UTC"]
        return run(["java", *options, "-cp", f"{self.folder}:{JAR}", "HdrInterop", *arguments])

    def ours(self, *arguments):
        return run([OURS, *arguments])

    def assert_same_histogram(self, written, read, error, unit=1):
        """`written` knows the exact least and greatest value, `read` their buckets."""
        for key in set(written) - {"min", "max"}:
            self.assertEqual(written[key], read[key], key)
        for key in ("min", "max"):
            self.assertAlmostEqual(
                written[key], read[key], delta=max(unit, written[key] * error), msg=key
            )

    def test_java_reads_our_blobs(self):
        for name, (shape, error) in SHAPES.items():
            with self.subTest(name):
                file = self.folder / "ours.v2z"
                written = parse(self.ours("write-blob", file, *shape))
                read = parse(self.java("read-blob", file))
                self.assertEqual(written["count"], shape[3])
                self.assert_same_histogram(written, read, error, shape[0])
                self.assertEqual(read, parse(self.ours("read-blob", file)))

    def test_we_read_the_blobs_of_java(self):
        for name, (shape, error) in SHAPES.items():
            with self.subTest(name):
                file = self.folder / "java.v2z"
                written = parse(self.java("write-blob", file, *shape))
                read = parse(self.ours("read-blob", file))
                self.assertEqual(written["count"], shape[3])
                self.assert_same_histogram(written, read, error, shape[0])
                self.assertEqual(read, parse(self.java("read-blob", file)))

    def test_we_read_the_uncompressed_form_of_java(self):
        file = self.folder / "java.v2"
        shape, error = SHAPES["default"]
        written = parse(self.java("write-plain", file, *shape))
        self.assert_same_histogram(written, parse(self.ours("read-blob", file)), error)

    def check_log(self, write, read):
        file = self.folder / "interval.hlog"
        written = [parse(line) for line in write("write-log", file).splitlines()]
        lines = read("read-log", file).splitlines()
        histograms = [parse(line) for line in lines if line.startswith("tag=")]
        self.assertEqual([h["tag"] for h in histograms], ["", "response", "service", "lag"])
        for ours, theirs, error in zip(written, histograms, (0.001, 0.001, 0.01, 0.001)):
            with self.subTest(tag=ours["tag"]):
                self.assert_same_histogram(ours, theirs, error, 1000 if error == 0.01 else 1)
        self.assertEqual(
            [line for line in lines if line.startswith("start=")],
            [
                "start=1700000000.500 length=1.000",
                "start=1700000000.500 length=1.000",
                "start=1700000001.500 length=1.500",
                "start=1700000003.000 length=1.000",
            ],
        )

    def test_java_reads_our_log(self):
        self.check_log(self.ours, self.java)

    def test_we_read_the_log_of_java(self):
        self.check_log(self.java, self.ours)

    def test_the_percentile_listing_is_that_of_java(self):
        for name, (shape, _) in SHAPES.items():
            with self.subTest(name):
                file = self.folder / "listed.v2z"
                self.ours("write-blob", file, *shape)
                ours = self.ours("hgrm", file).splitlines()
                theirs = self.java("hgrm", file).splitlines()
                for number, (left, right) in enumerate(zip(ours, theirs), 1):
                    self.assertEqual(left, right, f"line {number}")
                self.assertEqual(len(ours), len(theirs))


if __name__ == "__main__":
    sys.exit(unittest.main())
