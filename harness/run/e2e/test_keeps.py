"""End to end: arms that drop traces on purpose, by the rule that they give themselves.

SPDX-License-Identifier: Apache-2.0
"""
import unittest

from run_testing import Run, detail, emulated, rules, suite

CLASSES = {'users': {'kind': 'http', 'requests': [
    {'path': '/users/1', 'weight': 14},
    {'path': '/users/2?fail=1', 'weight': 2, 'class': 'error', 'expect': {'status': 500}},
    {'path': '/users/3?slow=5ms', 'weight': 1, 'class': 'slow'},
    {'path': '/users/4?priority=high', 'weight': 1, 'class': 'vip'},
    {'path': '/healthz', 'weight': 1, 'class': 'rare'},
    {'path': '/users/5?late=60ms', 'weight': 1, 'class': 'late', 'extra_spans': 1}]}}
RATIO = {'name': 'traceidratio', 'arg': '0.1'}
OF_THE_MACHINE = ('driver_lag', 'machine_stalled', 'driver_saturated', 'rate_not_achieved', 'not_warm')


def arm(name, keeps, sampler=None, **more):
    return {'name': name, 'rate': '100%', 'keeps': keeps, **({'sampler': sampler} if sampler else {}), **more}


class Keeps(unittest.TestCase):
    def segments(self, arms, **load):
        run = Run(self, suite(emulated(), arms=['off', *arms],
                              load={'rate': '400/s', 'timeout': '20s', **load},
                              design={'measure': '1500ms', 'drain': '20s', 'settle': '1s'}, scenarios=CLASSES))
        by_arm = {s['arm']: s for s in run.segments()}
        for segment in by_arm.values():
            self.assertEqual(segment['errors'], {}, 'a 500 that was expected is no error')
        return run, by_arm

    def own(self, segment):
        return [rule for rule in rules(segment) if rule not in OF_THE_MACHINE]

    def test_a_ratio_closes_by_its_rule_and_by_no_other(self):
        run, segments = self.segments([
            'on@100%', arm('ratio', {'rest': '10%'}, RATIO), arm('all', {'rest': '100%'}),
            arm('wrong', {'rest': '60%'}, RATIO), arm('errors', {'error': '100%', 'rest': '10%'}, RATIO)])
        for name in ('off', 'on@100%', 'ratio', 'all'):
            self.assertEqual(self.own(segments[name]), [], name)
        # Without a rule the classes are counted, and every sampled trace has to come.
        self.assertEqual({c['class'] for c in segments['on@100%']['spans']['keeps']['classes']},
                         {'normal', 'error', 'slow', 'vip', 'rare', 'late'})
        keeps = {name: segments[name]['spans']['keeps'] for name in ('ratio', 'all', 'wrong', 'errors')}
        classes = {c['class']: c for c in keeps['ratio']['classes']}
        self.assertEqual(set(classes), {'normal', 'error', 'slow', 'vip', 'rare', 'late'})
        sent = {name: c['sent'] for name, c in classes.items()}
        self.assertGreater(sent['normal'], 4 * sent['error'])
        self.assertEqual(keeps['ratio']['broken'], [])
        # The target's sampler says itself how many it kept.
        self.assertEqual(keeps['ratio']['traces_kept'],
                         segments['ratio']['spans']['traces_received'] + keeps['ratio']['uncertain'])
        self.assertLess(segments['ratio']['sampled_share'], 0.3)
        self.assertGreater(segments['ratio']['sampled_share'], 0)
        for c in keeps['all']['classes']:
            self.assertEqual((c['whole'], c['part']), (c['sent'], 0), c)
            self.assertEqual(c['spans'], c['sent'] * (2 if c['class'] == 'late' else 1), c)
        for name, word in (('wrong', 'too few for 60%'), ('errors', 'traces of class error are missing')):
            self.assertIn('receipt_open', rules(segments[name]))
            why = detail(segments[name], 'receipt_open')
            self.assertIn(word, why)
            self.assertIn('"keeps"', why)
            self.assertNotIn('SIGTERM', why)
        self.assertIn('traces kept, by class', run.stdout)

    def test_lost_traces_void_though_any_number_may_come(self):
        _, segments = self.segments([arm('loses', {}, RATIO, per_target={'victim': {'args': ['--lose-spans', '30%']}})])
        self.assertIn('receipt_open', rules(segments['loses']))
        self.assertIn('did not come', detail(segments['loses'], 'receipt_open'))

    def test_the_target_may_decide_in_every_arm(self):
        _, segments = self.segments(['on@50%', arm('ratio', {'rest': '10%'}, RATIO)], sampling='target')
        for name in ('on@50%', 'ratio'):
            self.assertEqual(self.own(segments[name]), [], name)


if __name__ == '__main__':
    unittest.main()
