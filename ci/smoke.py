"""A short real run of the suite `quick`, from end to end: the record is complete, receipts close, the
report re-renders byte for byte, nothing is left running. Two blocks: far too few for an effect.

Usage: smoke.py BIN, the folder of the built programs. What a busy machine makes void is tried again
once and then only told, because it says nothing about this code; a receipt that does not close or a
target that fails is an error.
SPDX-License-Identifier: Apache-2.0
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

PASS, INVALID = 0, 4
RUN_LIMIT_S = 240
BLOCKS = 2
SETTINGS = (f"design.blocks={BLOCKS}", "design.warmup=200ms", "design.measure=500ms", "design.settle=200ms")
# What a busy machine does to a segment; every other rule speaks of the programs.
NOISE = {"rate_not_achieved", "driver_lag", "driver_saturated", "too_many_errors", "not_warm"}


class SmokeError(Exception):
    """What is wrong with the run."""


def run_quick(programs, folder):
    """result.json of a short run, and the exit code."""
    command = [programs / "tracetax", "run", "quick", "--set", "load.rate=2k/s", "--out", folder, "--quiet"]
    for setting in SETTINGS:
        command += ["--set", setting]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=RUN_LIMIT_S, check=False)
    if done.returncode not in (PASS, INVALID):
        raise SmokeError(f"tracetax run ended with exit code {done.returncode}")
    return json.loads((folder / "result.json").read_text("utf-8")), done.returncode


def check_record(result, code):
    """Raises if the record is wrong; returns the text of each noise rule broken, by segment."""
    if result["status"] != "complete":
        raise SmokeError(f"status is {result['status']}: {result.get('partial_reason')}")
    noise = []
    for segment in result["segments"]:
        where = f"block {segment['block']}, arm {segment['arm']}"
        wrong = [void for void in segment["voids"] if void["rule"] not in NOISE]
        if wrong:
            raise SmokeError(f"{where}: {wrong[0]['rule']}: {wrong[0]['detail']}")
        noise += [f"{where}, {segment['kind']}: {void['rule']}: {void['detail']}" for void in segment["voids"]]
        spans = segment["spans"]
        if spans["expected"] != spans["received"] or spans["orphans"] != 0:
            raise SmokeError(f"{where}: the receipt does not close: {spans}")
        if segment["arm"] == "on@100%" and spans["expected"] < segment["requests"]:
            raise SmokeError(f"{where}: fewer spans than requests: {spans}")
    arms, kinds = len(result["arms"]), 2  # open and capacity
    if len(result["segments"]) != BLOCKS * arms * kinds:
        raise SmokeError(f"{len(result['segments'])} segments of {BLOCKS} blocks with {arms} arms")
    if not noise and code != PASS:
        raise SmokeError(f"every segment is valid, and yet the exit code is {code}")
    return noise


def check_reports(programs, folder):
    """Each view must come out of the record alone, byte for byte."""
    for name, fmt in (("report.md", "md"), ("result.json", "json")):
        rendered = subprocess.run([programs / "tracetax", "report", folder / "result.json", "--format", fmt],
                                  stdin=subprocess.DEVNULL, capture_output=True, check=True)
        if rendered.stdout != (folder / name).read_bytes():
            raise SmokeError(f"tracetax report --format {fmt} differs from {name}")


def left_running(programs):
    """Processes of our programs that are still there."""
    left = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if pathlib.Path(os.readlink(process / "exe")).parent == programs:
                left.append(process.name)
        except OSError:
            continue
    return left


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: smoke.py BIN")
    programs = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        try:
            for attempt in ("first", "second"):
                folder = pathlib.Path(scratch) / attempt
                result, code = run_quick(programs, folder)
                noise = check_record(result, code)
                check_reports(programs, folder)
                if left := left_running(programs):
                    raise SmokeError(f"still running after the run: {', '.join(left)}")
                if not noise:
                    break
                print(f"smoke: {attempt} run: this machine is too busy for some segments:")
                print("\n".join(f"  {text}" for text in noise))
        except (SmokeError, subprocess.SubprocessError, OSError, KeyError, ValueError) as error:
            sys.exit(f"smoke: {type(error).__name__}: {error}")
    print(f"smoke: {len(result['segments'])} segments, every receipt closes, reports re-render byte for byte")


if __name__ == "__main__":
    main()
