"""Checks the rooms: each folder with code has a README.md whose line `May include: ...` names the folders that
its code may include. Tests, benches and fuzz targets may include what any room of their part may, and these rooms.

Also: no room holds more than 45 files, and no two rooms may include each other, however long the way.

Usage: check_layers.py [ROOT]. Reads every *.h and *.cc, prints `file:line: what is wrong` and ends with 1 if
anything is.
SPDX-License-Identifier: Apache-2.0
"""

import collections
import pathlib
import re
import sys

PARTS = ("harness", "scenarios", "targets", "reports", "ci")
MOST_FILES = 45

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
RULE = re.compile(r"^May include: (.*)\.$", re.M)
NOTHING = "nothing of this project"
FOR_TESTS = re.compile(r"(testing|_fixture)\.h$")
TEST = re.compile(r"((_test|_fuzz|_bench|_main|fixture|testing|golden)\.(h|cc)|_fixture\.h)$")
MADE = re.compile(r"^\s*tracetax_library\((\w+)", re.M)
LIBRARY = re.compile(r"\btracetax_([a-z]+)\b")
GENERATED = "generated/"  # the build folder's own tree, which mirrors the source tree


def rooms_of(root):
    """Folder -> the folders that it may include; and mistakes in these rules, as text."""
    rooms, mistakes = {}, []
    for part in PARTS:
        for readme in sorted((root / part).rglob("README.md")):
            rule = RULE.search(readme.read_text("utf-8"))
            if rule is None:
                continue
            names = rule.group(1).split(", ") if rule.group(1) != NOTHING else []
            rooms[readme.parent.relative_to(root).as_posix()] = set(names)
    for room, used in rooms.items():
        for name in sorted(used):
            if not (root / name).is_dir():
                mistakes.append(f"{room}/README.md: there is no folder {name}")
    return rooms, mistakes + circles(rooms)


def circles(rooms):
    """Rooms that include themselves by way of others, as text; the first found of each."""
    done, found = set(), []

    def walk(room, way):
        if room in way:
            found.append(f"{room}/README.md: a circle: {' -> '.join(way[way.index(room):] + [room])}")
        elif room not in done:
            for used in sorted(rooms.get(room, ())):
                walk(used, way + [room])
            done.add(room)

    for room in sorted(rooms):
        walk(room, [])
    return found


def room_of(rooms, path):
    """The room that `path` (from the root, with /) belongs to, or None."""
    parts = path.split("/")[:-1]
    while parts and "/".join(parts) not in rooms:
        parts.pop()
    return "/".join(parts) or None


def part_of(room):
    """"harness/load" of "harness/load/http", "targets" of "targets/engine": whose rooms its tests may include."""
    return "/".join(room.split("/")[: 2 if room.startswith("harness/") else 1])


def include_mistake(rooms, source, line):
    """What is wrong with one line of the file `source`, or None."""
    match = INCLUDE.match(line)
    if match is None:
        return None
    quoted, name = match.group(1) == '"', match.group(2).removeprefix(GENERATED)
    if name.split("/")[0] not in PARTS:
        return f'"{name}": includes start at the repository root' if quoted else None
    here, there = room_of(rooms, source), room_of(rooms, name)
    if there is None:
        return f"{name}: is in no known room"
    is_test = TEST.search(source) is not None
    if FOR_TESTS.search(name) and not is_test:
        return f"{name}: is for tests only"
    allowed = rooms[here] | {here}
    if is_test:
        part = {room: used for room, used in rooms.items() if part_of(room) == part_of(here)}
        allowed = allowed.union(part, *part.values())
    # A folder of generated messages ("harness/otlp/proto") may be named apart from the room that it is in.
    if there not in allowed and name.rpartition("/")[0] not in allowed:
        return f"{name}: {here} may not include {there}; its README.md says what it may"
    return None


def libraries_of(root):
    """Library -> the part that makes it."""
    return {
        name: part_of(path.parent.relative_to(root).as_posix())
        for part in PARTS
        for path in (root / part).rglob("CMakeLists.txt")
        for name in MADE.findall(path.read_text("utf-8"))
    }


def link_mistakes(rooms, libraries, source, line):
    """The same for the libraries named in a CMakeLists.txt: some room of this part must be allowed to include it."""
    here = part_of(source.rpartition("/")[0])
    allowed = {part_of(used) for room, may in rooms.items() if part_of(room) == here for used in may} | {here}
    for name in LIBRARY.findall(line.split("#")[0]):
        there = libraries.get(name)
        if there and there not in allowed and not source.startswith(there + "/"):
            yield f"tracetax_{name}: nothing in {here} may include {there}"


def check(root):
    """Every mistake under `root`, as text."""
    rooms, mistakes = rooms_of(root)
    libraries = libraries_of(root)
    for part in PARTS:
        files_in = collections.Counter()
        for path in sorted((root / part).rglob("*")):
            source = path.relative_to(root).as_posix()
            is_code = path.suffix in (".h", ".cc")
            files_in[source.rpartition("/")[0]] += is_code or path.suffix == ".py"
            if not is_code and path.name != "CMakeLists.txt":
                continue
            if is_code and room_of(rooms, source) is None:
                mistakes.append(f"{source}: is in no known room; its folder wants a README.md (see this check)")
                continue
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                if is_code:
                    found = [include_mistake(rooms, source, line)]
                else:
                    found = link_mistakes(rooms, libraries, source, line)
                mistakes += [f"{source}:{number}: {what}" for what in found if what]
        mistakes += [f"{folder}: {count} files; at most {MOST_FILES}: which rooms are in it?"
                     for folder, count in files_in.items() if count > MOST_FILES]
    return mistakes


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    mistakes = check(root)
    for mistake in mistakes:
        print(mistake)
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
