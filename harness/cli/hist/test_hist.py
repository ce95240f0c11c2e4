"""`tracetax hist` reads logs of HdrHistogram's own Java library and logs written by hand; its listings are those of
Java's log processor, byte for byte.
SPDX-License-Identifier: Apache-2.0
"""
import base64
import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import unittest

TRACETAX = pathlib.Path(os.environ['TRACETAX_BIN']) / 'tracetax'
SOURCE = pathlib.Path(os.environ['TRACETAX_SOURCE'])
JAR = pathlib.Path('/usr/share/java/hdrhistogram.jar')
OURS = SOURCE / 'reports/testdata/verdict-base.hlog'
JAVA = ['java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Duser.timezone=UTC', '-Duser.language=en', '-cp']
TAGS = ('', 'response', 'service', 'lag')  # of HdrInterop's log


def run(*words):
    return subprocess.run([str(word) for word in words], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, env={**os.environ, 'COLUMNS': '120'})


class Hist(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not shutil.which('javac') or not JAR.exists():
            raise AssertionError('Java or HdrHistogram is missing: run scripts/setup (this test is never skipped)')
        folder = tempfile.TemporaryDirectory(prefix='tracetax-hist-')
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.java_log = cls.folder / 'java.hlog'
        run('javac', '-d', cls.folder, '-cp', JAR, SOURCE / 'harness/core/java/HdrInterop.java')
        written = run(*JAVA, f'{cls.folder}:{JAR}', 'HdrInterop', 'write-log', cls.java_log)
        assert written.returncode == 0, written.stderr

    def hist(self, *words):
        done = run(TRACETAX, 'hist', *words)
        self.assertEqual((done.returncode, done.stderr), (0, ''), words)
        return done.stdout

    def refused(self, *words):
        done = run(TRACETAX, 'hist', *words)
        self.assertEqual((done.returncode, done.stdout), (2, ''), words)
        return done.stderr

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def processor(self, log, *options):
        """What Java's log processor lists, without what it says of the log."""
        out = self.folder / 'processed'
        done = run(*JAVA, JAR, 'org.HdrHistogram.HistogramLogProcessor', '-i', log, '-o', out, *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = out.with_suffix('.hgrm').read_text().splitlines()
        while lines[0].startswith('#['):
            lines.pop(0)
        return lines

    def test_the_log_of_java_is_listed_as_java_lists_it(self):
        listings = self.folder / 'listings'
        shown = self.hist(self.java_log, '--hgrm', listings)
        self.assertEqual([row.split('  ')[0] for row in shown.splitlines()[2:]], ['(no tag)', *TAGS[1:]])
        for tag in ('response', 'service'):
            self.assertEqual((listings / f'{tag}.hgrm').read_text().splitlines(),
                             self.processor(self.java_log, '-tag', tag), tag)
        self.assertTrue((listings / 'no-tag.hgrm').exists())

    def test_java_reads_the_merged_log(self):
        merged = self.folder / 'merged.hlog'
        self.hist(OURS, '--hlog', merged, '--tag', 'off', '--tag', 'on@10%')
        self.assertEqual(len([line for line in merged.read_text().splitlines() if line.startswith('Tag=')]), 2)
        for tag in ('off', 'on@10%'):
            self.assertEqual(self.processor(merged, '-tag', tag), self.processor(OURS, '-tag', tag))

    def test_two_logs_add_up(self):
        once, twice = self.hist(OURS), self.hist(OURS, OURS)
        counts = [int(row.split()[1].replace(',', '')) for row in once.splitlines()[2:]]
        self.assertEqual([int(row.split()[1].replace(',', '')) for row in twice.splitlines()[2:]],
                         [2 * count for count in counts])

    def test_a_time_of_the_log_is_taken_as_java_takes_it(self):
        listings = self.folder / 'cut'
        self.hist(self.java_log, '--tag', 'service', '--from', '0.5', '--to', '2', '--hgrm', listings)
        self.assertEqual((listings / 'service.hgrm').read_text().splitlines(),
                         self.processor(self.java_log, '-tag', 'service', '-start', '0.5', '-end', '2'))
        self.assertIn('no interval', self.refused(self.java_log, '--from', '100'))
        self.assertIn('--to: is not after --from', self.refused(self.java_log, '--from', '2', '--to', '1'))

    def test_a_log_by_hand(self):
        blob = re.search(r'^Tag=off,.*,(\S+)$', OURS.read_text(), re.M).group(1)
        log = self.write('hand.hlog', f'# by hand\n#[Histogram log format version 1.2]\n#[StartTime: 1700000000.5 (secon'
                         f'ds since epoch), x]\r\n"StartTimestamp","Interval_Length"\n\n1700000001.5,1.0,2.0,{blob}\r\n'
                         f'Tag=b,1700000003.5,2.0,2.0,{blob}\n')
        rows = self.hist(log, '--intervals').splitlines()[2:]
        self.assertEqual([row.split()[:4] for row in rows], [['1.000', 's', '1.000', 's'], ['3.000', 's', '2.000', 's']])
        # The same counts under another unit: only the words change.
        nanos, micros, plain = (self.hist(log, '--tag', 'b', '--unit', unit) for unit in ('ns', 'us', 'none'))
        self.assertRegex(nanos, r' 4\d\d us ')
        self.assertRegex(micros, r' 4\d\d ms ')
        self.assertRegex(plain, r' 4\d\d,000 ')
        self.assertEqual(self.hist(log, '--scale', '1000'), self.hist(log, '--unit', 'us'))

    def test_ratios_of_two_logs_and_of_two_tags(self):
        shown = self.hist('--diff', OURS, OURS)
        self.assertEqual(len(re.findall(r'^p50 .* 1\.000$', shown, re.M)), 4)
        forth = self.hist('--diff', OURS, '--tag', 'off', '--tag', 'off2')
        back = self.hist('--diff', OURS, '--tag', 'off2', '--tag', 'off')
        ratios = [float(re.search(r'^p50 .* (\S+)$', text, re.M).group(1)) for text in (forth, back)]
        self.assertAlmostEqual(ratios[0] * ratios[1], 1, places=2)
        self.assertIn('takes two logs', self.refused('--diff', OURS))
        self.assertIn('no tag in common', self.refused('--diff', OURS, self.java_log))

    def test_a_picture_has_every_tag(self):
        shown = self.hist(OURS, '--plot')
        for words in ('  a off\n', '  d base-on@10%\n', '99.9%', ' |'):
            self.assertIn(words, shown)

    def test_a_page_asks_for_nothing(self):
        page = self.folder / 'page.html'
        self.hist(OURS, '--html', page)
        text = page.read_text()
        self.assertNotRegex(text, r'(src|href)="[a-z]*:?//|@import|url\(')
        for words in ('<svg', 'base-on@10%', '99.9 %', '<table'):
            self.assertIn(words, text)

    def test_what_it_cannot_read_is_named(self):
        def blob(cookie):
            return base64.b64encode(struct.pack('>IIIIQQd', cookie, 0, 0, 3, 1, 2, 1.0)).decode()
        for cookie, words in ((0x1c849301, 'version 1'), (0x1c849308, 'version 0'), (0x0c72124e, 'doubles'),
                              (0x12345678, 'neither V2')):
            told = self.refused(self.write('old.hlog', f'# old\n0.0,1.0,1.0,{blob(cookie)}\n'))
            self.assertIn('old.hlog', told)
            self.assertIn('line 2', told)
            self.assertIn(words, told)
        self.assertIn('holds no interval', self.refused(self.write('empty.hlog', '# nothing\n')))
        self.assertIn('LOG: is missing', self.refused())


if __name__ == '__main__':
    unittest.main()
