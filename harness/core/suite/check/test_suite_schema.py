"""The JSON Schema of suites says the same as the reader.

Never stricter: what the reader takes, the schema takes. And as strict wherever a schema can be: what
it lets through and the reader does not must be one of SEMANTIC, rules between several fields.
SPDX-License-Identifier: Apache-2.0
"""

import copy
import json
import os
import pathlib
import re
import subprocess
import sys
import unittest

try:
    import jsonschema
except ImportError:  # another python3 may come first in PATH than the one Debian's package is for
    if sys.executable == "/usr/bin/python3":
        sys.exit("python3-jsonschema is missing: apt-get install python3-jsonschema")
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

SOURCE = pathlib.Path(os.environ["TRACETAX_SOURCE"])
CHECK = pathlib.Path(os.environ["TRACETAX_BIN"]).resolve() / "suite_check"
SUITES = SOURCE / "scenarios/suites"
SCHEMA = json.loads((SUITES / "suite.schema.json").read_text())
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)

# Mistakes that only the reader can see.
SEMANTIC = re.compile(
    r"the first arm must be|is a second off arm|stands here a second time|does not fit|unknown target"
    r"|is shorter than|'rate' is missing|is not between 0 and 1|is more than 100%|samples nothing"
    r"|an off arm does not trace|already runs|has no effect on|names no program|out of range"
    r"|holds \{port\}, but|needs exactly one of|has no port|is not a CPU list|is longer than 24h"
    r"|must be more than 0|is not a share of capacity|but the arm is called|threads share"
    r"|is not a URL of a known kind|has no host and port"
    r"|unknown arm|unknown metric|stands here twice|stands in the budget|is no budget|is no percentage|is a percentage|is an amount|has no unit"
    r"|unknown service|nothing stands for|a companion is called|'command' is missing|exactly one service is|is no name of a file|the target has a program itself"
    r"|unknown suite|no such file|names no scenario"
    # Whether there is a budget to take away or to add to, the extended suite says.
    r"|gate\.(required|advisory)\.\w+: (expected an object, found null|'budget' is missing)"
    r"|which is there already|is not a name|makes more than|all are companions"
    r"|is no header|names no file|is not a duration|leave one of them out|is not above the look before|spend ")

FULL = {
    "name": "all", "description": "d",
    "targets": {
        "gin": {"emulated": "gin", "args": ["--x"], "env": {"A": "1"}, "spans_per_request": 3,
                "otlp": "grpc"},
        "itself": {"real": "gin", "pair": "g", "args": ["--x"]},
        "model": {"emulated": "gin", "pair": "g"},
        "either": {"framework": "gin", "env": {"A": "1"}},
        "both": {"pair": "gin"},
        "mine": {"command": ["python3", "{port}"], "env": {"X": "1"}, "ready": "tcp://127.0.0.1:{port}",
                 "ready_within": "1500ms", "stop_within": "5s", "working_dir": ".", "can_be_absent": True},
        "told": {"command": ["x", "{port}"], "describe": "told.json"},
        "shop": {
            "services": {
                "db": {"use": "redis", "pin": "1", "per_block": True, "role": "companion", "traced": False},
                "app": {"front": True, "command": ["x", "{port}", "{port.db}"], "program": ["$X", "x"], "install": "i",
                        "working_dir": ".", "env": {"A": "{dir}"}, "ports": ["admin"], "files": {"a": "b", "c": ["d"]},
                        "prepare": [["p", "q"]], "ready": "http://127.0.0.1:{port.admin}/up", "ready_command": ["r"],
                        "after_ready": [["s"]], "ready_within": "3s", "stop_within": "2s", "stop_signal": "SIGINT",
                        "user": "nobody", "role": "subject", "traced": True,
                        "per_arm": {"rec": {"env": {"B": "1"}}}}},
            "spans_per_request": 2},
        },
    "companions": {"collector": {"command": ["c", "{port}", "{sink_http}"], "holds_spans": "300ms", "description": "d"}},
    "scenarios": {"get": {"kind": "http", "path": "/", "context": ["w3c", "b3multi"]},
                  "one": {"path": "/", "context": "xray"}},
    "arms": [{"name": "off", "role": "off", "state": "drop", "env": {"B": "2"}}, "off2", "on@0.5%",
             {"name": "rec", "role": "rate", "otlp": "http/protobuf", "state": "record", "rate": "0.3", "env": {},
              "sampler": {"name": "traceidratio", "arg": "0.3"}, "loss": "expected",
              "sink": {"status": 503, "retry_after": "1s", "reset": False, "black_hole": False},
              "per_target": {"gin": {"args": []}, "mine": {"env": {"C": "3"}, "command": ["x"]}}},
             {"name": "base-rec", "role": "base", "state": "record", "rate": "0.3",
              "per_target": {"gin": {"program": "/base/tracetax-target"},
                             "mine": {"program": "./server", "working_dir": "/base"}}}],
    "reference": "previous",
    "load": {"rate": "1.5k/s", "arrivals": "poisson", "sampling": "caller", "connections": 4,
             "threads": 2, "queue": 10, "timeout": "1s"},
    "design": {"blocks": 3, "warmup": "1s", "measure": "2s", "drain": "5s", "settle": "300ms",
               "capacity": "500ms", "seed": 5},
    "otlp": "grpc", "sink": {"port": 4318, "grpc_port": 4317, "memory": "2GiB", "delay": "1ms", "reject": "10%", "restart_after": "1s", "closed_for": "2s", "fails_for": "1s",
                              "tls": {"cert": "c.pem", "key": "k.pem", "client_ca": "ca.pem"}, "require_headers": {"x-key": "k"}}, "pin": {"driver": "0", "target": "1-2,4"}, "env": {"E": ""},
    "gate": {"arms": ["on@0.5%"], "effort": "ci", "stop": "looks", "inconclusive": "warn", "alpha": 0.05, "forced": False, "sham": False,
             "arms_by_default": False, "arms_passed_over": ["rec"],
             "required": {"cpu": {"budget": "5%", "floor": "5us", "regress": "3%"}, "p50": "5%"},
             "advisory": {"p99": "15%"},
             "looks": [{"pairs": 10, "alpha": 0.02}, {"pairs": 20, "alpha": 0.03}]}}

# What already runs has no companions.
LIVE = {"name": "live", "targets": {"live": {"attach": "http://127.0.0.1:8080", "pid": 1234}},
        "scenarios": {"get": {"kind": "http", "path": "/"}}, "arms": ["off"]}

# Arms that take turns fit no attached target and no fixed port of the sink.
TURNS = {"name": "turns", "targets": {"gin": {"emulated": "gin"}}, "scenarios": {"get": {"kind": "http", "path": "/"}},
         "arms": ["off", "on@1%"], "design": {"measure": "1s", "slice": "100ms"}}

# A closed loop offers nothing, and a matrix makes many scenarios of one.
SWEEP = {"name": "sweep",
         "targets": {"t": {"services": {"r": {"command": ["x", "{port}"]},
                                        "w": {"command": ["{tracetax}", "{port}"], "front": True, "role": "companion"}}}},
         "scenarios": {"x": {"kind": "http", "path": "/", "connections": 3,
                             "matrix": {"spans": [1, 2], "compression": ["none"], "on": [True]}}},
         "arms": ["off"], "load": {"closed": True, "streams": 1}, "design": {"measure": "1s"}}

DESCRIPTION = {"$schema": "x", "name": "mine", "models": "m", "wire": "http", "ready": "http://127.0.0.1:{port}/up",
               "spans_per_request": 2, "can_be_absent": True, "samplers": ["always_on"], "span": {"name": "GET"}}

# A suite over another one may leave out what that one says, and take parts of it away.
OVER = {"name": "over", "extends": ["frameworks-http.json"], "env": {"OTEL_BSP_SCHEDULE_DELAY": None},
        "targets": {"dapr": None, "gin": {"spans_per_request": 2}},
        "scenarios": {"get-user": {"path": "/x", "targets": None}}, "load": {"rate": None},
        "gate": {"required": {"cpu": "5%"}}}

WRONG = [None, True, 0, -1, 1, 1.5, 10 ** 6, 2 ** 64, "", "x", "1", "0", "-", "1s", "1%", "a b", "é", ".x",
         "http://h:1", "https://h:1", "on@1%", "auto:0.5", "2 k/s", "2k/", [], [1], ["x"], [""], {}, {"a": 1},
         {"A": "x"}, {"1": "x"}, {"name": "x"}]


def without_comments(text):
    pattern = r'"(?:\\.|[^"\\])*"|//[^\n]*|/\*.*?\*/'
    return re.sub(pattern, lambda m: m[0] if m[0].startswith('"') else " ", text, flags=re.S)


def ask_reader(suites, *arguments):
    lines = "".join(json.dumps(suite) + "\n" for suite in suites)
    # In the folder of the suites, where those that extend others find them.
    done = subprocess.run([CHECK, *arguments], input=lines, capture_output=True, text=True, timeout=60, check=True,
                          cwd=SUITES)
    return [json.loads(line) for line in done.stdout.splitlines()]


def places(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def changed(full, path, new):
    suite = copy.deepcopy(full)
    if not path:
        return new
    at(suite, path[:-1])[path[-1]] = new
    return suite


def each_key_once(pairs):
    """Of two members with one name json.loads would keep the last and say nothing."""
    names = [name for name, _ in pairs]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"stands twice in one object: {', '.join(sorted(twice))}")
    return dict(pairs)


class Files(unittest.TestCase):
    def test_no_key_stands_twice(self):
        # The corpora hold what is wrong on purpose.
        found = [path for top in ("ci", "reports", "scenarios", "targets") for path in (SOURCE / top).rglob("*.json")
                 if "node_modules" not in path.parts]
        self.assertGreaterEqual(len(found), 20)
        for path in [SOURCE / "CMakePresets.json", *found]:
            with self.subTest(path.name):
                json.loads(without_comments(path.read_text()), object_pairs_hook=each_key_once)
        with self.assertRaisesRegex(ValueError, "gate"):
            json.loads('{"a": {"gate": 1, "gate": 1}}', object_pairs_hook=each_key_once)


class SuiteSchema(unittest.TestCase):
    def test_is_a_schema(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)

    def test_takes_the_built_in_suites_and_their_resolved_forms(self):
        suites = [json.loads(without_comments(path.read_text())) for path in sorted(SUITES.glob("*.json"))
                  if not path.name.endswith(".schema.json")]
        self.assertGreaterEqual(len(suites), 2)
        suites += [FULL, LIVE, TURNS, SWEEP, OVER]
        for suite, answer in zip(suites, ask_reader(suites)):
            VALIDATOR.validate(suite)
            VALIDATOR.validate(answer["resolved"])

    def test_agrees_with_the_reader_on_every_field_changed(self):
        variants = [(full, path, new) for full in (FULL, LIVE, TURNS, SWEEP, OVER) for path in places(full) for new in WRONG]
        self.compare([(f"{path} = {new!r}", changed(full, path, new)) for full, path, new in variants])

    def test_agrees_with_the_reader_on_every_field_left_out(self):
        cases = []
        for path in places(FULL):
            if not path:
                continue
            suite = copy.deepcopy(FULL)
            del at(suite, path[:-1])[path[-1]]
            cases.append((f"without {path}", suite))
        self.compare(cases)

    def test_agrees_with_the_reader_on_unknown_keys(self):
        cases = []
        for path in places(FULL):
            if isinstance(at(FULL, path), dict):
                suite = copy.deepcopy(FULL)
                at(suite, path)["unknown_key"] = 1
                cases.append((f"unknown key in {path}", suite))
        self.compare(cases)

    def test_agrees_with_the_reader_on_descriptions(self):
        validator = jsonschema.Draft7Validator({**SCHEMA["definitions"]["description"], "definitions": SCHEMA["definitions"]})
        cases = [changed(DESCRIPTION, path, new) for path in places(DESCRIPTION) if path[:1] != ("span",) for new in WRONG]
        cases += [DESCRIPTION, {**DESCRIPTION, "unknown_key": 1}]
        answers = ask_reader(cases, "description")
        self.assertIn("good", answers[-2])
        for case, answer in zip(cases, answers):
            if "good" in answer:
                validator.validate(case)
            elif validator.is_valid(case):
                self.assertRegex(answer["mistakes"], SEMANTIC, case)

    def test_knows_the_same_keys(self):
        """The reader lists its keys when it meets one that it does not know."""
        parts = {"": SCHEMA, "load": "load", "design": "design", "pin": "pin", "sink": "sink", "gate": "gate"}
        for part, schema in parts.items():
            suite = copy.deepcopy(FULL)
            (suite[part] if part else suite)["zzzzzzzzz"] = 1
            message = ask_reader([suite])[0]["mistakes"]
            known = set(re.search("known: (.*)$", message)[1].split(", "))
            properties = (SCHEMA["definitions"][schema] if part else schema)["properties"]
            self.assertEqual(set(properties), known, part)

    def test_describes_every_field(self):
        for name, definition in [("suite", SCHEMA), *SCHEMA["definitions"].items()]:
            for key, field in definition.get("properties", {}).items():
                reference = SCHEMA["definitions"].get(field.get("$ref", "").rpartition("/")[2], {})
                self.assertTrue(field.get("description") or reference.get("description"), f"{name}.{key}")

    def compare(self, cases):
        accepted = 0
        for (what, suite), answer in zip(cases, ask_reader([suite for _, suite in cases])):
            schema_takes = VALIDATOR.is_valid(suite)
            if "resolved" in answer:
                accepted += 1
                self.assertTrue(schema_takes, f"the reader takes and the schema refuses: {what}")
            elif schema_takes:
                self.assertRegex(answer["mistakes"], SEMANTIC, f"only the reader refuses: {what}")
        return accepted


if __name__ == "__main__":
    unittest.main()
