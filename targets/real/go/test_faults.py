"""What the real services in Go do when they are asked for something special: test_faults.py. The queries of a request
(?fail=1, ?slow=, ?late=, ?priority=high), inner spans, a call on to another service, and each TRACETAX_FAULT, as the
spans show it. Of those services that know it and are in build/real; ends with 77, and says so, where there is none.
SPDX-License-Identifier: Apache-2.0
"""
import collections
import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest

import capture
from capture import PARENT, WIRES, Service, traceparent
from otlp_receiver import Receiver

SERVICES = ('nethttp', 'grpc-go')
ERROR, INTERNAL, SERVER, CLIENT = 2, 1, 2, 3
REQUESTS = 4


class Life:
    """What one service did: `spans` that arrived without those of the readiness probe, of `probes` those; `answers`;
    `counts` that it gave of itself; `code` at its end."""

    def __init__(self, name, path='/users/1', parent='sampled', script=(), **variables):
        self.answers = []
        environment = {'TRACETAX_SELF': '1', **variables}
        with Receiver(script) as receiver, tempfile.TemporaryFile('w+') as said:
            whole = capture.environment(name, receiver.port, **environment)
            with Service(name, whole, said) as service:
                make, calls = WIRES[service.facts['wire']]
                call, body = (f'GET {path}', None) if service.facts['wire'] == 'http' else calls[0]
                for number in range(REQUESTS):
                    self.answers.append(make(service.port, call, body, traceparent(f'{number + 1:032x}', parent)))
                self.code = service.stop()
            self.exports = [count for _, _, count, _ in receiver.requests]
            said.seek(0)
            self.counts = json.loads(said.read().splitlines()[-1])['tracetax_spans']
        probes = {span['trace'] for span in receiver.spans if span['name'] == 'GET /healthz'}
        self.spans = [span for span in receiver.spans if span['trace'] not in probes]
        self.traces = collections.defaultdict(list)
        for span in self.spans:
            self.traces[span['trace']].append(span)

    def of_kind(self, kind):
        return [span for span in self.spans if span['kind'] == kind]


class Queries(unittest.TestCase):
    """Of a request to an HTTP service."""

    def of_each(self, query, look, services=('nethttp', 'gin', 'echo')):
        for name in services:
            if os.path.exists(os.path.join(capture.BUILT, name)):
                with self.subTest(name):
                    life = Life(name, f'/users/1?{query}')
                    self.assertEqual(life.code, 0)
                    self.assertEqual(len(life.of_kind(SERVER)), REQUESTS)
                    for span in life.of_kind(SERVER):
                        self.assertIn(span['name'], ('GET /users/{id}', 'GET /users/:id'))
                    look(life)

    def test_a_request_fails(self):
        def look(life):
            self.assertEqual({answer.status for answer in life.answers}, {500})
            self.assertEqual({span['status'] for span in life.spans}, {ERROR})
        self.of_each('fail=1', look)

    def test_a_request_is_slow(self):
        def look(life):
            self.assertEqual({answer.status for answer in life.answers}, {200})
            for span in life.spans:
                self.assertGreaterEqual(span['end'] - span['start'], 60_000_000)
        self.of_each('slow=60ms', look)

    def test_a_span_comes_late(self):
        def look(life):
            self.assertEqual({answer.status for answer in life.answers}, {200})
            self.assertEqual(len(life.spans), 2 * REQUESTS)
            for server, late in (sorted(spans, key=lambda span: span['name']) for spans in life.traces.values()):
                self.assertEqual((late['name'], late['kind'], late['parent']), ('late', INTERNAL, server['id']))
                self.assertGreaterEqual(late['end'] - late['start'], 1_000_000_000)
                self.assertGreater(late['end'], server['end'])
        self.of_each('late=1s', look)

    def test_a_sampler_may_see_the_priority(self):
        def high(life):
            for span in life.spans:
                self.assertEqual(dict(span['attributes'])['request.priority'], 'high')
                names = [name for name, _ in span['attributes']]  # in the order of setting
                self.assertLess(names.index('request.priority'), names.index('http.response.status_code'))
        self.of_each('priority=high', high, ['nethttp'])
        self.of_each('priority=low', lambda life: self.assertFalse(
            [span for span in life.spans if 'request.priority' in dict(span['attributes'])]), ['nethttp'])

    def test_what_is_no_time_is_refused(self):
        self.of_each('slow=soon', lambda life: self.assertEqual({answer.status for answer in life.answers}, {400}))


class Faults(unittest.TestCase):
    """On the wire, and in what a service counts of itself."""

    def of_each(self, look, services=SERVICES, fault='', **variables):
        for name in services:
            if name in NAMES:
                with self.subTest(name):
                    life = Life(name, TRACETAX_FAULT=fault, **variables)
                    self.assertEqual(life.code, 0)
                    look(life)

    def assert_counts(self, life, **wanted):
        self.assertEqual({key: life.counts[key] for key in wanted}, wanted)

    def test_none(self):
        def look(life):
            self.assertEqual(len(life.spans), 3 * REQUESTS)
            for spans in life.traces.values():
                server = next(span for span in spans if span['kind'] == SERVER)
                self.assertEqual(server['parent'], PARENT)
                self.assertEqual([span['parent'] for span in spans if span is not server], [server['id']] * 2)
            sampled = 3 * REQUESTS
            self.assert_counts(life, sampled=sampled, ended=sampled, exported=sampled, failed=0, dropped=0,
                               processor='batch')
            self.assertEqual(life.exports, [sampled])
            self.assertRegex(life.counts['exporter'], '^otlp http/protobuf http://127.0.0.1:')
            self.assertGreaterEqual(life.counts['started'], sampled)
        self.of_each(look, TRACETAX_INNER_SPANS='2', OTEL_BSP_SCHEDULE_DELAY='60000')

    def test_a_receiver_that_rejects(self):
        # partial_success: 3 rejected_spans
        rejects = (200, {'Content-Type': 'application/x-protobuf'}, bytes([0x0a, 2, 0x08, 3]))
        for answer, failed in ((rejects, 3), ((400, {}, b''), REQUESTS)):
            self.of_each(lambda life: self.assert_counts(life, exported=REQUESTS - failed, failed=failed, dropped=0),
                         script=[answer], OTEL_BSP_SCHEDULE_DELAY='60000')

    def test_no_shutdown(self):
        def look(life):
            self.assertEqual(life.spans, [])
            self.assert_counts(life, ended=REQUESTS, exported=0, failed=0)
        self.of_each(look, fault='no_shutdown', OTEL_BSP_SCHEDULE_DELAY='60000')

    def test_no_exporter(self):
        def look(life):
            self.assertEqual(life.spans, [])
            self.assert_counts(life, ended=REQUESTS, exporter='none')
        self.of_each(look, fault='no_exporter')

    def test_rate_zero(self):
        def look(life):
            self.assertEqual(life.spans, [])
            self.assert_counts(life, sampled=0, ended=0)
            self.assertGreaterEqual(life.counts['started'], REQUESTS)
        self.of_each(look, fault='rate_zero')

    def test_wrong_address(self):
        def look(life):
            self.assertEqual(life.spans, [])
            self.assert_counts(life, ended=REQUESTS, exported=0, failed=REQUESTS)
        self.of_each(look, fault='wrong_address')

    def test_no_propagator(self):
        def look(life):
            self.assertEqual({span['parent'] for span in life.spans}, {''})
            self.assertEqual(len(life.traces), len(life.spans))
            self.assertFalse(set(life.traces) & {f'{number + 1:032x}' for number in range(REQUESTS)})
        self.of_each(look, fault='no_propagator')

    def test_sync_exporter(self):
        def look(life):
            self.assertEqual(life.exports, [1] * REQUESTS)  # each alone
            self.assert_counts(life, exported=REQUESTS, processor='simple')
        self.of_each(look, fault='sync_exporter', OTEL_BSP_SCHEDULE_DELAY='60000')

    def test_many_attributes(self):
        def look(life):
            for span in life.spans:
                self.assertEqual(len(span['attributes']), 128)  # the SDK's limit
        self.of_each(look, fault='many_attributes')

    def test_unended(self):
        def look(life):
            self.assertEqual(len(life.of_kind(SERVER)), REQUESTS)
            self.assertEqual(len(life.of_kind(INTERNAL)), REQUESTS)
            self.assert_counts(life, sampled=3 * REQUESTS, ended=2 * REQUESTS, exported=2 * REQUESTS)
        self.of_each(look, fault='unended', TRACETAX_INNER_SPANS='2')

    def test_code_over_env(self):
        for fault, spans in (('code_over_env', REQUESTS), ('', 0)):
            self.of_each(lambda life: self.assertEqual(len(life.spans), spans), fault=fault, parent='unsampled')

    def test_background_context(self):
        def look(life):
            self.assertEqual(len(life.traces), 3 * REQUESTS)
            self.assertEqual({span['parent'] for span in life.of_kind(INTERNAL)}, {''})
            self.assertEqual({span['parent'] for span in life.of_kind(SERVER)}, {PARENT})
        self.of_each(look, fault='background_context', TRACETAX_INNER_SPANS='2')

    def test_ctx_shadow(self):
        def look(life):
            for spans in life.traces.values():
                first, second = sorted((s for s in spans if s['kind'] == INTERNAL), key=lambda span: span['name'])
                self.assertEqual(second['parent'], first['id'])
                self.assertGreaterEqual(second['start'], first['end'])
                self.assertEqual(first['attributes'] + second['attributes'], [])
        self.of_each(look, fault='ctx_shadow', TRACETAX_INNER_SPANS='2')

    def test_leak_and_full_queue_lose_nothing_by_themselves(self):
        for fault in ('leak', 'full_queue'):
            self.of_each(lambda life: self.assertEqual(len(life.spans), REQUESTS), fault=fault)

    def chain(self, fault):
        """The spans of a trace of two services, by (kind, service), and the caller's trace."""
        with Receiver() as receiver, contextlib.ExitStack() as held:
            back = held.enter_context(Service('nethttp', capture.environment('back', receiver.port)))
            front = held.enter_context(Service('nethttp', capture.environment(
                'front', receiver.port, TRACETAX_CALL=f'http://127.0.0.1:{back.port}', TRACETAX_FAULT=fault)))
            answer = WIRES['http'][0](front.port, 'GET /users/7', None, traceparent('1' * 32, 'sampled'))
            self.assertEqual((answer.status, front.stop(), back.stop()), (200, 0, 0))
        spans = {(span['service'], span['kind']): span for span in receiver.spans}
        self.assertEqual(len(spans), len(receiver.spans))
        return spans

    def test_a_chain_of_two(self):
        spans = self.chain('')
        self.assertEqual({span['trace'] for span in spans.values()}, {'1' * 32})
        self.assertEqual(spans['front', CLIENT]['parent'], spans['front', SERVER]['id'])
        self.assertEqual(spans['back', SERVER]['parent'], spans['front', CLIENT]['id'])

    def test_no_inject(self):
        spans = self.chain('no_inject')
        self.assertEqual(spans['front', CLIENT]['parent'], spans['front', SERVER]['id'])
        self.assertEqual(spans['back', SERVER]['parent'], '')
        self.assertNotEqual(spans['back', SERVER]['trace'], '1' * 32)

    def test_background_context_of_a_call(self):
        spans = self.chain('background_context')
        self.assertEqual(spans['front', CLIENT]['parent'], '')
        self.assertEqual(spans['back', SERVER]['parent'], spans['front', CLIENT]['id'])

    def page(self, service):
        """Of what Go's SDK counts of spans that are sampled, the sums; and the status of the page."""
        page = capture.ask(service.port, 'GET', '/metrics', None, None)
        counts = collections.Counter()
        for name, number in re.findall(
                r'^otel_sdk_(?:processor_|exporter_)?span_(started|live|processed|exported)(?:_total)?'
                r'{(?![^}]*"DROP")[^}]*} (\d+)$', page.text, re.MULTILINE):
            counts[name] += int(number)
        return page.status, dict(counts)

    def test_the_page_of_the_sdk(self):
        for fault, wanted in (('', {'started': 6, 'live': 0, 'processed': 6, 'exported': 6}),
                              ('rate_zero', {}), ('no_exporter', {'started': 6, 'live': 0}),
                              ('unended', {'started': 6, 'live': 2, 'processed': 4, 'exported': 4})):
            with self.subTest(fault), Receiver() as receiver, Service('nethttp', capture.environment(
                    'nethttp', receiver.port, TRACETAX_FAULT=fault, TRACETAX_INNER_SPANS='2',
                    OTEL_GO_X_OBSERVABILITY='true')) as service:
                for _ in range(2):
                    capture.http_call(service.port, 'GET /users/1', None, traceparent('1' * 32, 'sampled'))
                status, counts = self.page(service)
                end = time.monotonic() + 20
                while counts != wanted and time.monotonic() < end:
                    time.sleep(0.02)
                    status, counts = self.page(service)
                self.assertEqual((status, counts), (200, wanted))
        with Receiver() as receiver, Service('nethttp', capture.environment('nethttp', receiver.port)) as service:
            self.assertEqual(self.page(service)[0], 404)

    def refused(self, name, **variables):
        done = subprocess.run(capture.command(name), env=capture.environment(name, 1, **variables), capture_output=True,
                              text=True, timeout=30)
        self.assertEqual(done.returncode, 1)
        return done.stderr

    def test_what_there_is_not_is_refused(self):
        for name in NAMES:
            self.assertIn("no fault 'no_shutdwn'; these are known: background_context,",
                          self.refused(name, TRACETAX_FAULT='leak,no_shutdwn'))
            self.assertIn('needs inner spans: --inner-spans 2', self.refused(name, TRACETAX_FAULT='unended'))
            self.assertIn('needs a service that calls another', self.refused(name, TRACETAX_FAULT='no_inject'))


if __name__ == '__main__':
    NAMES = [name for name in SERVICES if os.path.exists(os.path.join(capture.BUILT, name))]
    if NAMES != list(SERVICES):
        print(f'skipped: {" or ".join(SERVICES)} is not built; scripts/build-real builds them')
        sys.exit(77)
    unittest.main(argv=[*sys.argv, '-v'])
