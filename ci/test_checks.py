"""The checks of ci/ see what they are for: each mistake is put into a tree of its own and must be found.
SPDX-License-Identifier: Apache-2.0
"""

import os
import pathlib
import tempfile
import time
import unittest
from unittest import mock

import check_docs
import doc_blocks
import doc_samples
import check_format
import check_layers
import check_style

ROOT = pathlib.Path(__file__).resolve().parent.parent
OPENING = "// A noun.\n// SPDX-License-Identifier: Apache-2.0\n"


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


class Layers(Tree):
    """With the rules of this repository, which stand in the README.md of each room."""

    def setUp(self):
        super().setUp()
        for readme in check_layers.rooms_of(ROOT)[0]:
            self.write(f"{readme}/README.md", (ROOT / readme / "README.md").read_text("utf-8"))
        for folder in ("harness/otlp/proto", "targets/legs/store/proto", "targets/stages/proto",
                       "targets/tracing/proto"):
            (self.root / folder).mkdir(parents=True)

    def mistakes_of(self, name, include):
        self.write(name, f"#pragma once\n{include}\n")
        return check_layers.check(self.root)

    def assert_wrong(self, name, include, words):
        mistakes = self.mistakes_of(name, include)
        self.assertEqual(len(mistakes), 1, mistakes)
        self.assertTrue(mistakes[0].startswith(f"{name}:2: "), mistakes[0])
        self.assertIn(words, mistakes[0])

    def assert_right(self, name, include):
        self.assertEqual(self.mistakes_of(name, include), [])

    def test_left_includes_right(self):
        self.assert_wrong("harness/core/a.h", '#include "harness/load/engine.h"', "harness/core may not include")

    def test_right_includes_left(self):
        self.assert_right("harness/load/a.h", '#include "harness/core/text/units.h"')

    def test_a_folder_includes_itself(self):
        self.assert_right("harness/core/a.cc", '#include "harness/core/a.h"')

    def test_a_histogram_sees_no_suite(self):
        self.assert_wrong("harness/core/histogram/a.h", '#include "harness/core/suite/suite.h"', "harness/core/suite")

    def test_the_engine_sees_no_gate_and_no_json(self):
        for include in ("suite/gate_spec.h", "suite/suite.h", "json/json_fields.h"):
            self.assert_wrong("harness/load/a.h", f'#include "harness/core/{include}"', "harness/load may not")
        self.assert_wrong("harness/load/a.h", '#include "harness/analysis/gate/judgement.h"', "harness/load may not")

    def test_a_protocol_does_not_see_the_loop(self):
        self.assert_wrong("harness/load/http/a.h", '#include "harness/load/worker.h"', "harness/load")

    def test_a_router_sees_no_breaker(self):
        self.assert_wrong("targets/stages/route/a.h", '#include "targets/stages/govern/guards.h"', "govern")

    def test_the_runner_knows_no_reports(self):
        self.assert_wrong("harness/run/a.cc", '#include "reports/words/report.h"', "may not include reports")

    def test_the_runner_knows_no_scenarios(self):
        self.assert_wrong("harness/run/a.cc", '#include "scenarios/http/http.h"', "may not include scenarios")

    def test_scenarios_do_not_run(self):
        self.assert_wrong("scenarios/a.cc", '#include "harness/run/process/process.h"', "harness/run")

    def test_reports_only_know_values(self):
        self.assert_wrong("reports/a.cc", '#include "harness/load/engine.h"', "harness/load")

    def test_the_command_line_joins_all_but_targets(self):
        self.assert_right("harness/cli/a.cc", '#include "reports/words/report.h"\n#include "scenarios/plugin/plugin.h"')
        self.assert_wrong("harness/cli/b.cc", '#include "targets/tracing/span.h"', "targets/tracing")

    def test_tracing_does_not_know_stages(self):
        self.assert_wrong("targets/tracing/samplers/a.cc", '#include "targets/request/stage.h"', "targets/request")

    def test_targets_do_not_load(self):
        self.assert_wrong("targets/frameworks/a.cc", '#include "harness/load/engine.h"', "harness/load")

    def test_angle_brackets_hide_nothing(self):
        self.assert_wrong("harness/core/a.h", "#include <harness/run/process/process.h>", "harness/run")

    def test_generated_files_belong_to_their_folder(self):
        self.assert_right("harness/run/a.cc", '#include "generated/harness/run/revision.h"')
        self.assert_wrong("harness/core/b.cc", '#include "generated/harness/run/revision.h"', "run")

    def test_includes_start_at_the_root(self):
        self.assert_wrong("harness/core/a.cc", '#include "units.h"', "repository root")

    def test_programs_do_not_use_what_is_for_tests(self):
        self.assert_wrong("harness/core/a.cc", '#include "harness/core/testing.h"', "tests only")

    def test_tests_do(self):
        self.assert_right("harness/core/a_test.cc", '#include "harness/core/testing.h"')

    def test_tests_see_the_rooms_of_their_part(self):
        self.assert_right("harness/load/http/a_test.cc", '#include "harness/load/engine.h"')
        self.assert_wrong("harness/load/http/b_test.cc", '#include "harness/run/runner.h"', "harness/run")

    def test_a_library_from_the_right_is_not_linked(self):
        self.write("targets/tracing/CMakeLists.txt", "tracetax_library(tracing\n")
        self.assert_wrong("harness/cli/CMakeLists.txt", "DEPENDS tracetax_core tracetax_tracing", "tracing")

    def test_a_new_folder_needs_a_rule(self):
        self.write("targets_x/a.h", "\n")
        self.assertEqual(check_layers.check(self.root), [])  # not ours
        (self.root / "ci/README.md").unlink()
        self.write("ci/new/a.h", "\n")
        self.assertIn("in no known room", check_layers.check(self.root)[0])

    def test_a_circle(self):
        self.write("ci/a/README.md", "May include: ci/b.\n")
        self.write("ci/b/README.md", "May include: ci/a.\n")
        self.assertIn("a circle: ci/a -> ci/b -> ci/a", "\n".join(check_layers.check(self.root)))

    def test_a_rule_that_names_nothing(self):
        self.write("ci/a/README.md", "May include: ci/nowhere.\n")
        self.assertIn("there is no folder ci/nowhere", "\n".join(check_layers.check(self.root)))

    def test_a_crowded_room(self):
        for i in range(46):
            self.write(f"harness/stats/n{i}.h", "\n")
        self.assertIn("harness/stats: 46 files", check_layers.check(self.root)[0])


class Style(Tree):
    def mistakes_of(self, name, text):
        self.write(name, text)
        return check_style.check(self.root)

    def assert_wrong(self, name, text, words):
        mistakes = self.mistakes_of(name, text)
        self.assertEqual(len(mistakes), 1, mistakes)
        self.assertIn(words, mistakes[0])

    def test_a_good_file(self):
        self.assertEqual(self.mistakes_of("a.h", OPENING), [])

    def test_the_longest_file_and_one_line_more(self):
        self.assertEqual(self.mistakes_of("a.h", OPENING + "\n" * 498), [])
        self.assert_wrong("a.h", OPENING + "\n" * 499, "501 lines")

    def test_no_licence(self):
        self.assert_wrong("a.h", "// A noun.\n", "SPDX")

    def test_no_opening(self):
        self.assert_wrong("a.h", "// SPDX-License-Identifier: Apache-2.0\n", "does not say")

    def test_the_header_speaks_for_its_source_and_test(self):
        self.write("a.h", OPENING)
        for name in ("a.cc", "a_test.cc", "a_bench.cc"):
            self.assertEqual(self.mistakes_of(name, "// SPDX-License-Identifier: Apache-2.0\n"), [])

    def test_names_that_say_nothing(self):
        self.assert_wrong("http_utils.h", OPENING, "'utils'")

    def test_unfinished(self):
        self.assert_wrong("a.h", OPENING + "// TODO: more\n", "unfinished")

    def test_white_space(self):
        self.assert_wrong("a.h", OPENING + "int a; \n", "white space")
        self.assert_wrong("a.h", OPENING + "\tint a;\n", "tab")
        self.assert_wrong("a.h", OPENING + "int a;", "does not end")

    def test_scripts_without_a_suffix_are_code(self):
        self.assert_wrong("scripts/go", "#!/bin/bash\n# Goes.\n", "SPDX")

    def test_build_folders_are_not_ours(self):
        self.assertEqual(self.mistakes_of("build/test/a.h", "x "), [])


class Format(Tree):
    def setUp(self):
        super().setUp()
        self.write(".clang-format", (ROOT / ".clang-format").read_text())

    def test_the_first_line_that_differs_is_named(self):
        self.write("harness/good.h", "int one();\n")
        self.write("harness/bad.cc", "int one();\nint  two();\nint  three();\n")
        self.write("reports/testdata/bad.cc", "int  one();\n")
        self.assertEqual(check_format.check(self.root), ["harness/bad.cc:2: is not as clang-format writes it; run: clang-format -i harness/bad.cc"])

    def test_nothing_to_check(self):
        self.assertEqual(check_format.check(self.root), [])


class Docs(Tree):
    def setUp(self):
        super().setUp()
        binaries = self.root / "bin"
        binaries.mkdir()
        self.tree = self.root / "tree"
        self.copy = self.root / "copy"
        self.tree.mkdir()
        self.copy.mkdir()
        patch = mock.patch.dict(os.environ, {"TRACETAX_BIN": str(binaries)})
        patch.start()
        self.addCleanup(patch.stop)

    def failures_of(self, text):
        with mock.patch("builtins.print"):
            return check_docs.run_blocks(self.tree, doc_blocks.blocks_of(text, "README.md"), "README.md", self.copy)

    def test_blocks_share_one_shell(self):
        text = "```sh\nmkdir a\ncd a\nexport WORD=hello\n```\ntext\n```sh\ntest $WORD = hello\ntest -d ../a\n```\n"
        self.assertEqual(self.failures_of(text), [])

    def test_a_command_that_fails_in_the_middle(self):
        failures = self.failures_of("```sh\necho before\nfalse\ntrue\n```\n")
        self.assertEqual(len(failures), 1)
        self.assertIn("README.md:2: exit code 1\nbefore", failures[0])

    def test_a_pipe_that_fails_in_the_middle(self):
        self.assertEqual(len(self.failures_of("```sh\nfalse | true\n```\n")), 1)

    def test_other_languages_are_not_run(self):
        self.assertEqual(self.failures_of("```json\nfalse\n```\n"), [])

    def test_a_block_shows_a_file_word_for_word(self):
        (self.tree / "a.json").write_text("{\n}\n")
        text = "<!-- doc-test: file a.json -->\n```json\n{}\n```\n"
        self.assertEqual(self.failures_of(text.format("{\n}")), [])
        self.assertIn("a.json", self.failures_of(text.format("{ }"))[0])

    def test_an_exit_code_may_be_right(self):
        self.assertEqual(self.failures_of("<!-- doc-test: exit 0,3 -->\n```sh\nexit 3\n```\n"), [])
        self.assertEqual(len(self.failures_of("<!-- doc-test: exit 0,3 -->\n```sh\nexit 4\n```\n")), 1)

    def test_the_background_lives_as_long_as_the_document(self):
        text = "<!-- doc-test: background 0.1s -->\n```sh\nsleep 60 & echo $! >pid\nwait\n```\n" \
               "```sh\nuntil test -s pid; do sleep 0.01; done\nkill -0 $(cat pid)\ncp pid {}/pid\n```\n"
        self.assertEqual(self.failures_of(text.format(self.root)), [])
        process = pathlib.Path("/proc") / (self.root / "pid").read_text().strip()
        for _ in range(500):  # whoever adopted it may take a moment to reap it
            if not process.exists() or " Z " in (process / "stat").read_text():
                return
            time.sleep(0.01)
        self.fail("the background outlived the document")

    def test_the_background_must_not_end(self):
        failures = self.failures_of("<!-- doc-test: background 20s -->\n```sh\nfalse\n```\n")
        self.assertIn("ended at once", failures[0])

    def test_only_the_two_scripts_are_skipped(self):
        skip = "<!-- doc-test: skip long -->\n```sh\n{}\n```\n"
        self.assertTrue(doc_blocks.blocks_of(skip.format("scripts/test"), "README.md")[0].skipped)
        with self.assertRaisesRegex(doc_blocks.DocError, "may be skipped"):
            doc_blocks.blocks_of(skip.format("tracetax run"), "README.md")

    def test_markers_stand_before_blocks(self):
        for text in ("<!-- doc-test: exit 0 -->\ntext\n```sh\n```\n", "<!-- doc-test: exit 0 -->\n",
                     "<!-- doc-test: ignore -->\n```sh\n```\n", "```sh\ntrue\n",
                     "<!-- doc-test: exit 0 -->\n```json\n```\n", "<!-- doc-test: file a -->\n```sh\n```\n"):
            with self.assertRaises(doc_blocks.DocError):
                doc_blocks.blocks_of(text, "README.md")

    def test_the_test_may_add_options(self):
        text = '<!-- doc-test: exit 0,4; with --set a=1 -->\n```sh\nmkdir x\ntracetax run quick \\\n  --quiet\n```\n'
        block = doc_blocks.blocks_of(text, "README.md")[0]
        self.assertEqual(block.commands(), "mkdir x\ntracetax run --set a=1 quick \\\n  --quiet")
        self.assertEqual(block.codes, (0, 4))
        with self.assertRaisesRegex(doc_blocks.DocError, "no line begins"):
            doc_blocks.blocks_of("<!-- doc-test: with -q -->\n```sh\nls\n```\n", "README.md")

    def test_a_sample_is_what_its_command_prints(self):
        (self.copy / "record").write_text("one\ntwo\nthree\n")
        text = "<!-- sample: cat record | head -n 2 -->\n```text\none\n{}\n```\n"
        self.assertEqual(self.failures_of(text.format("two")), [])
        self.assertIn("'two' and not 'due'", self.failures_of(text.format("due"))[0])

    def test_a_live_sample_has_the_words_of_what_was_printed(self):
        text = "```sh\nprintf 'rate  500 /s of 500 /s\\nwarning: x\\nmax  1.2 ms\\n'\n```\n\n" \
               "<!-- sample: live cat -->\n```text\n{}\n```\n"
        self.assertEqual(self.failures_of(text.format("rate  1,490.5 /s of 1.5 k/s\nmax     -")), [])
        self.assertIn("speed", self.failures_of(text.format("speed  500 /s"))[0])
        self.assertIn("rate", self.failures_of(text.format("max  1 us\nrate  1 /s of 1 /s"))[0])  # another order

    def test_words_without_values(self):
        self.assertEqual(doc_samples.words_of("  response  57.5 us  1.01 ms  -  +24 %  [+21, +32]"), "response")
        self.assertEqual(doc_samples.words_of("p99.9  on@10%"), doc_samples.words_of("p99.9  on@10%"))

    def names(self, text):
        return list(check_docs.wrong_names(self.tree, "README.md", text, {"--rate"}))

    def test_names_that_lead_nowhere(self):
        (self.tree / "ci").mkdir()
        self.assertEqual(self.names("`ci/` and `tracetax load --rate 5/s`, [here](ci)"), [])
        self.assertIn("no ci/gone.py", self.names("see `ci/gone.py`")[0])
        self.assertIn("knows --rat", self.names("`tracetax load --rat 5`")[0])
        self.assertIn("leads nowhere", self.names("[here](gone.md)")[0])
        (self.tree / "README.md").write_text("# One `word`, two\n```sh\n# three\n```\n")
        self.assertEqual(self.names("[here](#one-word-two)"), [])
        self.assertIn("no heading for #three", self.names("[here](README.md#three)")[0])

    def test_a_rule_without_a_heading(self):
        self.write("harness/core/run_result.h", "enum class VoidRule {\n  too_late,  // very\n};\n")
        self.write("harness/run/doctor/x_checks.cc",
                   'lines.push_back({"is up", look.arm, x});\nlines.push_back({ok ? "ends" : "stops", look.arm, y});\n')
        self.write("docs/troubleshooting.md", "### too_late\n### is up\n### ends\n")
        self.assertEqual(list(check_docs.forgotten_headings(self.root)),
                         ["docs/troubleshooting.md: no heading says 'stops'"])

    def test_a_fault_without_a_heading(self):
        self.write("harness/core/ledger/fault.cc", '    {"leak", 5, "a"},\n    {"unended", 5,\n     "b"},\n')
        self.write("docs/spans.md", "### leak\n")
        self.assertEqual(list(check_docs.faults_without_a_heading(self.root)),
                         ["docs/spans.md: no heading says 'unended'"])

    def test_a_room_off_the_map(self):
        self.write("docs/design.md", "`harness/core`")
        for room in ("harness/core", "harness/run"):
            self.write(f"{room}/README.md", "May include: nothing.\n")
        self.write("harness/corpus/README.md", "inputs of fuzzers\n")
        self.assertEqual(list(check_docs.rooms_off_the_map(self.root)),
                         ["docs/design.md: does not name the room harness/run"])

    def test_rooms_and_docs_are_read_too(self):
        for name in ("README.md", "docs/a.md", "harness/run/README.md", "build/README.md", "harness/run/notes.md"):
            self.write(name, "")
        self.assertEqual(check_docs.documents_of(self.root), ["README.md", "docs/a.md", "harness/run/README.md"])


if __name__ == "__main__":
    unittest.main()
