"""Samples of what the program prints: of a stored record byte for byte, of a live run by its words. For
check_docs.py and scripts/readme-samples.
SPDX-License-Identifier: Apache-2.0
"""

import gzip
import os
import pathlib
import re
import subprocess

RESULTS = "docs/results"
# What differs from run to run: numbers with their units, signs and intervals, and "-" for none.
VALUE = re.compile(r"[<=≈±]?[+-]?\d[\d,.:]*\s?(?:%|ns|us|ms|s|min|h|k/s|M/s|/s|[KMG]iB|k|M|B)?(?![\w])|(?<!\S)-(?!\S)|-{2,}")


def unpack_records(root, folder):
    """docs/results/X.gz as FOLDER/docs/results/X, so that the samples' commands find it there."""
    results = pathlib.Path(folder) / RESULTS
    results.mkdir(parents=True, exist_ok=True)
    for packed in (pathlib.Path(root) / RESULTS).glob("*.gz"):
        (results / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))


def print_sample(command, folder):
    """What a sample's command prints, in a folder that has the records. Its exit code may be that of a verdict."""
    environment = {"PATH": f"{os.environ['TRACETAX_BIN']}:/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "dumb"}
    done = subprocess.run(["bash", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          env=environment, check=False)
    if not done.stdout:
        raise OSError(f"{command}: printed nothing; {done.stderr.strip()}")
    return done.stdout.rstrip("\n")


def filtered(text, command):
    done = subprocess.run(["bash", "-c", command], input=text, capture_output=True, text=True, check=True)
    return done.stdout.rstrip("\n")


def words_of(line):
    """What stays the same from run to run."""
    return " ".join(re.sub(r"[^\w%]+", " ", VALUE.sub(" ", line)).split())


def missing_words(sample, printed):
    """The first line of a live sample whose words do not come in what was printed, in this order; None: all do."""
    rest = iter([words_of(line) for line in printed.splitlines()])
    for line in sample.splitlines():
        words = words_of(line)
        if words and not any(words == other for other in rest):
            return line
    return None
