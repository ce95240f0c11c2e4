"""The blocks of a document between ``` lines, and what the comments before them say of them. For check_docs.py and
scripts/readme-samples. A block may have one comment line of each kind right before it:

  <!-- doc-test: WORD VALUE; ... -->   how the test takes a block:
      skip REASON       not run; only for scripts/quickstart and scripts/test, which CI runs by itself
      background 3s     started, given so long, and left running for the later blocks of its page
      exit 0,4          these exit codes are right (measurements on a busy machine)
      with OPTIONS      the test gives these to its first tracetax too, so that it takes less time
      file PATH         no commands: it shows this file, word for word
  <!-- sample: COMMAND -->      what COMMAND prints, of a record in docs/results, byte for byte
  <!-- sample: live COMMAND --> what the shell block before it prints, through the filter COMMAND ("cat": all)
SPDX-License-Identifier: Apache-2.0
"""

import dataclasses
import re

SKIPPABLE = ("scripts/quickstart", "scripts/test")
TEST = re.compile(r"<!-- doc-test: (.+) -->\s*$")
SAMPLE = re.compile(r"<!-- sample: (live )?(.+) -->\s*$")
WORDS = ("skip", "background", "exit", "with", "file")


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
    added: str = ""  # options of the test's own
    sample: str | None = None  # the command that prints it, or the filter of a live one
    live: bool = False

    def commands(self):
        """What the test runs."""
        if not self.added:
            return self.text
        return re.sub(r"(?m)^(tracetax [a-z]+)", lambda found: f"{found[1]} {self.added}", self.text, count=1)


def take_test_words(block, words, where):
    for part in re.split(rf";\s*(?=(?:{'|'.join(WORDS)}) )", words):
        word, _, value = part.strip().partition(" ")
        if word not in WORDS or not value:
            raise DocError(f"{where}: not a word of ci/doc_blocks.py: {part.strip()}")
        if (word == "file") == block.is_shell:
            raise DocError(f"{where}: '{word}' does not fit this kind of block")
        if word == "file":
            block.shows = value
        elif word == "skip":
            commands = [line for line in block.text.splitlines() if line and not line.startswith("#")]
            if not all(line.split()[0] in SKIPPABLE for line in commands):
                raise DocError(f"{where}: only {' and '.join(SKIPPABLE)} may be skipped")
            block.skipped = True
        elif word == "background":
            block.background_s = float(value.removesuffix("s"))
        elif word == "exit":
            block.codes = tuple(int(code) for code in value.split(","))
        else:
            block.added = value
            if block.commands() == block.text:
                raise DocError(f"{where}: 'with', and no line begins with tracetax COMMAND")


def blocks_of(text, name):
    """The ```sh blocks of a document, those that show a file, and the samples. A comment before no block is a mistake."""
    blocks, test, sample = [], None, None
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        where = f"{name}:{at + 1}"
        if line.startswith("```"):
            end = at + 1
            while end < len(lines) and lines[end] != "```":
                end += 1
            if end == len(lines):
                raise DocError(f"{where}: the block does not end")
            block = Block(at + 2, "\n".join(lines[at + 1:end]), line == "```sh")
            if test:
                take_test_words(block, test, where)
            if sample:
                if block.is_shell:
                    raise DocError(f"{where}: a sample is no block of commands")
                block.live, block.sample = bool(sample[1]), sample[2]
            if block.is_shell or block.shows or block.sample:
                blocks.append(block)
            test, sample, at = None, None, end
        elif TEST.match(line):
            test = TEST.match(line)[1]
        elif SAMPLE.match(line):
            sample = SAMPLE.match(line)
        elif line.startswith(("<!-- doc-test", "<!-- sample")):
            raise DocError(f"{where}: not a comment of ci/doc_blocks.py: {line}")
        elif (test or sample) and line.strip():
            raise DocError(f"{where}: a comment for the test must stand right before a block")
        at += 1
    if test or sample:
        raise DocError(f"{name}: a comment for the test stands before no block")
    return blocks
