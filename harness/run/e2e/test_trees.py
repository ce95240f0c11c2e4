"""End to end: each trace of a topology is compared with the tree that its request must have left, and every planted mistake
voids its arm, with the first difference told.

SPDX-License-Identifier: Apache-2.0
"""
import os
import unittest

from run_testing import QUICK, Run

os.environ['TRACETAX_TARGET'] = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'topology_server.py')
TOPOLOGY = {
    'services': {'shop': {
        'framework': 'gin', 'front': True,
        'routes': {'POST /order/:sku': [
            {'span': 'reserve', 'steps': []},
            {'limit': {'per_second': 100, 'burst': 1}, 'none': {'label': 'limited', 'answer': 429}},
            {'publish': 'mq', 'to': 'orders'}]},
        'consumers': [{'broker': 'mq', 'from': 'orders', 'join': 'link', 'steps': [{'span': 'mail', 'steps': []}]}]}},
    'brokers': {'mq': {'kind': 'ring'}}}
ORDER, LIMITED = 'POST /order/:sku', 'POST /order/:sku, limited'


def suite(arms, path='/order/7'):
    return {'name': 'test', 'targets': {'shop': {'topology': TOPOLOGY}},
            'scenarios': {'order': {'kind': 'http', 'method': 'POST', 'path': path}},
            'arms': ['off', *arms], 'load': {'rate': '100/s', 'connections': 2},
            'design': {**QUICK, 'measure': '400ms', 'settle': '200ms', 'drain': '1s'}}


def arm(name, mistake='', **more):
    return {'name': name, 'rate': '100%', 'env': {'MISTAKE': mistake, 'OTEL_BSP_SCHEDULE_DELAY': '50'}, **more}


class Trees(unittest.TestCase):
    def segments(self, arms):
        run = Run(self, suite(arms))
        run.end()
        found = {segment['arm']: segment for segment in run.result()['segments']}
        self.assertEqual(len(found), len(arms) + 1, run.stderr)
        return found, run

    def receipt_voids(self, segment):
        return [void['detail'] for void in segment['voids'] if void['rule'] == 'receipt_open']

    def test_right_traces_close_the_receipt_at_every_rate(self):
        found, run = self.segments([arm('all'), arm('some', rate='30%'), arm('counted', counts_spans=True)])
        for name in ('off', 'all', 'some', 'counted'):
            self.assertEqual(self.receipt_voids(found[name]), [], name)
            self.assertEqual(found[name]['errors'], {}, name)
        trees = found['all']['spans']['trees']
        self.assertEqual(trees['right'], trees['traces'])
        self.assertEqual(trees['traces'], sum(trees['requests'].values()))
        self.assertEqual(set(trees['requests']), {ORDER, LIMITED})
        self.assertEqual(trees['links_received'], trees['requests'][ORDER])
        some = found['some']['spans']['trees']
        self.assertLess(some['traces'], sum(some['requests'].values()))
        self.assertEqual(some['right'], some['traces'])
        counted = found['counted']['spans']['trees']
        self.assertEqual(counted['counted_received'], counted['counted_expected'])
        self.assertEqual(counted['counted_received'], sum(counted['requests'].values()))
        said = ' '.join(run.stdout.split())
        self.assertIn(f"all: all {trees['traces']} traces of requests are the tree that the topology says", said)

    def test_every_mistake_is_told(self):
        told = {'name': "'reserve' (internal) of service 'shop' is missing, and span 'keep'",
                'parent': "span 'publish orders' (producer) of service 'shop' stands under span 'reserve'",
                'outcome': f'({LIMITED}, trace',
                'no_link': '0 messages were linked to',
                'two_links': 'traces arrived that the plan does not sample',
                'count': 'the counts of spans sum up to'}
        arms = [arm(name, name, **({'counts_spans': True} if name == 'count' else {})) for name in told]
        found, _ = self.segments(arms)
        for name, words in told.items():
            self.assertIn(words, ' '.join(self.receipt_voids(found[name])), name)
        self.assertEqual(found['parent']['spans']['wrong_shape_traces'], 0)

    def test_a_path_that_is_no_route_is_told(self):
        run = Run(self, suite(['on@100%'], path='/orders/7'))
        run.end()
        self.assertIn("the front has no route for 'POST /orders/7'; its routes: POST /order/:sku", run.stdout + run.stderr)


if __name__ == '__main__':
    unittest.main()
