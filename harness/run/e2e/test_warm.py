"""End to end: `tracetax run` of services that take time to be warm, and of processes that are kept across blocks.

The service is a stand-in for a just-in-time compiler: it burns less CPU per request as it goes.
SPDX-License-Identifier: Apache-2.0
"""
import os
import signal
import tempfile
import unittest

from run_testing import Run, command_of, descendants, detail, emulated, rules, runs, server, suite, until

STEADY = {'rate': '200/s', 'arrivals': 'constant', 'timeout': '5s'}
SLOW = {**STEADY, 'rate': '100/s'}
KEPT = {'processes': 'kept', 'fresh_every': 2, 'blocks': 4}
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
            self.assertIn('warming was not warm', detail(segment, 'not_warm'))

    def test_until_steady_waits_for_it(self):
        run = Run(self, suite(server('warms', 100), arms=['off'], load=SLOW,
                              design={'warmup': 'until steady', 'warmup_limit': '20s', 'measure': '3s'}))
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


class Kept(unittest.TestCase):
    def folder(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return folder.name

    def test_processes_stay_up_and_are_started_afresh(self):
        for more in ({}, {'slice': '100ms'}, {'capacity': '200ms'}):
            with self.subTest(more):
                folder = self.folder()
                run = Run(self, suite(server('notes-times', env={'TIMES': folder}), load=STEADY,
                                      design={**KEPT, **more}))
                segments = run.segments()
                self.assertEqual(len(segments), 16 if 'capacity' in more else 8)
                for segment in segments:
                    self.assertEqual(segment['launch'], 1 + segment['block'] // 2)
                    self.assertEqual(own_rules(segment), [])
                self.assertEqual(len(os.listdir(folder)), 4, 'two launches of two arms')

    def test_who_waits_is_stopped(self):
        folder = self.folder()
        run = Run(self, suite(server('notes-ticks', env={'TIMES': folder}), load=STEADY,
                              design={**KEPT, 'blocks': 2}))
        run.segments()

        def times_in(name):
            with open(os.path.join(folder, name)) as f:
                return [float(line) for line in f.read().split('\n')[:-1]]

        processes = [name for name in os.listdir(folder) if not name.endswith('.ticks')]
        self.assertEqual(len(processes), 2)
        for name, other in (processes, reversed(processes)):
            ticks, asked = times_in(name + '.ticks'), times_in(other)
            measured = asked[-100:]  # of the 120 of the last block
            beside = [tick for tick in ticks if measured[0] < tick < measured[-1]]
            self.assertEqual(beside, [], 'worked while the other was measured')

    def test_receipts_close_without_an_end(self):
        for sampling in ('caller', 'target'):
            with self.subTest(sampling):
                run = Run(self, suite(emulated(), arms=['off', 'on@50%', 'on@100%'], path='/users/42',
                                      load={'sampling': sampling}, design=KEPT))
                segments = run.segments()
                self.assertEqual(len(segments), 12)
                for segment in segments:
                    self.assertEqual(own_rules(segment), [])
                    self.assertTrue(segment['spans']['known'], segment)
                    self.assertEqual(segment['spans']['received'], segment['spans']['expected'])
                self.assertGreater(run.segments('on@100%')[1]['spans']['received'], 100)

    def test_a_process_that_dies_voids_its_segment_and_is_started_afresh(self):
        # Each block asks 141 times: once to check, 20 times to warm up, 120 times measured.
        run = Run(self, suite(server('exits-while-measured', 200), arms=['off'], load=STEADY,
                              design={**KEPT, 'fresh_every': 4}))
        segments = run.segments()[:4]  # a block that the machine spoils is made up for
        self.assertEqual([s['launch'] for s in segments], [1, 1, 2, 2])
        self.assertEqual([own_rules(s) != [] for s in segments], [False, True, False, True])
        self.assertIn('target_restarted', rules(segments[1]))

    def end_by(self, number, code, segments):
        run = Run(self, suite(server('ok'), load=STEADY, design={**KEPT, 'blocks': 40, 'fresh_every': 20}))
        until(lambda: run.saved_segments() >= segments, 'a block')
        left = [pid for pid in descendants(run.process.pid)]
        self.assertEqual(sum('misbehaving_server' in command_of(pid) for pid in left), 2)
        run.process.send_signal(number)
        self.assertEqual(run.end(), code, run.stderr)
        until(lambda: not any(runs(pid) for pid in left), 'nothing left')
        return run

    def test_ctrl_c_ends_them(self):
        run = self.end_by(signal.SIGINT, 130, 3)
        self.assertEqual(run.result()['status'], 'partial')

    def test_nothing_is_left_after_kill_9(self):
        self.end_by(signal.SIGKILL, -signal.SIGKILL, 3)

    def test_launches_are_counted_in_words(self):
        run = Run(self, suite(server('ok'), load=STEADY, design=KEPT))
        run.end()
        reasons = [c['reason'] for c in run.result()['comparisons'] if c['metric'] == 'cpu_per_request']
        self.assertRegex(reasons[0], 'n = [0-2] launch.*, no interval: blocks on one launch count as one')


if __name__ == '__main__':
    unittest.main()
