"""End to end: a service behind the tail sampler of the catalog.

SPDX-License-Identifier: Apache-2.0
"""
import unittest

from run_testing import Run, detail, emulated, rules, suite

CLASSES = {'users': {'kind': 'http', 'requests': [
    {'path': '/users/1', 'weight': 16},
    {'path': '/users/2?fail=1', 'weight': 3, 'class': 'error', 'expect': {'status': 500}},
    {'path': '/users/3?slow=300ms', 'weight': 1, 'class': 'slow'}]}}
OF_THE_MACHINE = ('driver_lag', 'machine_stalled', 'driver_saturated', 'rate_not_achieved', 'not_warm')


def behind(name, keeps):
    return {'name': name, 'rate': '100%', 'keeps': keeps, 'env': {'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://127.0.0.1:{port.tail}'}}


class Tail(unittest.TestCase):
    def test_receipts_close_by_what_the_arm_keeps_and_by_no_other_rule(self):
        run = Run(self, suite(
            emulated(), load={'rate': '100/s', 'connections': 16, 'timeout': '5s'}, design={'measure': '3s', 'drain': '10s'}, scenarios=CLASSES,
            companions={'tail': {'use': 'tail', 'env': {'TAIL_LATENCY_MS': '250'}}},
            arms=['off', 'on@100%', behind('tail', {'error': '100%', 'slow': '100%', 'rest': '10%'}), behind('wrong', {'rest': '100%'})]))
        segments = {segment['arm']: segment for segment in run.segments()}
        self.assertEqual(len(segments), 4, run.stdout + run.stderr)
        for name in ('off', 'on@100%', 'tail'):
            self.assertEqual([rule for rule in rules(segments[name]) if rule not in OF_THE_MACHINE], [], name)
        kept = {one['class']: one for one in segments['tail']['spans']['keeps']['classes']}
        for name in ('error', 'slow'):
            self.assertGreater(kept[name]['sent'], 0)
            self.assertEqual(kept[name]['whole'], kept[name]['sent'], name)
        self.assertLess(kept['normal']['whole'], kept['normal']['sent'] / 2)
        self.assertIn('receipt_open', rules(segments['wrong']))
        self.assertIn('normal', detail(segments['wrong'], 'receipt_open'))
        # The sampler is metered, and does next to nothing where nobody sends to it.
        cpu = {arm: next(one for one in segment['services'] if one['name'] == 'tail')['cpu_us'] for arm, segment in segments.items()}
        self.assertGreater(cpu['tail'], 2 * cpu['off'])


if __name__ == '__main__':
    unittest.main()
