"""End to end: `tracetax run` that ends early because going on is of no use, what it keeps then, and how it replaces
blocks that were lost to chance.
SPDX-License-Identifier: Apache-2.0
"""
import os
import subprocess
import tempfile
import unittest

from run_testing import TRACETAX, Run, chain, rules, server, suite


class LostCauses(unittest.TestCase):
    def ends_early(self, target, rule, *words, **more):
        run = Run(self, suite(target, design={'blocks': 6, 'drain': '500ms'}, **more))
        self.assertEqual(run.end(), 4, run.stderr)
        self.assertEqual(len(run.segments()), 2, run.stderr)
        for segment in run.segments():
            self.assertIn(rule, rules(segment))
        for word in ('failed in the same way, and so would the next segment', *words):
            self.assertIn(word, run.stderr)
        return run

    def test_a_target_that_ignores_sigterm(self):
        self.ends_early(server('ignores-sigterm', stop_within='300ms'), 'target_killed', 'make it end on SIGTERM')

    def test_a_target_that_dies_while_it_is_measured(self):
        run = self.ends_early(server('exits-while-measured', 60), 'target_restarted', 'out of ideas')
        kept = os.path.join(run.out, f'target-{run.segments()[0]["arm"]}.first-failure.log')
        self.assertIn(f'its output is in {kept}', run.stderr)
        with open(kept) as log:
            text = log.read()
        self.assertIn('block 1: target victim exited with code 4', text)
        self.assertIn('# command: ', text)
        self.assertIn('exits-while-measured 60\n', text)
        self.assertIn('#   OTEL_TRACES_EXPORTER=none', text)
        self.assertTrue(text.endswith('\nout of ideas\n'), text)

    def test_a_target_most_of_whose_answers_are_errors(self):
        self.ends_early(server('errors-after', 20), 'too_many_errors', 'status_500', 'look at its output')

    def test_a_traceback_survives_whole_and_its_last_line_is_quoted(self):
        run = self.ends_early(server('raises'), 'target_failed', "last words: KeyError: 'DATABASE_URL'")
        with open(os.path.join(run.out, 'target-off.first-failure.log')) as log:
            self.assertRegex(log.read(), r"Traceback \(most recent call last\):\n  File (?s:.*)\nKeyError: 'DATABASE_URL'\n")

    def test_a_wrong_number_of_spans_and_what_was_measured_is_kept(self):
        target = {**chain(), 'spans_per_request': 1}
        run = Run(self, suite(target, ['off', 'on@50%', 'on@100%'], design={'blocks': 6, 'drain': '500ms'}))
        self.assertEqual(run.end(), 4, run.stderr)
        self.assertLessEqual(len(run.segments()), 3)
        self.assertIn('Each trace has 3 spans and not 1: set the target\'s spans_per_request to 3', run.stderr)
        self.assertIn(run.result()['status'], ('partial', 'invalid'))  # off may be late, or not measured yet
        self.assertTrue(os.path.exists(os.path.join(run.out, 'report.md')))


class Replacements(unittest.TestCase):
    def test_a_block_that_was_lost_to_chance_is_measured_again(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        # The second of the launches is too slow for the rate.
        run = Run(self, suite(server('slow-once', 2, env={'TIMES': folder.name}), design={'blocks': 4}))
        run.end()
        result = run.result()
        own = {block: [rules(s) for s in result['segments'] if s['block'] == block] for block in range(4)}
        if all(any(block) for block in own.values()):
            self.skipTest('not one block is whole on a machine as busy as this')
        self.assertEqual(result['status'], 'complete', run.stderr)
        self.assertGreaterEqual(max(s['block'] for s in result['segments']), 4, own)
        self.assertEqual(len(result['plan']), len(result['segments']))
        first = [s for s in result['segments'] if s['block'] == 0]
        self.assertIn('rate_not_achieved', {rule for s in first for rule in rules(s)})
        with open(os.path.join(run.out, 'report.md')) as report:
            self.assertRegex(report.read(), r'4 blocks, and \d more in place of blocks lost')


class Time(unittest.TestCase):
    def test_no_block_begins_that_would_end_later(self):
        run = Run(self, suite(server('ok'), design={'blocks': 20}), '--max-time', '4s')
        run.end()
        self.assertIn('the time of 4 s is up', run.result()['stop_reason'])
        self.assertLess(len(run.segments()), 20)

    def test_a_dry_run_prints_the_plan_and_measures_nothing(self):
        run = Run(self, suite(server('ok'), design={'blocks': 20}), '--dry-run')
        self.assertEqual(run.end(), 0, run.stderr)
        self.assertIn('test: off, off2; in each block every arm once', run.stdout)
        self.assertIn('20 blocks in about ', run.stdout)
        self.assertIn('at most 10 more', run.stdout)
        self.assertFalse(os.path.exists(run.out))

    def test_a_time_that_is_none_is_a_mistake(self):
        done = subprocess.run([TRACETAX, 'run', 'quick', '--max-time', '0'], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn('--max-time', done.stderr)


if __name__ == '__main__':
    unittest.main()
