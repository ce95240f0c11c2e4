"""Does what README.md says: runs every command of its ```sh blocks, in order, as pasted into one shell,
in a copy of the tree; and checks that the paths and options named in the documents exist.

Usage: check_docs.py [ROOT], with TRACETAX_BIN naming the folder of the built programs. A block may be
preceded by one comment line for this test:
  <!-- doc-test: skip REASON -->      only for blocks of scripts/quickstart and scripts/test, which CI
                                      runs by itself
  <!-- doc-test: background 3s -->    started, given so long, and left running for the later blocks
  <!-- doc-test: exit 0,4 -->         these exit codes are right (measurements on a busy machine)
  <!-- doc-test: file PATH -->        before any other block: it shows this file, word for word
SPDX-License-Identifier: Apache-2.0
"""

import dataclasses
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BLOCK_LIMIT_S = 300
SKIPPABLE = ("scripts/quickstart", "scripts/test")
MARKER = re.compile(r"<!-- doc-test: (skip|background|exit|file) (.+) -->\s*$")
# Inline code that can only be a path of this repository; placeholders such as <name> are no path.
PATH = re.compile(r"^(?:\.ci|ci|docs|harness|reports|scenarios|scripts|targets)/[\w./-]*$")
ROOMS = ("ci", "harness", "reports", "scenarios", "targets")  # whose READMEs are checked too
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
COMMANDS = ("measure", "doctor", "init", "run", "gate", "compare", "calibrate", "selftest", "load", "report", "list", "sink")


class DocError(Exception):
    """A document that is wrong; the text says where and how."""


@dataclasses.dataclass
class Block:
    line: int  # of its first command
    text: str
    is_shell: bool
    shows: str | None = None  # a file, instead of commands
    skipped: bool = False
    background_s: float | None = None
    codes: tuple = (0,)


def take_marker(block, kind, value, where):
    if (kind == "file") == block.is_shell:
        raise DocError(f"{where}: '{kind}' does not fit this kind of block")
    if kind == "file":
        block.shows = value
    elif kind == "skip":
        commands = [line for line in block.text.splitlines() if line and not line.startswith("#")]
        if not all(line.split()[0] in SKIPPABLE for line in commands):
            raise DocError(f"{where}: only {' and '.join(SKIPPABLE)} may be skipped")
        block.skipped = True
    elif kind == "background":
        block.background_s = float(value.removesuffix("s"))
    else:
        block.codes = tuple(int(code) for code in value.split(","))


def blocks_of(text, name):
    """The ```sh blocks of a document and those that show a file. A marker before no block is a mistake."""
    blocks, marker = [], None
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        found = MARKER.match(line)
        if line.startswith("<!-- doc-test") and not found:
            raise DocError(f"{name}:{at + 1}: not a marker of check_docs.py: {line}")
        if line.startswith("```"):
            end = at + 1
            while end < len(lines) and lines[end] != "```":
                end += 1
            if end == len(lines):
                raise DocError(f"{name}:{at + 1}: the block does not end")
            block = Block(at + 2, "\n".join(lines[at + 1:end]), line == "```sh")
            if marker:
                take_marker(block, *marker, f"{name}:{at + 1}")
            if block.is_shell or block.shows:
                blocks.append(block)
            marker, at = None, end
        elif marker and line.strip():
            raise DocError(f"{name}:{at + 1}: a doc-test marker must stand right before a block")
        if found:
            marker = found.groups()
        at += 1
    if marker:
        raise DocError(f"{name}: a doc-test marker stands before no block")
    return blocks


def copy_tree(root, copy):
    """What a clone would hold, and the built programs where the build puts them."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        for name in filter(None, listed.stdout.split("\0")):
            if (root / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(root / name, copy / name)
    else:  # an exported tree
        shutil.copytree(root, copy, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns("build*", "tracetax-out", ".git"))
    (copy / "build").mkdir()
    (copy / "build/release").symlink_to(pathlib.Path(os.environ["TRACETAX_BIN"]).parent)


class Shell:
    """One shell that blocks are pasted into, one after another."""

    def __init__(self, folder, scratch):
        self.scratch = scratch
        (scratch / "state").write_text(f"cd '{folder}'\n")
        self.environment = {"PATH": f"{os.environ['TRACETAX_BIN']}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
                            "HOME": str(scratch), "LANG": "C.UTF-8", "TERM": "dumb"}
        self.left_running = []

    def start(self, text):
        script = f". '{self.scratch}/state'\nset -eo pipefail\n{text}\n" \
                 f"{{ declare -px; printf 'cd %q\\n' \"$PWD\"; }} >'{self.scratch}/state'\n"
        log = self.scratch / "log"
        log.unlink(missing_ok=True)  # what still runs keeps its own
        with log.open("w") as output:
            process = subprocess.Popen(["bash", "-c", script], stdin=subprocess.DEVNULL, stdout=output,
                                       stderr=subprocess.STDOUT, env=self.environment, start_new_session=True)
        return process, log

    def run(self, block):
        """What went wrong, or None."""
        process, log = self.start(block.text)
        in_background = block.background_s is not None
        try:
            code = process.wait(block.background_s if in_background else BLOCK_LIMIT_S)
            if not in_background and code in block.codes:
                return None
            what = f"{'ended at once, with ' if in_background else ''}exit code {code}"
        except subprocess.TimeoutExpired:
            if in_background:
                self.left_running.append(process)
                return None
            end_group(process)
            what = f"took more than {BLOCK_LIMIT_S} s"
        return f"{what}\n{log.read_text(errors='replace')[-4000:]}"

    def close(self):
        for process in self.left_running:
            end_group(process)


def end_group(process):
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def run_blocks(root, blocks, name):
    """Every failure of the blocks, as text. Blocks depend on each other: the first failure is the last."""
    with tempfile.TemporaryDirectory() as copy, tempfile.TemporaryDirectory() as scratch:
        copy_tree(root, pathlib.Path(copy))
        shell = Shell(copy, pathlib.Path(scratch))
        try:
            for block in blocks:
                if block.skipped:
                    continue
                if block.shows:
                    if (root / block.shows).read_text("utf-8").rstrip("\n") != block.text:
                        return [f"{name}:{block.line}: this is not what {block.shows} holds"]
                    continue
                start = time.monotonic()
                wrong = shell.run(block)
                print(f"{name}:{block.line}: {time.monotonic() - start:5.1f} s  {block.text.splitlines()[0]}")
                if wrong:
                    return [f"{name}:{block.line}: {wrong}"]
        finally:
            shell.close()
    return []


def known_options(root):
    """Every --option that a program or script of this repository tells of itself."""
    programs = pathlib.Path(os.environ["TRACETAX_BIN"])
    asked = [[programs / "tracetax", command, "--help"] for command in COMMANDS]
    asked += [[programs / "tracetax", "--help"], [programs / "tracetax-target", "--help"]]
    asked += [[root / "scripts" / name, "--help"] for name in ("bench", "quickstart", "setup", "test")]
    options = {"--help", "--version"}
    for command in asked:
        told = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        options |= set(OPTION.findall(told.stdout))
    for path in (root / "scenarios/examples").glob("*.py"):
        options |= set(OPTION.findall(path.read_text("utf-8")))
    return options


def wrong_names(root, document, text, options):
    """Paths and options in inline code, and links, that lead nowhere."""
    for number, line in enumerate(text.splitlines(), 1):
        for code in re.findall(r"`([^`]+)`", line):
            words = code.split()
            for word in words:
                if PATH.match(word) and not (root / word).exists():
                    yield f"{document}:{number}: there is no {word}"
            # Options of other programs are not ours to check.
            if words[0] == "tracetax" or words[0].startswith(("-", "scripts/", "tracetax-")):
                for option in OPTION.findall(code):
                    if option not in options:
                        yield f"{document}:{number}: no program knows {option}"
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", line):
            if not (root / document).parent.joinpath(link).exists():
                yield f"{document}:{number}: the link to {link} leads nowhere"


def documents_of(root):
    """The pages at the top, those in docs/, and what each room says of itself."""
    pages = [*root.glob("*.md"), *root.glob("docs/*.md")]
    pages += [page for part in ROOMS for page in (root / part).rglob("README.md")]
    return sorted(page.relative_to(root).as_posix() for page in pages)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    if not os.environ.get("TRACETAX_BIN"):
        print("check_docs.py: TRACETAX_BIN must name the folder of the built programs")
        return 2
    os.environ["TRACETAX_BIN"] = str(pathlib.Path(os.environ["TRACETAX_BIN"]).resolve())
    wrong = []
    options = known_options(root)
    for document in documents_of(root):
        wrong += wrong_names(root, document, (root / document).read_text("utf-8"), options)
    try:
        readme = (root / "README.md").read_text("utf-8")
        wrong += run_blocks(root, blocks_of(readme, "README.md"), "README.md")
    except (DocError, OSError) as error:
        wrong.append(str(error))
    for text in wrong:
        print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
