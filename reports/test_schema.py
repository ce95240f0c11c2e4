"""Validates the golden result files against result.schema.json, and that the schema describes every
member that is written. Needs python3-jsonschema of the system's Python.

SPDX-License-Identifier: Apache-2.0
"""

import copy
import json
import os
import pathlib
import subprocess
import sys
import unittest

SYSTEM_PYTHON = "/usr/bin/python3"

try:
    import jsonschema
except ImportError:
    if sys.executable != SYSTEM_PYTHON and os.environ.get("TRACETAX_SCHEMA_AGAIN") is None:
        again = dict(os.environ, TRACETAX_SCHEMA_AGAIN="1")
        sys.exit(subprocess.call([SYSTEM_PYTHON, *sys.argv], env=again))
    sys.exit("python3-jsonschema is missing: apt-get install python3-jsonschema")

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = json.loads((HERE / "result.schema.json").read_text(encoding="utf-8"))
GOLDEN = sorted((HERE / "testdata").glob("*.json"))


def closed(schema):
    """The schema with every described object closed, so that an undescribed member is an error."""
    schema = copy.deepcopy(schema)
    pending = [schema]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if "properties" in node and "additionalProperties" not in node and "type" in node:
                node["additionalProperties"] = False
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)
    return schema


def errors(schema, document):
    validator = jsonschema.Draft202012Validator(schema)
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(document)]


class Schema(unittest.TestCase):
    def test_is_itself_valid(self):
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_golden_results_are_valid_and_fully_described(self):
        self.assertTrue(GOLDEN)
        for path in GOLDEN:
            with self.subTest(path.name):
                self.assertEqual(errors(closed(SCHEMA), json.loads(path.read_text(encoding="utf-8"))), [])

    def test_refuses_what_is_no_result(self):
        document = json.loads(GOLDEN[0].read_text(encoding="utf-8"))
        for change in ({"schema": "other"}, {"seed": 5}, {"status": "done"}, {"segments": None}):
            with self.subTest(change):
                self.assertNotEqual(errors(SCHEMA, {**document, **change}), [])

    def test_later_minor_versions_may_add_members(self):
        document = json.loads(GOLDEN[0].read_text(encoding="utf-8"))
        self.assertEqual(errors(SCHEMA, {**document, "schema_version": "1.4.0", "colour": "red"}), [])

    def test_every_number_is_described(self):
        for name, definition in SCHEMA["$defs"].items():
            for key, value in definition.get("properties", {}).items():
                if name == "quantiles":
                    continue
                described = "description" in value or "properties" in value or "seed" in value.get("$ref", "")
                self.assertTrue(described or "receipt" in value.get("$ref", ""), f"{name}.{key}")


if __name__ == "__main__":
    unittest.main()
