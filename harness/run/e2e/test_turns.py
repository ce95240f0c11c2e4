"""End to end: `tracetax run` of a suite whose arms take turns (design.slice).

Numbers are not looked at, for the machine may be busy: only who was asked when, what closes and what is saved.
SPDX-License-Identifier: Apache-2.0
"""
import itertools
import os
import signal
import tempfile
import unittest

from run_testing import Run, emulated, rules, server, suite, until

IN_TURNS = {'measure': '800ms', 'slice': '100ms'}
STEADY = {'rate': '400/s', 'arrivals': 'constant', 'timeout': '5s'}
EACH_SLICE = 40  # requests: 400/s for 100 ms


class Turns(unittest.TestCase):
    def test_the_load_goes_to_one_arm_at_a_time_slice_by_slice(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        run = Run(self, suite(server('notes-times', env={'TIMES': folder.name}), load=STEADY, design=IN_TURNS))
        segments = run.segments()
        asked = []
        for name in os.listdir(folder.name):
            with open(os.path.join(folder.name, name)) as f:
                times = [float(line) for line in f]
            # Once to see that it answers, 40 to warm up, and eight slices.
            self.assertEqual(len(times), 1 + 40 + 8 * EACH_SLICE)
            asked += [(time, name) for time in times]
        self.assertEqual(len(os.listdir(folder.name)), 2, 'one process per arm')
        stretches = [(name, len(list(group))) for name, group in itertools.groupby(sorted(asked), lambda a: a[1])]
        self.assertGreater(len(stretches), 4, stretches)
        for _, length in stretches:
            self.assertIn(length % EACH_SLICE, (0, 1), stretches)
        for segment in segments:
            self.assertEqual(segment['slices'], 8)
            self.assertEqual(segment['requests'], 8 * EACH_SLICE)
            self.assertAlmostEqual(segment['asked_rate'], 400)
            self.assertLess(segment['dur_s'], 1.6)  # its own slices, not the other's
            self.assertGreater(segment['cpu_us']['total'], 0)

    def test_who_waits_for_its_turn_is_stopped(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        run = Run(self, suite(server('notes-ticks', env={'TIMES': folder.name}), load=STEADY, design=IN_TURNS))
        self.assertEqual(len(run.segments()), 2)

        def times_in(name):
            with open(os.path.join(folder.name, name)) as f:
                return [float(line) for line in f.read().split('\n')[:-1]]

        processes = [name for name in os.listdir(folder.name) if not name.endswith('.ticks')]
        asked = {name: times_in(name)[1 + 40:] for name in processes}  # the check and the warm-up left out
        for name, other in itertools.permutations(processes):
            ticks = times_in(name + '.ticks')
            for i in range(0, len(asked[other]), EACH_SLICE):
                first, last = asked[other][i], asked[other][i + EACH_SLICE - 1]
                beside = [tick for tick in ticks if first < tick < last]
                self.assertEqual(beside, [], f'slice {i // EACH_SLICE}: worked while the other had its turn')
            own = [tick for tick in ticks if asked[name][0] < tick < asked[name][-1]]
            self.assertGreater(len(own), 8 * 3, 'works in its own slices')

    def test_every_arm_has_a_receipt_of_its_own(self):
        run = Run(self, suite(emulated(), arms=['off', 'on@50%', 'on@100%'],
                              path='/users/42',
                              design={'blocks': 2, 'measure': '500ms', 'slice': '100ms'}))
        self.assertGreaterEqual(len(run.segments()), 6)  # more where chance took a block
        for segment in run.segments():
            self.assertTrue(segment['spans']['known'])
            self.assertEqual(segment['spans']['received'], segment['spans']['expected'])
            self.assertEqual(segment['spans']['unexpected_traces'], 0)
            self.assertNotIn('receipt_open', rules(segment))
        for segment in run.segments('on@100%'):
            self.assertGreater(segment['spans']['received'], 100)

    def test_a_capacity_segment_is_in_one_piece(self):
        run = Run(self, suite(emulated(), path='/users/42', design={'capacity': '100ms', 'measure': '200ms', 'slice': '100ms'}))
        slices = {(s['kind'], s['slices']) for s in run.segments()}
        self.assertEqual(slices, {('open', 2), ('capacity', 1)})

    def with_one_arm_as(self, program):
        """The segments of off, which is well, and of an arm that runs another program."""
        other = {'name': 'other', 'role': 'rate', 'state': 'drop', 'rate': '100%',
                 'per_target': {'victim': {'command': program['command']}}}
        run = Run(self, suite(server('ok'), arms=['off', other], load=STEADY, design=IN_TURNS))
        return run.segments('off')[0], run.segments('other')[0]

    def test_an_arm_that_fails_spoils_no_other(self):
        off, other = self.with_one_arm_as(server('exits-while-measured', 100))
        self.assertIn('target_restarted', rules(other))
        self.assertNotIn('target_restarted', rules(off))
        self.assertEqual(off['requests'], 8 * EACH_SLICE)

    def test_an_arm_that_does_not_come_up_spoils_no_other(self):
        off, other = self.with_one_arm_as(server('exits'))
        self.assertEqual(rules(other), ['target_failed'])
        self.assertEqual(off['requests'], 8 * EACH_SLICE)

    def test_ctrl_c_finishes_the_block(self):
        run = Run(self, suite(server('ok'), design={'blocks': 20, **IN_TURNS}))
        until(lambda: run.saved_segments() >= 2, 'a block')
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.end(), 130, run.stderr)
        arms = [s['arm'] for s in run.result()['segments']]
        self.assertEqual(arms.count('off'), arms.count('off2'))
        self.assertIn(f'interrupted after {len(arms)} of 40', run.result()['partial_reason'])

    def test_one_port_for_many_sinks_is_a_mistake(self):
        run = Run(self, suite(emulated(), design=IN_TURNS, sink={'port': 14318}))
        self.assertEqual(run.end(), 2)
        self.assertIn('a sink each', run.stderr)


if __name__ == '__main__':
    unittest.main()
