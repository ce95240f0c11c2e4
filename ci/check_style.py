"""Checks the rules of style that a machine can check; the formatting is clang-format's.

Usage: check_style.py [ROOT]. Prints `file:line: what is wrong` and ends with 1 if anything is.
SPDX-License-Identifier: Apache-2.0
"""

import pathlib
import re
import sys

LINES_MAX = 500
OPENING_LINES = 14  # a file says within these what it is
LICENCE = "SPDX-License-Identifier: Apache-2.0"
ALONE = re.compile(rf"^(// |# )?{re.escape(LICENCE)}$")
BANNED_WORDS = {"util", "utils", "helper", "helpers", "manager", "impl", "common", "misc"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
CODE = {".h", ".cc", ".py", ".proto", ".java", ".cmake", ".sh"}
TEXT = CODE | {".md", ".json", ".txt"}
COMMENT = re.compile(r'^\s*(//|#|"""|\'\'\'|[A-Z])')
# What a checkout holds beside its sources, and files whose exact bytes are a test.
SKIPPED = {".git", "build", "tracetax-out", "__pycache__", "corpus", "testdata"}


def is_script(path):
    """A program without a suffix, such as scripts/test."""
    if path.suffix or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def files_of(root):
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if any(part in SKIPPED or part.startswith("build-") for part in parts):
            continue
        if path.is_file() and (path.suffix in TEXT or is_script(path)):
            yield path


def opening_mistake(path, lines):
    """A source file opens with its licence and says what it is, unless its header does so."""
    opening = lines[:OPENING_LINES]
    licence = next((i for i, line in enumerate(opening) if ALONE.match(line)), None)
    if licence is None:
        return f"'{LICENCE}' is missing in the opening comment, on a line of its own"
    noun = re.sub(r"_(test|bench)$", "", path.stem)
    if path.suffix == ".cc" and path.with_name(noun + ".h").exists():
        return None
    says = [line for line in opening[:licence] if COMMENT.match(line) and not line.startswith("#!")]
    return None if says else "the opening comment does not say what this file is"


def mistakes_in(path):
    """(line, what) of everything wrong with one file."""
    is_code = path.suffix in CODE or is_script(path)
    if is_code:
        for word in BANNED_WORDS & set(re.split(r"[_.-]", path.name)):
            yield 1, f"'{word}' says nothing; name the file after its noun"
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        yield 1, "is not UTF-8"
        return
    lines = text.splitlines()
    if is_code:
        wrong = opening_mistake(path, lines)
        if wrong:
            yield 1, wrong
        if len(lines) > LINES_MAX:
            yield LINES_MAX, f"{len(lines)} lines; at most {LINES_MAX}: look for its second noun"
    if text and not text.endswith("\n"):
        yield len(lines), "the last line does not end"
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            yield number, "white space at the end of the line"
        if "\t" in line:
            yield number, "a tab"
        if is_code and path.name not in ("check_style.py", "test_checks.py") and UNFINISHED.search(line):
            yield number, "unfinished work is not left in the code"


def check(root):
    """Every mistake under `root`, as text."""
    return [
        f"{path.relative_to(root).as_posix()}:{line}: {what}"
        for path in files_of(root)
        for line, what in mistakes_in(path)
    ]


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    mistakes = check(root)
    for mistake in mistakes:
        print(mistake)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
