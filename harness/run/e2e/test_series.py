"""End to end: what `tracetax run` records of a segment over time.

Numbers are not looked at, for the machine may be busy: only that they add up, and that a target that stood still
shows where it did.
SPDX-License-Identifier: Apache-2.0
"""
import unittest

from run_testing import Run, emulated, server, suite

STEADY = {'rate': '400/s', 'arrivals': 'constant', 'timeout': '5s'}


class Series(unittest.TestCase):
    def whole(self, segment):
        """The segment's series, after a look at what must be true of every one."""
        series = segment['series']
        ticks = len(series['requests'])
        self.assertLessEqual(ticks, 100)
        for name, values in series.items():
            if name != 'tick_s':
                self.assertEqual(len(values), ticks, name)
        self.assertEqual(sum(series['requests']), segment['requests'])
        self.assertEqual(sum(series.get('errors', [])), sum(segment['errors'].values()))
        return series

    def test_a_segment_in_one_piece_has_ten_ticks_a_second(self):
        run = Run(self, suite(emulated(), path='/users/42', load=STEADY, design={'measure': '1200ms', 'capacity': '300ms'}))
        for segment in run.segments():
            series = self.whole(segment)
            self.assertEqual(series['tick_s'], 0.1)
            self.assertNotIn('at_s', series)
            if segment['kind'] == 'open':
                self.assertEqual(len(series['requests']), 12)
                used_ms = sum(series['cpu_ms'])
                total_ms = segment['cpu_us']['total'] / 1000
                self.assertGreater(used_ms, 0)
                self.assertLess(used_ms, total_ms * 1.02 + 1, 'the drain is not in it')

    def test_in_turns_a_tick_is_a_slice(self):
        run = Run(self, suite(emulated(), path='/users/42', load=STEADY, design={'measure': '800ms', 'slice': '100ms'}))
        segments = run.segments()
        for segment in segments:
            series = self.whole(segment)
            self.assertEqual(len(series['requests']), 8)
            starts = series['at_s']
            self.assertEqual(starts[0], 0)
            self.assertEqual(starts, sorted(starts))
            self.assertGreater(starts[-1], 0.7)
        self.assertGreater(max(segment['series']['at_s'][-1] for segment in segments), 1.0, 'others lie between')

    def test_a_target_that_stands_still_is_a_hole(self):
        run = Run(self, suite(server('stands-still', 200), arms=('off', 'off2'), load=STEADY, design={'measure': '1500ms'}))
        for segment in run.segments():
            series = self.whole(segment)
            self.assertIn(0, series['requests'])
            self.assertGreater(max(p or 0 for p in series['p99_us'] + series['p50_us']), 100_000)
            hole = series['requests'].index(0)
            self.assertLess(series['cpu_ms'][hole], max(series['cpu_ms']))


if __name__ == '__main__':
    unittest.main()
