"""End to end: `tracetax run` of several targets writes the framework tables, whole or broken off.

Numbers are not looked at, for the machine may be busy: only that the tables are there, what they mark, and
that nothing that was not measured has a number.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
ORPHAN_ROOTS = os.path.join(os.environ['TRACETAX_SOURCE'], 'scenarios', 'examples', 'orphan-roots.json')
SUITE = {
    'name': 'two',
    'targets': {'gin': {'emulated': 'gin'}, 'nethttp': {'emulated': 'nethttp'}},
    'scenarios': {'get-user': {'kind': 'http', 'path': '/users/42'}},
    'arms': ['off', 'on@100%'],
    'load': {'rate': '200/s', 'connections': 2},
    'design': {'blocks': 1, 'warmup': '100ms', 'measure': '200ms', 'settle': '100ms', 'drain': '3s'},
    'env': {'OTEL_BSP_SCHEDULE_DELAY': '50'},
}


def table_rows(page, title):
    """The cells of the first table under the heading `title`, without its head."""
    lines = page.split(title + '\n', 1)[1].split('\n')
    first = next(i for i, line in enumerate(lines) if line.startswith('|'))
    rows = []
    for line in lines[first + 2:]:
        if not line.startswith('|'):
            break
        rows.append([cell.strip() for cell in line.strip('|').split('|')])
    return rows


class Frameworks(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='tracetax-frameworks-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.out = os.path.join(self.folder, 'out')

    def start(self, suite, *options):
        path = os.path.join(self.folder, 'suite.json')
        with open(path, 'w') as f:
            json.dump(suite, f)
        process = subprocess.Popen([TRACETAX, 'run', path, '--out', self.out, *options], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def page(self, name):
        with open(os.path.join(self.out, name), encoding='utf-8') as f:
            return f.read()

    def test_several_targets_give_tables_in_both_languages(self):
        process = self.start(SUITE, '--lang', 'zh')
        stdout, stderr = process.communicate(timeout=120)
        self.assertIn(os.path.join(self.out, 'frameworks.md'), stdout, stderr)
        english, chinese = self.page('frameworks.md'), self.page('frameworks.zh.md')
        for title in ('## What tracing costs: HTTP', '## Speed without tracing: HTTP'):
            rows = table_rows(english, title)
            self.assertEqual(sorted(row[1] for row in rows), ['gin', 'nethttp'], title)
        self.assertIn('| rank | emulated framework |', english)
        self.assertIn('框架 (emulated 模拟)', chinese)
        for row in table_rows(english, '## What tracing costs: HTTP'):  # one block has no interval: no rank, no change
            self.assertEqual(row[0], 'none')
            self.assertIn(row[5], ('too few blocks (1 of 1)', 'void (0 of 1)'))
        self.assertIn('What tracing costs per request, HTTP, emulated', stdout.split('written: ')[-1])
        again = subprocess.run([TRACETAX, 'report', os.path.join(self.out, 'result.json'), '--format', 'frameworks',
                                '--lang', 'zh'], capture_output=True, text=True, check=True)
        self.assertEqual(again.stdout, chinese)

    def test_what_the_sink_counts_of_spans_is_in_the_tables(self):
        process = self.start(SUITE)
        process.communicate(timeout=120)
        with open(os.path.join(self.out, 'result.json')) as f:
            receipts = [s['spans'] for s in json.load(f)['segments'] if s['arm'] == 'on@100%']
        self.assertEqual(sorted(r['attributes_per_span'] for r in receipts), [12, 13])  # nethttp, gin
        self.assertEqual([r['events_per_span'] for r in receipts], [0, 0])
        self.assertTrue(all(300 < r['bytes_per_span'] < 600 for r in receipts), receipts)
        self.assertFalse(os.path.exists(os.path.join(self.out, 'frameworks.zh.md')))

    def test_one_target_may_sample_itself_among_others_that_do_not(self):
        suite = {**SUITE,
                 'targets': {'gin': {'emulated': 'gin'}, 'kitex-pb': {'emulated': 'kitex-pb', 'sampling': 'target'}},
                 'scenarios': {'get-user': {**SUITE['scenarios']['get-user'], 'targets': ['gin']},
                               'echo': {'kind': 'kitex-pb', 'targets': ['kitex-pb'], 'method': 'Echo',
                                        'data': {'text': 'hello'}}},
                 'arms': ['off', 'on@50%']}
        process = self.start(suite)
        process.communicate(timeout=120)
        with open(os.path.join(self.out, 'result.json')) as f:
            result = json.load(f)
        receipts = [s['spans'] for s in result['segments'] if s['arm'] == 'on@50%']
        self.assertEqual(len(receipts), 2)
        for receipt in receipts:
            self.assertTrue(receipt['known'])
            self.assertEqual(receipt['received'], receipt['expected'])
            self.assertEqual(receipt['unexpected_traces'], 0)
            self.assertGreater(receipt['received'], 5)
        with open(os.path.join(self.out, 'report.md')) as f:
            self.assertIn('with the traceparent header; of kitex-pb by the target', f.read())

    def test_one_target_gives_none(self):
        process = self.start({**SUITE, 'targets': {'gin': {'emulated': 'gin'}}})
        process.communicate(timeout=120)
        self.assertFalse(os.path.exists(os.path.join(self.out, 'frameworks.md')))

    def test_an_interrupted_run_gives_what_it_has(self):
        process = self.start({**SUITE, 'design': {**SUITE['design'], 'blocks': 20}})
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                with open(os.path.join(self.out, 'result.json')) as f:
                    if json.load(f)['segments']:
                        break
            except (OSError, ValueError):
                pass
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        page = self.page('frameworks.md')
        self.assertIn('> This run is partial: ', page)
        # Not all of it had its turn.
        self.assertRegex(page, r'not measured|too few blocks|void \(')

    def chains(self, sampling):
        """Spans of the chains of orphan-roots.json: {(target, rate): spans}, of 800 requests each."""
        subprocess.run([TRACETAX, 'run', ORPHAN_ROOTS, '--out', self.out, '--set', f'load.sampling={sampling}', '--set',
                        'load.arrivals=constant', '--set', 'design.measure=600ms',
                        # Half of the receipts cannot close, and each of these segments waits so long.
                        '--set', 'design.drain=2s'], capture_output=True, timeout=120)
        with open(os.path.join(self.out, 'result.json')) as f:
            result = json.load(f)
        targets = [cell['target'] for cell in result['cells']]
        return {(targets[s['cell']], int(s['arm'][3:-1]) / 100): s['spans'] for s in result['segments'] if s['arm'] != 'off'}

    def test_what_is_not_sampled_is_an_orphan_root_in_kitex_and_nothing_in_gomicro(self):
        requests = 800
        for (target, rate), spans in self.chains('target').items():
            self.assertEqual(spans['received'], spans['expected'], (target, rate))
            roots = rate * (1 - rate) if target == 'kitex-chain' else 0
            whole = 3 if target == 'kitex-chain' else 4  # spans of a sampled request
            mean = whole * rate + roots
            deviation = (requests * (whole ** 2 * rate + roots - mean ** 2)) ** 0.5
            self.assertLessEqual(abs(spans['received'] - requests * mean), 5 * deviation + 10, (target, rate, spans))

        for (target, rate), spans in self.chains('caller').items():
            if target == 'gomicro-chain':
                self.assertEqual((spans['received'], spans['unexpected_traces']), (spans['expected'], 0), (rate, spans))
                continue
            unsampled = requests - spans['traces_expected']
            # The check before a segment is one more that is not sampled.
            self.assertLessEqual(abs(spans['unexpected_traces'] - unsampled), 3, (rate, spans))
            self.assertEqual(spans['missing_traces'], 0)

    def test_an_unknown_language_is_refused(self):
        run = subprocess.run([TRACETAX, 'run', 'quick', '--lang', 'zn'], capture_output=True, text=True)
        self.assertEqual(run.returncode, 2)
        self.assertIn("--lang: unknown language 'zn'", run.stderr)
        self.assertIn('known: en, zh', run.stderr)


if __name__ == '__main__':
    unittest.main()
