"""Balancers between processes: round robin gives each instance as much, P2C gives the slow one little.

SPDX-License-Identifier: Apache-2.0
"""
import concurrent.futures
import contextlib
import http.client
import os
import unittest

from target_process import Target

SYSTEM = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'scenarios', 'systems', 'p2c.json')
REQUESTS = 120


def served_by_each(*variant):
    """How many requests each backend of the system has served, and how many the gateway failed."""
    with contextlib.ExitStack() as stack:
        common = ['--topology', SYSTEM, *variant]
        backends = [stack.enter_context(Target('gozero-zrpc', *common, '--service', 'backend', '--instance', str(i),
                                               TRACETAX_STATE='record')) for i in (1, 2, 3)]
        peers = ','.join(f'127.0.0.1:{one.port}' for one in backends)
        gateway = stack.enter_context(Target('gozero-rest-cpu0', *common, '--service', 'gateway',
                                             '--peer', f'backend={peers}', TRACETAX_STATE='record'))

        def ask(_):
            connection = http.client.HTTPConnection('127.0.0.1', gateway.port, timeout=20)
            connection.request('GET', '/items/1')
            status = connection.getresponse().status
            connection.close()
            return status
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            statuses = list(pool.map(ask, range(REQUESTS)))
        gateway.stop()
        served = [one.stop()[1]['ended'] for one in backends]
        return served, sum(status != 200 for status in statuses)


class TestBalancers(unittest.TestCase):
    def test_round_robin_gives_each_as_much(self):
        self.assertEqual(served_by_each('--variant', 'round_robin'), ([REQUESTS // 3] * 3, 0))

    def test_p2c_gives_the_slow_one_little(self):
        served, failed = served_by_each()
        self.assertEqual((sum(served), failed), (REQUESTS, 0))
        self.assertLess(served[2], REQUESTS // 5)
        self.assertGreater(min(served[:2]), REQUESTS // 4)


if __name__ == '__main__':
    unittest.main()
