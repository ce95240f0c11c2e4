"""End to end: `tracetax compare` on stored results, made worse, foreign or broken on purpose.

SPDX-License-Identifier: Apache-2.0
"""
import copy
import json
import os
import shutil
import subprocess
import tempfile
import unittest

TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
STORED = os.path.join(os.environ['TRACETAX_SOURCE'], 'reports', 'testdata', 'small-complete.json')


def compare(*arguments):
    return subprocess.run([TRACETAX, 'compare', *arguments], text=True, capture_output=True, timeout=60,
                          env={**os.environ, 'COLUMNS': '200'})


class Compare(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='tracetax-compare-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.stored = self.changed('stored.json', lambda result: None)

    def changed(self, name, change):
        """The stored result, each of its six blocks measured a second time, with `change` done to it."""
        with open(STORED) as f:
            result = json.load(f)
        result['segments'] += [{**copy.deepcopy(s), 'block': s['block'] + 6} for s in result['segments']]
        change(result)
        path = os.path.join(self.folder, name)
        with open(path, 'w') as f:
            json.dump(result, f)
        return path

    def dearer(self, share, arm='on@100%'):
        def change(result):
            for segment in result['segments']:
                if segment['arm'] == arm and segment['cpu_us']:
                    segment['cpu_us']['total'] = round(segment['cpu_us']['total'] * share, 3)
        return self.changed(f'dearer-{share}.json', change)

    def test_a_result_is_no_worse_than_itself(self):
        done = compare(self.stored, self.stored)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('compared: no arm regressed', done.stdout)
        self.assertIn('within the margin', done.stdout)
        self.assertNotIn('--force', done.stdout)

    def test_an_arm_that_became_dearer_is_worse(self):
        dearer = self.dearer(1.3)
        done = compare(self.stored, dearer)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn('REGRESSED (CPU per request of on@100% in gin)', done.stdout)
        self.assertEqual(compare(dearer, self.stored).returncode, 0)  # the other way round it is better
        self.assertEqual(compare(self.stored, dearer, '--margin', '40%').returncode, 0)

    def test_a_change_at_the_margin_cannot_be_told(self):
        done = compare(self.stored, self.dearer(1.03))
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn('it cannot be told', done.stdout)

    def test_stored_comparisons_are_not_trusted(self):
        def lie(result):
            for comparison in result['comparisons']:
                comparison['estimate_pct'] = 900
        done = compare(self.stored, self.changed('lie.json', lie))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_another_machine_is_refused_with_every_difference(self):
        def move(result):
            result['environment']['fingerprint'] = 'b' * 64
            result['environment']['kernel'] = 'Linux 9.9'
            result['config']['resolved']['design']['measure'] = '2s'
        moved = self.changed('moved.json', move)
        done = compare(self.stored, moved)
        self.assertEqual(done.returncode, 5, done.stdout + done.stderr)
        self.assertEqual(done.stdout, '')
        for words in ('machine fingerprint (forbids): aaaaaaaaaaaa before, bbbbbbbbbbbb after', 'Linux 9.9',
                      'design.measure: 3s before, 2s after', '--force'):
            self.assertIn(words, done.stderr)
        forced = compare(self.stored, moved, '--force')
        self.assertEqual(forced.returncode, 0, forced.stdout + forced.stderr)
        self.assertIn('compared with --force although these differ: machine fingerprint', forced.stdout)
        stored = json.loads(compare(self.stored, moved, '--force', '--format', 'json').stdout)
        self.assertTrue(stored['forced'])

    def test_another_suite_is_refused(self):
        def edit(result):
            result['config']['digest_sha256'] = 'd' * 64
        done = compare(self.stored, self.changed('edited.json', edit))
        self.assertEqual(done.returncode, 5, done.stdout + done.stderr)
        self.assertIn('suite digest (forbids)', done.stderr)

    def test_formats(self):
        done = compare(self.stored, self.dearer(1.3), '--format', 'json')
        self.assertEqual(done.returncode, 1, done.stderr)
        comparison = json.loads(done.stdout)
        self.assertEqual(comparison['schema'], 'tracetax/comparison')
        self.assertEqual(comparison['exit_code'], 1)
        self.assertFalse(comparison['forced'])
        words = {(c['metric'], c['arm']): c['word'] for c in comparison['comparisons']}
        self.assertEqual(words['cpu_per_request', 'on@100%'], 'regressed')
        self.assertEqual(words['cpu_per_request', 'on@10%'], 'within the margin')
        markdown = compare(self.stored, self.stored, '--format', 'md')
        self.assertTrue(markdown.stdout.startswith('### compared: no arm regressed'), markdown.stdout)

    def test_what_is_no_result_is_never_zero(self):
        broken = os.path.join(self.folder, 'broken.json')
        with open(STORED) as f, open(broken, 'w') as g:
            g.write(f.read()[:5000])
        empty = os.path.join(self.folder, 'empty.json')
        open(empty, 'w').close()
        for bad in (broken, empty):
            for pair in ((self.stored, bad), (bad, self.stored)):
                done = compare(*pair)
                self.assertEqual(done.returncode, 5, done.stdout + done.stderr)
        self.assertEqual(compare(self.stored, os.path.join(self.folder, 'none.json')).returncode, 2)

    def test_usage(self):
        two = (self.stored, self.stored)
        for arguments in ((), (self.stored,), (*two, self.stored), (*two, '--margin', '5us'),
                          (*two, '--format', 'xml'), (*two, '--forse')):
            done = compare(*arguments)
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertEqual(done.stdout, '')
        self.assertEqual(compare('--help').returncode, 0)


if __name__ == '__main__':
    unittest.main()
