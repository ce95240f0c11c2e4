"""report.html in a browser: it asks for nothing, complains of nothing, fits a phone, prints, and needs no script;
and it is given back to tracetax.

The records are golden files, the pages are made of them here. Chromium comes from Debian.
SPDX-License-Identifier: Apache-2.0
"""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

from chromium import Chromium

SOURCE = pathlib.Path(os.environ["TRACETAX_SOURCE"])
TRACETAX = str(pathlib.Path(os.environ["TRACETAX_BIN"]) / "tracetax")
TESTDATA = SOURCE / "reports/testdata"
RECORDS = ("partial", "small-complete", "verdict-base")
MOST_BYTES = 1_000_000


def tracetax(*arguments):
    return subprocess.run([TRACETAX, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)


class HtmlReport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enter(tempfile.TemporaryDirectory())
        cls.browser = cls.enter(Chromium())
        cls.pages = {"page": TESTDATA / "page.html"}
        for name in RECORDS:
            cls.pages[name] = pathlib.Path(cls.folder) / f"{name}.html"
            done = tracetax("report", TESTDATA / f"{name}.json", "--format", "html", "-o", cls.pages[name])
            assert done.returncode == 0, done.stderr

    @classmethod
    def enter(cls, context):
        value = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        return value

    def open(self, name, **options):
        page = self.browser.open(self.pages[name], **options)
        self.addCleanup(page.close)
        return page

    def test_quiet_small_and_alone(self):
        for name, path in self.pages.items():
            with self.subTest(name):
                self.assertLess(path.stat().st_size, MOST_BYTES)
                page = self.open(name)
                self.assertEqual(page.complaints(), [])
                self.assertEqual(page.requests(), [])

    def test_what_a_page_asks_for_would_be_seen(self):
        self.pages["asks"] = pathlib.Path(self.folder) / "asks.html"
        self.pages["asks"].write_text("<img src='http://127.0.0.1:9/x.png'><script>nowhere()</script>", "utf-8")
        page = self.open("asks")
        del self.pages["asks"]
        self.assertEqual(page.requests(), ["http://127.0.0.1:9/x.png"])
        self.assertIn("nowhere", "".join(page.complaints()))

    def test_fits_the_screen(self):
        for name in self.pages:
            for width in (390, 768, 1280):
                with self.subTest(name, width=width):
                    page = self.open(name, width=width)
                    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
                    self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), width)
                    shown = page.evaluate("[...document.querySelectorAll('figure')].every(f => [...f.querySelectorAll("
                                          "'svg')].filter(s => s.getBoundingClientRect().height > 0).length == 1)")
                    self.assertTrue(shown, "each figure shows its picture in one of two widths")

    def test_text_is_large_enough_and_does_not_meet(self):
        script = """(() => { const bad = [];
          for (const svg of document.querySelectorAll('svg')) {
            const boxes = [...svg.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()])
              .filter(([, b]) => b.height > 0);
            const frame = svg.getBoundingClientRect();
            for (const [text, b] of boxes) {
              if (b.height < 10) bad.push('small: ' + text);
              if (b.left < frame.left - 1.5 || b.right > frame.right + 1.5) bad.push('outside: ' + text);
            }
            for (let i = 0; i < boxes.length; ++i) for (let j = 0; j < i; ++j) {
              const [a, b] = [boxes[i][1], boxes[j][1]];
              const x = Math.min(a.right, b.right) - Math.max(a.left, b.left);
              const y = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
              if (x > 1 && y > 4) bad.push('meet: ' + boxes[i][0] + ' | ' + boxes[j][0]);
            }
          } return bad; })()"""
        for name in self.pages:
            for width in (390, 1280):
                with self.subTest(name, width=width):
                    self.assertEqual(self.open(name, width=width).evaluate(script), [])

    def test_light_and_dark_and_paper(self):
        ground = "getComputedStyle(document.documentElement).backgroundColor"
        self.assertEqual(self.open("page").evaluate(ground), "rgb(255, 255, 255)")
        self.assertNotEqual(self.open("page", scheme="dark").evaluate(ground), "rgb(255, 255, 255)")
        self.assertEqual(self.open("page", scheme="dark", media="print").evaluate(ground), "rgb(255, 255, 255)")
        self.assertTrue(self.open("page").pdf().startswith(b"%PDF"))

    def test_needs_no_script(self):
        page = self.open("page", scripts=False)
        self.assertEqual(page.complaints(), [])
        text = page.call("DOM.getDocument")["root"]["nodeId"]
        figures = page.call("DOM.querySelectorAll", nodeId=text, selector="figure svg.wide")["nodeIds"]
        self.assertGreater(len(figures), 7)

    def test_pictures_are_xml_and_have_words(self):
        for name, path in self.pages.items():
            for svg in re.findall(r"<svg.*?</svg>", path.read_text("utf-8"), re.S):
                root = xml.etree.ElementTree.fromstring(svg)
                self.assertEqual(root.get("role"), "img", name)
                self.assertGreater(len(root.get("aria-label")), 40, name)

    def test_pages_are_read_like_records(self):
        for name in RECORDS:
            with self.subTest(name):
                from_page = tracetax("report", self.pages[name], "--format", "json")
                self.assertEqual(from_page.stdout, (TESTDATA / f"{name}.json").read_text("utf-8"), from_page.stderr)
        both = tracetax("compare", self.pages["small-complete"], TESTDATA / "small-complete.json")
        self.assertNotIn("report.html", both.stderr)
        judged = tracetax("gate", "--from", self.pages["verdict-base"])
        self.assertIn("FAIL", judged.stdout + judged.stderr)

    def test_a_page_without_a_record_is_refused_in_words(self):
        done = tracetax("report", TESTDATA / "page.html")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("give the result.json", done.stderr)


if __name__ == "__main__":
    unittest.main()
