"""End to end: samplers and what they keep, as `tracetax run samplers` has them.

What is looked at are counts that the rule of each arm fixes: no machine is too busy for that.
SPDX-License-Identifier: Apache-2.0
"""
import csv
import io
import json
import os
import re
import subprocess
import unittest

from run_testing import TRACETAX, Run, rules

ARMS = ('off', 'off2', 'on@100%', 'on@10%', 'on@1%', 'ratio', 'probability', 'rate-limit', 'jaeger', 'priority', 'load',
        'tail')
SENT = ('error', 'slow', 'rare', 'vip', 'late', 'normal')


def shortened(**more):
    """The suite `samplers`, so that the file itself is what is tested, at a rate that any machine has."""
    return {'name': 'samplers', 'extends': 'samplers', 'load': {'rate': '1k/s'}, **more}


def on_a_quiet_machine(result):
    """The same with segments that are void by their receipt alone: whose traces came does not depend on the machine."""
    for segment in result['segments']:
        segment['voids'] = [void for void in segment['voids'] if void['rule'] == 'receipt_open']
    return result


def report(path, form):
    return subprocess.run([TRACETAX, 'report', path, '--format', form], capture_output=True, text=True, timeout=60).stdout


class Samplers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        case = cls('test_every_arm_keeps_its_rule')
        cls.run_ = Run(case, shortened(), '--set', 'design.blocks=1', '--set', 'design.measure=2s')
        cls.code = cls.run_.end(300)
        cls.quiet = os.path.join(cls.run_.folder, 'quiet.json')
        with open(cls.quiet, 'w') as f:
            json.dump(on_a_quiet_machine(cls.run_.result()), f)
        cls.csv = report(cls.quiet, 'samplers-csv')
        cls.text = report(cls.quiet, 'text')
        with open(os.path.join(cls.run_.out, 'samplers.md')) as f:
            cls.page = f.read()
        cls.segments = {segment['arm']: segment for segment in cls.run_.segments() if segment['kind'] == 'open'}
        case.doCleanups()

    def keeps(self, arm):
        account = self.segments[arm]['spans']['keeps']
        return {c['class']: c for c in account['classes']}, account

    def test_every_arm_keeps_its_rule(self):
        self.assertEqual(tuple(sorted(self.segments)), tuple(sorted(ARMS)), self.run_.stderr)
        for arm, segment in self.segments.items():
            self.assertNotIn('receipt_open', rules(segment), arm)
        for arm in ARMS[5:]:
            classes, account = self.keeps(arm)
            self.assertEqual(account['broken'], [], arm)
            self.assertEqual(set(classes), set(SENT), arm)
            self.assertEqual(sum(c['part'] for c in classes.values()), 0, arm)

    def test_the_tail_keeps_errors_and_the_head_cannot(self):
        tail, _ = self.keeps('tail')
        for name in ('error', 'slow'):
            self.assertGreater(tail[name]['sent'], 0)
            self.assertEqual(tail[name]['whole'], tail[name]['sent'], name)
        self.assertLess(tail['normal']['whole'], tail['normal']['sent'] / 2)
        priority, _ = self.keeps('priority')
        self.assertEqual(priority['vip']['whole'], priority['vip']['sent'])
        self.assertLess(priority['error']['whole'], priority['error']['sent'])

    def test_callers_shares_are_counted_by_class_too(self):
        everything, _ = self.keeps('on@100%')
        for name, account in everything.items():
            self.assertEqual(account['whole'], account['sent'], name)
        tenth, _ = self.keeps('on@10%')
        self.assertEqual(set(tenth), set(SENT))
        self.assertAlmostEqual(tenth['normal']['whole'] / tenth['normal']['sent'], 0.1, delta=0.05)

    def test_the_stage_is_charged_to_who_uses_it(self):
        stage = {arm: next(s['cpu_us'] for s in segment['services'] if s['name'] == 'tail')
                 for arm, segment in self.segments.items()}
        self.assertGreater(stage['tail'], 2 * stage['off'])

    def test_the_table_is_printed_and_written(self):
        self.assertIn('T3, gin, errors at equal stored bytes', self.run_.stdout)
        self.assertRegex(self.text, r'(?m)^tail +[0-9.]+ B .* more')
        self.assertIn('## T3: what it costs, gin', self.page)
        for arm in ARMS:
            self.assertRegex(self.page, r'(?m)^\| ' + re.escape(arm).replace('@', '.'), arm)

    def test_the_csv_has_recall_at_equal_bytes(self):
        rows = list(csv.DictReader(io.StringIO(self.csv)))
        at = {row['arm']: float(row['value']) for row in rows
              if row['quantity'] == 'recall_at_0.1' and row['of'] == 'error'}
        self.assertAlmostEqual(at['on@100%'], 0.1, places=6)
        self.assertGreater(at['tail'], 0.3)
        self.assertLess(at['ratio'], 0.4)


if __name__ == '__main__':
    unittest.main()
