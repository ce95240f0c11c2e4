"""End to end: `tracetax run` interrupted or killed: what is saved, how the program ends, and that nothing is
left running.
SPDX-License-Identifier: Apache-2.0
"""
import re
import signal
import time
import unittest

from run_testing import Run, command_of, descendants, rules, runs, server, suite, until


class Endings(unittest.TestCase):
    def started(self, how='daemon', measure='1s'):
        run = Run(self, suite(server(how, ready='http://127.0.0.1:{port}/', stop_within='5s'),
                              design={'blocks': 20, 'measure': measure}))
        run.child('misbehaving_server')
        return run

    def assert_all_gone(self, pids):
        until(lambda: not any(runs(p) for p in pids), f'the end of {[command_of(p) for p in pids if runs(p)]}')

    def test_nothing_is_left_when_the_driver_is_killed(self):
        run = self.started()
        run.child('while :;')
        # 2 keepers, sink, server, daemon; a busy machine takes a moment for them.
        until(lambda: len(descendants(run.process.pid)) >= 5, 'five processes')
        pids = descendants(run.process.pid)
        run.process.kill()
        self.assert_all_gone(pids)

    def test_ctrl_c_finishes_the_segment_and_saves(self):
        run = self.started()
        until(lambda: run.saved_segments() >= 1, 'a segment')
        pids = descendants(run.process.pid)
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.end(), 130, run.stderr)
        result = run.result()
        self.assertEqual(result['status'], 'partial')
        measured = len(result['segments'])
        self.assertRegex(result['partial_reason'], rf'interrupted after {measured} of 40 segments')
        self.assertTrue(all('interrupted' not in rules(s) for s in result['segments']))
        self.assert_all_gone(pids)

    def test_sigterm_ends_with_143(self):
        run = self.started()
        run.process.send_signal(signal.SIGTERM)
        self.assertEqual(run.end(), 143, run.stderr)

    def test_a_second_ctrl_c_ends_at_once(self):
        run = self.started(measure='30s')
        pids = descendants(run.process.pid)
        run.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        self.assertIsNone(run.process.poll())
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.end(timeout=15), 130, run.stderr)
        self.assertEqual(run.result()['status'], 'partial')
        self.assert_all_gone(pids)

    def test_one_ctrl_c_is_enough_where_the_target_hangs(self):
        run = Run(self, suite(server('hangs', 150), load={'timeout': '60s'}, design={'blocks': 20}))
        until(lambda: run.saved_segments() >= 1 or run.process.poll() is not None or self.asked_for_long(run), 'a hang')
        pids = descendants(run.process.pid)
        began = time.monotonic()
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.end(timeout=40), 130, run.stderr)
        self.assertLess(time.monotonic() - began, 30, 'not the time-out of 60 s')
        self.assertEqual(run.result()['status'], 'partial')
        self.assert_all_gone(pids)

    def asked_for_long(self, run):
        """Whether it has had time to hang."""
        self.started_at = getattr(self, 'started_at', time.monotonic())
        return time.monotonic() - self.started_at > 4

    def test_a_second_run_in_the_same_folder_is_refused(self):
        first = self.started(measure='30s')
        second = Run(self, suite(server('ok')), out=first.out)
        self.assertEqual(second.end(), 2, second.stderr)
        self.assertIn('another run is writing there', second.stderr)
        self.assertIn('a folder of its own', second.stderr)
        first.process.kill()
        first.process.communicate()
        first.ended = True
        third = Run(self, suite(server('ok')), out=first.out)  # the lock ended with the process
        third.end()
        self.assertNotIn('another run', third.stderr)
        self.assertGreater(len(third.result()['segments']), 0)

    def test_progress_is_plain_without_a_terminal_and_quiet_when_asked(self):
        run = Run(self, suite(server('ok')))
        run.end()
        self.assertNotIn('\x1b', run.stderr)
        self.assertTrue(re.search(r'block 1/1|arm off|ramp|launch', run.stderr), run.stderr)
        quiet = Run(self, suite(server('ok')), '--quiet')
        quiet.end()
        self.assertNotIn('block 1/1', quiet.stderr)


if __name__ == '__main__':
    unittest.main()
