"""End to end: systems of several services, each by its own suite, shortened to a few seconds. Every trace has the spans that
follow from the topology and the branches taken, at every share of sampled requests, and what must hold of the system does.

Ends with 77 where Redis or PostgreSQL is not there; in CI they have to be.
SPDX-License-Identifier: Apache-2.0
"""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
SHORT = {'design.blocks': 1, 'design.warmup': '300ms', 'design.measure': '1s', 'load.rate': '300/s'}
# Other rules are about the quality of the measurement, which a busy machine spoils.
WRONG = {'receipt_open', 'invariant_broken', 'too_many_errors', 'companion_failed', 'target_failed', 'target_killed', 'target_restarted'}


def run(name, arms, **more):
    """The segments by arm, of a run in which nothing went wrong."""
    out = tempfile.mkdtemp(prefix='tracetax-systems-')
    try:
        options = []
        for key, value in {**SHORT, 'arms': arms, **more}.items():
            options += ['--set', f'{key}={json.dumps(value)}']
        ended = subprocess.run([TRACETAX, 'run', name, '--no-check', '--out', out, *options], capture_output=True, text=True,
                               timeout=120, check=False)
        with open(os.path.join(out, 'result.json')) as f:
            segments = json.load(f)['segments']
        voids = [(s['arm'], v['rule'], v['detail']) for s in segments for v in s['voids'] if v['rule'] in WRONG]
        assert not voids, (voids, ended.stderr)
        return {s['arm']: s for s in segments}
    finally:
        shutil.rmtree(out, ignore_errors=True)


def held(segment):
    """The names of its invariants, which hold."""
    for invariant in segment['invariants']:
        assert invariant['holds'], invariant
    return {i['name'] for i in segment['invariants']}


class Systems(unittest.TestCase):
    def check(self, segments, *invariants):
        for arm, segment in segments.items():
            for name in invariants:
                self.assertIn(name, held(segment), arm)
            if arm.startswith('off') or arm == 'counted':
                continue
            trees = segment['spans']['trees']
            self.assertEqual(trees['right'], trees['traces'], arm)
            self.assertEqual(trees['links_received'], trees['links_expected'], arm)
            self.assertGreater(trees['traces'], 0, arm)

    def test_cdn_edge_with_spans_and_with_counts_in_place_of_them(self):
        arms = ['off', 'on@10%', 'on@100%', {'name': 'counted', 'rate': '100%', 'counts_spans': True}]
        segments = run('cdn-edge', arms)
        self.check(segments, 'cache: hits and misses are all lookups', 'cache: no shard holds more than it may')
        requests = segments['on@100%']['spans']['trees']['requests']
        self.assertGreater(requests['GET /asset/:id, miss'], 0)
        self.assertGreater(requests['GET /asset/:id'], requests['GET /asset/:id, miss'])
        counts = segments['counted']['spans']
        self.assertGreaterEqual(counts['trees']['counted_received'], counts['trees']['counted_expected'])
        self.assertGreater(counts['trees']['counted_expected'], 100)
        # Each second has one span for each service.
        self.assertLess(counts['bytes'], segments['on@100%']['spans']['bytes'] / 20)

    def test_hft_with_a_span_for_each_batch_and_for_each_order(self):
        arms = ['off', {'name': 'batch@100%', 'rate': '100%'}, {'name': 'each@100%', 'rate': '100%', 'variant': 'each'},
                {'name': 'each@10%', 'rate': '10%', 'variant': 'each'}]
        segments = run('hft', arms)
        self.check(segments, 'order book: not crossed', 'order book: lots in = traded + resting + cancelled')
        for arm in ('batch@100%', 'each@100%'):
            trees = segments[arm]['spans']['trees']
            self.assertEqual(trees['links_expected'], trees['traces'])
            self.assertGreater(trees['linked_traces'], 0)

    def test_risk_stops_at_the_first_rule_that_says_no(self):
        segments = run('risk', ['off', 'on@10%', 'on@100%'])
        self.check(segments, "no user's sum is above the limit")
        requests = segments['on@100%']['spans']['trees']['requests']
        for outcome in ('', ', single_limit', ', daily_sum', ', anomaly'):
            self.assertGreater(requests.get('POST /check' + outcome, 0), 0, outcome)

    def test_recommendation_has_late_spans_where_it_did_not_wait(self):
        segments = run('recommendation', ['off', 'on@10%', 'on@100%'], **{'design.processes': 'fresh', 'load.rate': '100/s'})
        self.check(segments, 'the features of 950 users are in the cache')
        requests = segments['on@100%']['spans']['trees']['requests']
        late = sum(n for outcome, n in requests.items() if 'hot_late' in outcome)
        self.assertGreater(late, 0, requests)

    def test_clearing_is_zero_in_all_and_its_chain_verifies(self):
        segments = run('clearing', ['off', 'on@10%', 'on@100%'], **{'design.processes': 'fresh', 'load.rate': '100/s'})
        self.check(segments, 'all parties together are zero, in each batch', 'each batch has its eight parties',
                   'audit: the hash chain verifies', 'netting: all parties together are zero',
                   'netting: nets by pairs are those by trades')


def missing():
    if not shutil.which('redis-server'):
        return 'redis-server'
    return '' if glob.glob('/usr/lib/postgresql/*/bin/postgres') or shutil.which('postgres') else 'postgresql'


if __name__ == '__main__':
    if missing() and os.environ.get('CI') != 'true':
        print(f'skipped: {missing()} is not there; apt-get install {missing()}')
        sys.exit(77)
    unittest.main()
