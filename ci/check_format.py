"""Checks that every source is as clang-format writes it. What .clang-format says is never discussed.

Usage: check_format.py [ROOT]. Prints `file:line: what is wrong` for the first such line of each *.h and *.cc and ends
with 1 if there is any.
SPDX-License-Identifier: Apache-2.0
"""

import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

import check_style

# Debian 12's; another version would write some lines otherwise.
PROGRAM = shutil.which("clang-format-14") or shutil.which("clang-format")
FOUND = re.compile(r"^(.+?):(\d+):\d+: error: code should be clang-formatted", re.M)


def unformatted(root, paths):
    """{path from the root: line}, the first line of each that differs."""
    done = subprocess.run([PROGRAM, "--dry-run", "--Werror", *paths], cwd=root, capture_output=True, text=True, check=False)
    lines = {}
    for name, line in FOUND.findall(done.stderr):
        lines.setdefault(name, line)
    if done.returncode != 0 and not lines:
        sys.exit(done.stderr)  # it could not read something
    return lines


def check(root):
    """Every mistake under `root`, as text."""
    paths = [path.relative_to(root).as_posix() for path in check_style.files_of(root) if path.suffix in (".h", ".cc")]
    processes = os.cpu_count() or 1
    with concurrent.futures.ThreadPoolExecutor(processes) as pool:
        parts = pool.map(lambda first: unformatted(root, paths[first::processes]), range(min(processes, len(paths))))
        lines = {name: line for part in parts for name, line in part.items()}
    return [f"{name}:{line}: is not as clang-format writes it; run: clang-format -i {name}" for name, line in sorted(lines.items())]


def main():
    if PROGRAM is None:
        sys.exit("clang-format is missing: scripts/setup installs it")
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    mistakes = check(root)
    for mistake in mistakes:
        print(mistake)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
