"""End to end: `tracetax run` of services that take time to be warm.

The service is a stand-in for a just-in-time compiler: it burns less CPU per request as it goes.
SPDX-License-Identifier: Apache-2.0
"""
import unittest

from run_testing import Run, detail, rules, server, suite

SLOW = {'rate': '100/s', 'arrivals': 'constant', 'timeout': '5s'}
# A busy machine may do that to any segment.
OF_THE_MACHINE = ('driver_lag', 'machine_stalled', 'driver_saturated', 'rate_not_achieved')


def own_rules(segment):
    return [rule for rule in rules(segment) if rule not in OF_THE_MACHINE]


class Warmth(unittest.TestCase):
    def test_a_block_of_a_service_that_is_not_warm_is_void(self):
        other = {'name': 'warming', 'role': 'rate', 'state': 'drop', 'rate': '100%',
                 'per_target': {'victim': {'command': server('warms', 150)['command']}}}
        for _ in range(3):  # what else runs here may hide the fall
            run = Run(self, suite(server('ok'), arms=['off', other], load=SLOW, design={'measure': '4s'}))
            run.end()
            costs = run.segments('warming')[0].get('third_costs_us', [1, 1, 1])
            if costs[0] > 1.15 * costs[2] and costs[0] > 1.05 * costs[1] and costs[1] > 1.05 * costs[2]:
                break
        else:
            self.fail(f'no fall to be seen in three runs: {costs}')
        for segment in run.segments()[:2]:
            self.assertEqual(own_rules(segment), ['not_warm'], segment.get('third_costs_us'))
            self.assertIn('was not warm', detail(segment, 'not_warm'))  # a busy machine may make off fall, too

    def test_until_steady_waits_for_it(self):
        run = Run(self, suite(server('warms', 100), arms=['off'], load=SLOW,
                              design={'warmup': 'until steady', 'warmup_limit': '60s', 'measure': '3s'}))
        segment = run.segments('off')[0]
        self.assertNotIn('not_warm', rules(segment))
        warm_up = segment['warm_up']
        self.assertTrue(warm_up['steady'])
        self.assertGreaterEqual(warm_up['took_s'], 8)
        self.assertGreaterEqual(len(warm_up['window_costs_us']), 8)
        self.assertGreater(warm_up['window_costs_us'][0], 1.5 * warm_up['window_costs_us'][-1])
        self.assertRegex(run.stdout, 'The service was warm after [0-9]+ s')

    def test_the_limit_of_a_warm_up_is_kept_and_told(self):
        run = Run(self, suite(server('warms', 1500), arms=['off'], load=SLOW,
                              design={'warmup': 'until steady', 'warmup_limit': '9s'}))
        segment = run.segments('off')[0]
        self.assertFalse(segment['warm_up']['steady'])
        self.assertLess(segment['warm_up']['took_s'], 11)
        self.assertTrue(any('limit' in w and 'warmup_limit' in w for w in run.result()['warnings']),
                        run.result()['warnings'])


if __name__ == '__main__':
    unittest.main()
