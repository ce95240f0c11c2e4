"""End to end: `tracetax trend` over a folder of results, as a nightly job leaves them. They are one small record, with
its CPU times scaled by the noise of a night and, from the 41st on, by a step of 10 %.

SPDX-License-Identifier: Apache-2.0
"""
import copy
import datetime
import hashlib
import json
import math
import os
import random
import shutil
import subprocess
import tempfile
import unittest

TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
STORED = os.path.join(os.environ['TRACETAX_SOURCE'], 'reports', 'testdata', 'small-complete.json')
FIRST = datetime.date(2026, 9, 22)
STEP_AT = 40  # on 2026-11-01
NIGHT_NOISE = 0.02  # standard deviation of what a night does to each arm's CPU
ONE_BAD_NIGHT = 17


def commit(index):
    return hashlib.sha1(str(index).encode()).hexdigest()


def night(record, index, rng, step):
    """One result: on@100% costs `step` times as much as it did, the night's noise beside."""
    result = copy.deepcopy(record)
    day = FIRST + datetime.timedelta(days=index)
    result['run_id'] = f'run-{index}'
    result['started_at'] = f'{day}T02:00:00.000Z'
    result['label'] = commit(index)
    noise = {arm['id']: rng.gauss(0, NIGHT_NOISE) * (15 if index == ONE_BAD_NIGHT else 1) for arm in result['arms']}
    noise['off2'] = rng.gauss(0, NIGHT_NOISE)
    noise['off'] = 0
    for segment in result['segments']:
        if not segment['cpu_us']:
            continue
        stepped = step if segment['arm'] == 'on@100%' else 1
        segment['cpu_us']['total'] = round(segment['cpu_us']['total'] * stepped * math.exp(noise[segment['arm']]), 3)
    return result


def trend(*arguments):
    return subprocess.run([TRACETAX, 'trend', *arguments], text=True, capture_output=True, timeout=120,
                          env={**os.environ, 'COLUMNS': '120'})


class Trend(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix='tracetax-trend-')
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        with open(STORED) as f:
            record = json.load(f)
        record['segments'] += [{**copy.deepcopy(s), 'block': s['block'] + 6} for s in record['segments']]
        for name, steps in (('history', True), ('quiet', False)):
            rng = random.Random(7)
            for index in range(60):
                step = 1.10 if steps and index >= STEP_AT else 1
                cls.save(night(record, index, rng, step), name, f'{index:02}')

    @classmethod
    def save(cls, result, *path):
        folder = os.path.join(cls.folder, *path)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, 'result.json'), 'w') as f:
            json.dump(result, f)

    def path(self, name):
        return os.path.join(self.folder, name)

    def test_a_step_of_ten_percent_is_found_and_nothing_else(self):
        done = trend(self.path('history'), '--fail-on-shift', '21')
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn('CPU per request of on@100% in gin shifted for the worse by', done.stderr)
        self.assertIn('60 results, 2026-09-22 to 2026-11-20', done.stdout)
        self.assertIn('\n1 shift, 1 for the worse.\n', done.stdout)
        words = ' '.join(done.stdout.split())
        self.assertIn(f'From {commit(STEP_AT)[:8]} (2026-11-01) on, CPU per request of on@100% in gin, against off, '
                      'is higher by', words)

    def test_sixty_quiet_nights_and_a_bad_one_are_quiet(self):
        done = trend(self.path('quiet'), '--fail-on-shift', '60')
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('\nNothing has shifted.\n', done.stdout)

    def test_only_a_recent_shift_fails(self):
        old = trend(self.path('history'), '--fail-on-shift', '10', '--format', 'md')
        self.assertEqual(old.returncode, 0, old.stderr)
        small = trend(self.path('history'), '--fail-on-shift', '21', '--margin', '20%', '--format', 'md')
        self.assertEqual(small.returncode, 0, small.stderr)
        self.assertEqual(small.stdout, old.stdout)  # the same every time
        self.assertIn('**1 shift, 1 for the worse.**', old.stdout)

    def test_a_page(self):
        page = trend(self.path('history'), '--format', 'html').stdout
        self.assertTrue(page.startswith('<!doctype html>'), page[:100])
        self.assertLess(len(page), 1_000_000)
        for reference in ('http:', 'https:', 'src=', 'url('):
            self.assertNotIn(reference, page.replace('xmlns="http://www.w3.org/2000/svg"', ''))
        self.assertNotIn('NaN', page)

    def test_what_cannot_be_read_is_named_and_skipped(self):
        mixed = self.path('mixed')
        shutil.copytree(self.path('quiet'), mixed)
        with open(os.path.join(mixed, '03', 'result.json'), 'w') as f:
            f.write('{"schema": "other"}')
        done = trend(mixed)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('59 results', done.stdout)
        self.assertIn('skipped: ', done.stdout)
        self.assertIn('03/result.json', ' '.join(done.stdout.split()))

    def test_nothing_usable_is_5_and_nothing_there_is_2(self):
        empty = self.path('empty')
        os.makedirs(empty, exist_ok=True)
        done = trend(empty)
        self.assertEqual(done.returncode, 5, done.stdout + done.stderr)
        self.assertIn('no result.json in it', done.stderr)
        self.assertEqual(done.stdout, '')
        for arguments in ((self.path('none'),), (), (empty, '--format', 'xml'), (empty, '--fail-on-shift', '0')):
            self.assertEqual(trend(*arguments).returncode, 2, arguments)

    def test_files_by_name_and_the_newest_only(self):
        files = [os.path.join(self.path('history'), f'{index:02}', 'result.json') for index in range(12)]
        done = trend(*files, files[0], '--last', '11')
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn('11 results, 2026-09-23 to 2026-10-03', done.stdout)
        self.assertIn('older results that are left out (--last): 1', done.stdout)


if __name__ == '__main__':
    unittest.main()
