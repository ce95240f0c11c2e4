"""End to end: each fault of TRACETAX_FAULT shows in what reaches a receiver and in the target's last line, and nothing
of it shows in a target without faults.

SPDX-License-Identifier: Apache-2.0
"""
import os
import secrets
import unittest

from otlp_receiver import Receiver
from target_process import all_sent, counts, run_program
from test_target import HttpTarget

REQUESTS = 8
INNER = 3


class Seen:
    """What came of REQUESTS sampled requests, and of one that is not sampled."""

    def __init__(self, fault, *options, name='gin', **variables):
        self.sent = [secrets.token_hex(16) for _ in range(REQUESTS)]
        with Receiver() as receiver, HttpTarget(name, *options, receiver=receiver, TRACETAX_FAULT=fault,
                                            OTEL_BSP_SCHEDULE_DELAY='60000', **variables) as target:
            for trace in self.sent:
                target.ask(traceparent=f'00-{trace}-{"2" * 16}-01')
            self.unsampled = secrets.token_hex(16)
            target.ask(traceparent=f'00-{self.unsampled}-{"2" * 16}-00')
            self.code, self.counts = target.stop()
            self.in_force, self.errors = target.in_force, target.errors
            self.spans = list(receiver.spans)
            self.port = receiver.port

    def of_kind(self, kind):
        return [span for span in self.spans if span['kind'] == kind]


class Faults(unittest.TestCase):
    def test_none(self):
        seen = Seen('', '--inner-spans', str(INNER))
        count = REQUESTS * (1 + INNER)
        self.assertEqual((seen.code, seen.counts), (0, {**all_sent(count), 'started': count + 1 + INNER}))
        self.assertEqual(seen.in_force, {
            'sampler': 'ParentBased{root:AlwaysOnSampler}',
            'exporter': f'otlp http/protobuf http://127.0.0.1:{seen.port}/v1/traces',
            'processor': 'batch queue=2048 batch=512 delay=60000ms'})
        servers = {span['trace']: span['id'] for span in seen.of_kind(2)}
        self.assertEqual(set(servers), set(seen.sent))
        inner = seen.of_kind(1)
        self.assertEqual(len(inner), REQUESTS * INNER)
        for span in inner:
            self.assertEqual((span['parent'], len(span['attributes'])), (servers[span['trace']], 1))
        self.assertEqual(seen.errors, '')

    def test_those_that_lose_everything(self):
        for fault, left, in_force in (
                ('no_shutdown', counts(REQUESTS + 1, REQUESTS, REQUESTS), {}),
                ('no_exporter', counts(REQUESTS + 1, REQUESTS, REQUESTS), {'exporter': 'none', 'processor': 'none'}),
                ('rate_zero', counts(REQUESTS + 1), {'sampler': 'TraceIDRatioBased{0}'}),
                ('wrong_address', counts(REQUESTS + 1, REQUESTS, REQUESTS, failed=REQUESTS),
                 {'exporter': 'otlp http/protobuf http://127.0.0.1:1/v1/traces'})):
            with self.subTest(fault):
                seen = Seen(fault)
                self.assertEqual((seen.code, seen.counts, seen.spans), (0, left, []))
                self.assertEqual({**seen.in_force, **in_force}, seen.in_force)
                self.assertIn(f'TRACETAX_FAULT: {fault} is on', seen.errors)

    def test_the_callers_context_is_not_read(self):
        seen = Seen('no_propagator')
        self.assertEqual(seen.counts, all_sent(REQUESTS + 1))  # a root is always sampled
        for span in seen.spans:
            self.assertNotIn(span['trace'], seen.sent)
            self.assertEqual(span['parent'], '')

    def test_the_code_wins_over_the_environment_and_the_caller(self):
        seen = Seen('code_over_env', OTEL_TRACES_SAMPLER='always_off')
        self.assertEqual((seen.counts, seen.in_force['sampler']), (all_sent(REQUESTS + 1), 'AlwaysOnSampler'))
        self.assertIn(seen.unsampled, {span['trace'] for span in seen.spans})

    def test_a_synchronous_exporter_sends_each_span_by_itself(self):
        seen = Seen('sync_exporter')
        self.assertEqual((seen.counts['exported'], seen.in_force['processor']), (REQUESTS, 'simple'))

    def test_many_attributes_fill_a_span(self):
        seen = Seen('many_attributes')
        self.assertEqual({len(span['attributes']) for span in seen.spans}, {128})

    def test_spans_without_an_end_are_missing(self):
        seen = Seen('unended', '--inner-spans', str(INNER))
        half = REQUESTS // 2
        self.assertEqual(seen.counts, counts((REQUESTS + 1) * (1 + INNER), REQUESTS * (1 + INNER), half, exported=half))
        self.assertEqual({span['kind'] for span in seen.spans}, {2})

    def test_a_full_queue_drops(self):
        seen = Seen('full_queue', '--inner-spans', '4')
        count = REQUESTS * 5
        self.assertEqual(seen.counts, counts(count + 5, count, count, dropped=count - 16, exported=16))
        self.assertEqual(seen.in_force['processor'], 'batch queue=16 batch=512 delay=60000ms')

    def test_memory_grows_with_a_leak_and_not_with_a_full_queue(self):
        def resident(target):
            with open(f'/proc/{target.process.pid}/statm') as file:
                return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')

        def grown(fault):
            with HttpTarget('nethttp', '--inner-spans', '10', TRACETAX_FAULT=fault, OTEL_BSP_SCHEDULE_DELAY='60000',
                            OTEL_EXPORTER_OTLP_ENDPOINT='http://127.0.0.1:1') as target:
                target.ask(count=300)
                before = resident(target)
                target.ask(count=1500)
                return resident(target) - before
        # 16,500 spans, which have some hundred bytes each.
        self.assertGreater(grown('leak'), 4 << 20)
        self.assertGreater(grown('leak,unended'), 4 << 20)
        self.assertLess(grown('full_queue'), 2 << 20)

    def test_a_shadowed_context_makes_a_chain_of_siblings(self):
        seen = Seen('ctx_shadow', '--inner-spans', str(INNER))
        self.assertEqual(seen.counts['set_after_end'], REQUESTS * INNER)
        by_id = {span['id']: span for span in seen.spans}
        late = [span for span in seen.of_kind(1) if by_id[span['parent']]['kind'] == 1]
        self.assertEqual(len(late), REQUESTS * (INNER - 1))
        for span in late:
            self.assertLessEqual(by_id[span['parent']]['end'], span['start'])
            self.assertEqual(span['attributes'], [])

    def test_inner_spans_from_a_context_of_their_own_are_roots(self):
        seen = Seen('background_context', '--inner-spans', str(INNER))
        # Those of the unsampled request are roots too, which the sampler keeps.
        self.assertEqual(seen.counts['exported'], REQUESTS + (REQUESTS + 1) * INNER)
        for span in seen.of_kind(1):
            self.assertEqual(span['parent'], '')
            self.assertNotIn(span['trace'], seen.sent)

    def test_a_wrong_name_and_one_that_does_not_fit_are_refused(self):
        for name, fault, told in (('gin', 'no_shutdwn', "did you mean 'no_shutdown'?"),
                                  ('gin', 'no_inject', 'calls no other service'),
                                  ('gin', 'ctx_shadow', 'add --inner-spans 3'),
                                  ('gin', 'background_context', 'add --inner-spans 3')):
            ended = run_program(name, '--port', '0', TRACETAX_FAULT=fault)
            self.assertEqual((ended.returncode, ended.stdout), (2, ''))
            self.assertIn(told, ended.stderr)


if __name__ == '__main__':
    unittest.main()
