"""Does what README.md and docs/*.md say: runs every command of their ```sh blocks, in order, each page as pasted
into one shell, all in one copy of the tree; compares their samples with what the programs print today; and checks
that the paths, options and links named in the documents lead somewhere. ci/doc_blocks.py has the comments that
stand before blocks.

Usage: check_docs.py [--quick] [ROOT [PAGE...]], with TRACETAX_BIN naming the folder of the built programs.
--quick leaves out the commands and the samples of live runs.
SPDX-License-Identifier: Apache-2.0
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import doc_samples
from doc_blocks import DocError, blocks_of

BLOCK_LIMIT_S = 300
# Reports of a run of 46 minutes, as they were printed; what they say to type is looked at and not run.
PUBLISHED = ("docs/frameworks.md",)
# Inline code that can only be a path of this repository; placeholders such as <name> are no path.
PATH = re.compile(r"^(?:\.ci|ci|docs|harness|reports|scenarios|scripts|targets)/[\w./-]*$")
ROOMS = ("ci", "harness", "reports", "scenarios", "targets")  # whose READMEs are checked too
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


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
        printed, log = self.scratch / "printed", self.scratch / "log"
        for path in (printed, log):
            path.unlink(missing_ok=True)  # what still runs keeps its own
        with printed.open("w") as stdout, log.open("w") as stderr:
            process = subprocess.Popen(["bash", "-c", script], stdin=subprocess.DEVNULL, stdout=stdout,
                                       stderr=stderr, env=self.environment, start_new_session=True)
        return process, printed, log

    def run(self, block, commands=None):
        """What went wrong, or None; and what it printed."""
        process, printed, log = self.start(commands or block.commands())
        in_background = block.background_s is not None
        try:
            code = process.wait(block.background_s if in_background else BLOCK_LIMIT_S)
            if not in_background and code in block.codes:
                return None, printed.read_text(errors="replace")
            what = f"{'ended at once, with ' if in_background else ''}exit code {code}"
        except subprocess.TimeoutExpired:
            if in_background:
                self.left_running.append(process)
                return None, ""
            end_group(process)
            what = f"took more than {BLOCK_LIMIT_S} s"
        told = printed.read_text(errors="replace") + log.read_text(errors="replace")
        return f"{what}\n{told[-4000:]}", ""

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


def run_blocks(root, blocks, name, copy, quick=False):
    """Every failure of a page's blocks, as text. Blocks depend on each other: the first failure is the last."""
    with tempfile.TemporaryDirectory() as scratch:
        shell = Shell(copy, pathlib.Path(scratch))
        printed = ""
        try:
            for block in blocks:
                if block.skipped or (quick and (block.is_shell or block.live)):
                    continue
                if block.shows:
                    if (root / block.shows).read_text("utf-8").rstrip("\n") != block.text:
                        return [f"{name}:{block.line}: this is not what {block.shows} holds"]
                elif block.sample:
                    wrong = wrong_sample(block, printed, copy)
                    if wrong:
                        return [f"{name}:{block.line}: {wrong}"]
                else:
                    start = time.monotonic()
                    wrong, printed = shell.run(block)
                    print(f"{name}:{block.line}: {time.monotonic() - start:5.1f} s  {block.text.splitlines()[0]}")
                    if wrong:
                        return [f"{name}:{block.line}: {wrong}"]
        finally:
            shell.close()
    return []


def wrong_sample(block, printed, copy):
    """What a sample shows that the program does not print today; None: it does."""
    again = "; run scripts/readme-samples"
    if block.live:
        line = doc_samples.missing_words(block.text, doc_samples.filtered(printed, block.sample))
        return f"the program prints no such line today: {line}{again}\n{printed[-4000:]}" if line else None
    now = doc_samples.print_sample(block.sample, copy)
    if now == block.text:
        return None
    told = zip(now.splitlines() + [""] * len(block.text), block.text.splitlines())
    line = next((f"{right!r} and not {old!r}" for right, old in told if right != old), "more lines")
    return f"not what '{block.sample}' prints today: {line}{again}"


def headings_of(text):
    """The anchors that a page's headings make, as GitHub names them."""
    in_block, anchors = False, set()
    for line in text.splitlines():
        in_block ^= line.startswith("```")
        if line.startswith("#") and not in_block:
            words = line.lstrip("#").strip().lower().replace("`", "")
            anchors.add(re.sub(r"[^\w\- ]", "", words).replace(" ", "-"))
    return anchors


def forgotten_headings(root):
    """Void rules and checks of the doctor that docs/troubleshooting.md does not name in a heading."""
    page = "docs/troubleshooting.md"
    headings = headings_of((root / page).read_text("utf-8"))
    rules = re.search(r"enum class VoidRule \{(.*?)\};", (root / "harness/core/run_result.h").read_text("utf-8"), re.S)
    names = re.findall(r"^\s*(\w+),", rules[1], re.M)
    for path in sorted((root / "harness/run/doctor").glob("*_checks.cc")):
        text = path.read_text("utf-8")
        names += re.findall(r'\{\s*"([^"]+)",\s*(?:look\.arm|slowest->arm|""),', text)
        names += [name for pair in re.findall(r'\{\w+ \? "([^"]+)" : "([^"]+)", look\.arm', text) for name in pair]
        names += re.findall(r'CheckLine line\{"([^"]+)"', text)
    for name in dict.fromkeys(names):
        if re.sub(r"[^\w\- ]", "", name.lower()).replace(" ", "-") not in headings:
            yield f"{page}: no heading says '{name}'"


def faults_without_a_heading(root):
    """What `doctor --spans` can name and docs/spans.md does not name in a heading."""
    page = "docs/spans.md"
    headings = headings_of((root / page).read_text("utf-8"))
    catalog = (root / "harness/core/ledger/fault.cc").read_text("utf-8")
    for name in re.findall(r'^\s*\{"(\w+)", \d,', catalog, re.M):
        if name not in headings:
            yield f"{page}: no heading says '{name}'"


def rooms_off_the_map(root):
    """Rooms of the house that docs/design.md does not name."""
    text = (root / "docs/design.md").read_text("utf-8")
    for part in ("harness", "reports"):
        for page in sorted((root / part).rglob("README.md")):
            room = page.parent.relative_to(root).as_posix()
            if "May include:" in page.read_text("utf-8") and f"`{room}`" not in text:
                yield f"docs/design.md: does not name the room {room}"


def told_by(command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout


def known_options(root):
    """Every --option that a program or script of this repository tells of itself."""
    programs = pathlib.Path(os.environ["TRACETAX_BIN"])
    commands = re.findall(r"^  ([a-z]+) ", told_by([programs / "tracetax", "--help"]), re.M)
    asked = [[programs / "tracetax", command, "--help"] for command in commands]
    asked += [[programs / "tracetax", "--help"], [programs / "tracetax-target", "--help"]]
    asked += [[root / "scripts" / name, "--help"] for name in ("bench", "quickstart", "setup", "test")]
    options = {"--help", "--version", "--verbose", "--words"}  # the last two of --version and completion
    for command in asked:
        options |= set(OPTION.findall(told_by(command)))
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
        for link, anchor in re.findall(r"\]\(([^)#:]*)(?:#([^)]*))?\)", line):
            page = (root / document).parent.joinpath(link) if link else root / document
            if not page.exists():
                yield f"{document}:{number}: the link to {link} leads nowhere"
            elif anchor and page.suffix == ".md" and anchor not in headings_of(page.read_text("utf-8")):
                yield f"{document}:{number}: {link} has no heading for #{anchor}"


def documents_of(root):
    """The pages at the top, those in docs/, and what each room says of itself."""
    pages = [*root.glob("*.md"), *root.glob("docs/*.md")]
    pages += [page for part in ROOMS for page in (root / part).rglob("README.md")]
    return sorted(page.relative_to(root).as_posix() for page in pages)


def main():
    quick = "--quick" in sys.argv
    given = [word for word in sys.argv[1:] if word != "--quick"]
    root = pathlib.Path(given[0] if given else ".").resolve()
    if not os.environ.get("TRACETAX_BIN"):
        print("check_docs.py: TRACETAX_BIN must name the folder of the built programs")
        return 2
    os.environ["TRACETAX_BIN"] = str(pathlib.Path(os.environ["TRACETAX_BIN"]).resolve())
    wrong = [*forgotten_headings(root), *faults_without_a_heading(root), *rooms_off_the_map(root)]
    options = known_options(root)
    for document in documents_of(root):
        wrong += wrong_names(root, document, (root / document).read_text("utf-8"), options)
    pages = given[1:] or [page for page in documents_of(root)
                          if page == "README.md" or (page.startswith("docs/") and page not in PUBLISHED)]
    with tempfile.TemporaryDirectory() as copy:
        try:
            copy_tree(root, pathlib.Path(copy))
            doc_samples.unpack_records(root, copy)
            for page in pages:
                wrong += run_blocks(root, blocks_of((root / page).read_text("utf-8"), page), page, pathlib.Path(copy), quick)
        except (DocError, OSError) as error:
            wrong.append(str(error))
    for text in wrong:
        print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
