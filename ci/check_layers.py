"""Checks the layers: which folder may include which. Left may never include right.

Usage: check_layers.py [ROOT]. Reads every *.h and *.cc and the libraries named in each
CMakeLists.txt, prints `file:line: what is wrong` and ends with 1 if anything is.
SPDX-License-Identifier: Apache-2.0
"""

import pathlib
import re
import sys

# Folder -> folders it may use, beside itself. harness/run does not know reports or scenarios: what it
# needs of them, main passes in. The targets are programs of their own and share only the basics.
CORE = {"harness/core"}
WIRE = CORE | {"harness/wire"}
LOAD = WIRE | {"harness/otlp", "harness/load"}
RUN = LOAD | {"harness/run"}
TRACING = CORE | {"harness/otlp", "targets/tracing"}
STAGES = TRACING | WIRE | {"targets/stages"}
MAY_USE = {
    "harness/core": set(),
    "harness/otlp": CORE,
    "harness/wire": CORE,
    "harness/load": WIRE | {"harness/otlp"},
    "harness/run": LOAD,
    "harness/cli": RUN | {"reports", "scenarios"},
    "harness": RUN | {"harness/cli"},
    "reports": CORE,
    "scenarios": WIRE | {"harness/load"},
    "targets/tracing": CORE | {"harness/otlp"},
    "targets/stages": TRACING | WIRE,
    "targets/frameworks": STAGES,
    "targets": STAGES | {"targets/frameworks"},
    "ci": set(),
}
ROOTS = {folder.split("/")[0] for folder in MAY_USE}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
LIBRARY = re.compile(r"\btracetax_([a-z]+)\b")
GENERATED = "generated/"  # the build folder's own tree, which mirrors the source tree


def folder_of(path):
    """The folder of MAY_USE that `path` (from the root, with /) belongs to, or None."""
    parts = path.split("/")[:-1]
    while parts:
        if "/".join(parts) in MAY_USE:
            return "/".join(parts)
        parts.pop()
    return None


def include_mistake(source, line):
    """What is wrong with one line of the file `source`, or None."""
    match = INCLUDE.match(line)
    if match is None:
        return None
    quoted, name = match.group(1) == '"', match.group(2).removeprefix(GENERATED)
    if name.split("/")[0] not in ROOTS:
        return f'"{name}": includes start at the repository root' if quoted else None
    here, there = folder_of(source), folder_of(name)
    if there is None:
        return f"{name}: is in no known folder"
    if name.endswith("testing.h") and not source.endswith(("_test.cc", "testing.h", "testing.cc")):
        return f"{name}: is for tests only"
    if there != here and there not in MAY_USE[here]:
        allowed = ", ".join(sorted(MAY_USE[here])) or "nothing else"
        return f"{name}: {here} may not use {there}; it may use {allowed}"
    return None


def link_mistakes(source, line):
    """The same for the libraries named in a CMakeLists.txt."""
    here = folder_of(source)
    of_library = {folder.split("/")[-1]: folder for folder in MAY_USE if folder != "harness"}
    for name in LIBRARY.findall(line.split("#")[0]):
        there = of_library.get(name)
        if there and there != here and there not in MAY_USE[here]:
            yield f"tracetax_{name}: {here} may not use {there}"


def check(root):
    """Every mistake under `root`, as text."""
    mistakes = []
    for top in sorted(ROOTS):
        for path in sorted((root / top).rglob("*")):
            source = path.relative_to(root).as_posix()
            is_code = path.suffix in (".h", ".cc")
            if not is_code and path.name != "CMakeLists.txt":
                continue
            if folder_of(source) is None:
                mistakes.append(f"{source}: is in no known folder; add it to ci/check_layers.py")
                continue
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if is_code:
                    found = [include_mistake(source, line)]
                else:
                    found = link_mistakes(source, line)
                mistakes += [f"{source}:{number}: {what}" for what in found if what]
    return mistakes


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    mistakes = check(root)
    for mistake in mistakes:
        print(mistake)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
