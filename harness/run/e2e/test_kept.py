"""End to end: `tracetax run` of processes that are kept across blocks.

SPDX-License-Identifier: Apache-2.0
"""
import os
import signal
import tempfile
import unittest

from run_testing import Run, command_of, descendants, emulated, rules, runs, server, suite, until

STEADY = {'rate': '200/s', 'arrivals': 'constant', 'timeout': '5s'}
KEPT = {'processes': 'kept', 'fresh_every': 2, 'blocks': 4}
# A busy machine may do that to any segment; so short, CPU per request may fall by chance.
OF_THE_MACHINE = ('driver_lag', 'machine_stalled', 'driver_saturated', 'rate_not_achieved', 'not_warm')


def own_rules(segment):
    return [rule for rule in rules(segment) if rule not in OF_THE_MACHINE]


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
