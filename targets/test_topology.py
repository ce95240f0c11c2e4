"""Services of a topology, started by hand: trees of spans, X-Outcome, errors, deadlines, steps at the same time.

SPDX-License-Identifier: Apache-2.0
"""
import concurrent.futures
import http.client
import json
import os
import tempfile
import time
import unittest

from otlp_receiver import Receiver
from target_process import Target, run_program

INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER = range(1, 6)
TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
SAMPLED = f'00-{TRACE}-00f067aa0ba902b7-01'
STOCK = {'limit': {'per_second': 0.001, 'burst': 1}, 'none': {'label': 'no_stock', 'answer': 409}}


class System:
    """All services of a topology; the last one is the front. Spans are those of all of them, once stopped."""

    def __init__(self, services, state='export', **more):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, 'system.json')
        services[list(services)[-1]]['front'] = True
        with open(path, 'w', encoding='utf-8') as file:
            json.dump({'description': 'of a test', 'services': services, **more}, file)
        self.receiver = Receiver()
        self.receiver.__enter__()
        self.targets, self.peers = {}, []
        for name, service in services.items():
            self.targets[name] = Target(service['framework'], '--topology', path, '--service', name, *self.peers,
                                        receiver=self.receiver, OTEL_SERVICE_NAME=name, TRACETAX_STATE=state)
            self.peers += ['--peer', f'{name}=127.0.0.1:{self.targets[name].port}']
        self.front = self.targets[name]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for target in self.targets.values():
            target.__exit__()
        self.receiver.__exit__()
        self.folder.cleanup()

    def ask(self, method, path, body=None, headers=(('traceparent', SAMPLED),)):
        """Status, X-Outcome and the body, from JSON if it is."""
        connection = http.client.HTTPConnection('127.0.0.1', self.front.port, timeout=20)
        connection.request(method, path, json.dumps(body) if body is not None else None, dict(headers))
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.getheader('X-Outcome'), json.loads(text) if text.startswith('{') else text

    def stop(self):
        self.codes = {name: target.stop()[0] for name, target in reversed(self.targets.items())}
        return self.receiver.spans

    def tree(self):
        """What stop() gave, as (service, kind, name) with children sorted by name."""
        spans = self.stop()

        def under(parent):
            found = [one for one in spans if one['parent'] == parent]
            return sorted(((one['service'], one['kind'], one['name'], under(one['id'])) for one in found),
                          key=lambda one: (one[0], one[2]))
        return under('00f067aa0ba902b7')


def leaf(service, kind, name):
    return (service, kind, name, [])


class TestTopology(unittest.TestCase):
    def test_a_request_leaves_its_tree_and_names_its_branches(self):
        services = {
            'audit': {'framework': 'gin', 'routes': {'GET /audits/:id': [{'span': 'read', 'steps': [{'alloc': '4KiB'}]}]}},
            'stock': {'framework': 'nethttp', 'routes': {'POST /stock/:sku': [
                STOCK, {'call': 'audit', 'route': 'GET /audits/:id'}]}},
            'shop': {'framework': 'gin', 'routes': {'POST /orders/:sku': [
                {'span': 'check', 'steps': [{'spin': '20us'}]},
                {'call': 'stock', 'route': 'POST /stock/:sku', 'failed': {'label': 'sold_out', 'answer': 409}},
                {'answer': 202}]}}}
        with System(services) as system:
            self.assertEqual(system.ask('POST', '/orders/a%20b?id=7', {'user': 'anna', 'count': 2}),
                             (202, None, {'sku': 'a b', 'id': '7', 'user': 'anna', 'count': '2'}))
            self.assertEqual(system.ask('POST', '/orders/7', {}, headers=())[:2], (409, 'no_stock sold_out'))
            self.assertEqual(system.ask('POST', '/orders/7', headers=())[1], 'no_stock sold_out')
            self.assertEqual(system.tree(), [
                ('shop', SERVER, 'POST /orders/:sku', [
                    ('shop', CLIENT, 'HTTP POST', [
                        ('stock', SERVER, 'POST /stock/{sku}', [
                            ('stock', CLIENT, 'HTTP GET', [
                                ('audit', SERVER, 'GET /audits/:id', [leaf('audit', INTERNAL, 'read')])])])]),
                    leaf('shop', INTERNAL, 'check')])])
            self.assertEqual(set(system.codes.values()), {0})

    def test_each_framework_is_called_by_its_own_client(self):
        for framework, route, names in (
                ('echo', 'POST /stock/:sku', [(CLIENT, 'HTTP POST'), (SERVER, 'POST /stock/:sku')]),
                ('hertz', 'POST /stock/:sku', [(CLIENT, 'HTTP POST'), (SERVER, 'POST /stock/:sku')]),
                ('gozero-rest', 'POST /stock/:sku', [(CLIENT, 'HTTP POST'), (SERVER, '/stock/:sku')]),
                ('kratos-http', 'POST /stock/:sku', [(CLIENT, 'HTTP POST'), (SERVER, '/stock/{sku}')]),
                ('grpc-go', 'v1.Stock/Take', [(CLIENT, 'v1.Stock/Take'), (SERVER, 'v1.Stock/Take')]),
                ('gozero-zrpc', 'v1.Stock/Take', [(CLIENT, 'v1.Stock/Take'), (SERVER, 'v1.Stock/Take')]),
                ('kratos-grpc', 'v1.Stock/Take', [(CLIENT, 'v1.Stock/Take'), (SERVER, '/v1.Stock/Take')]),
                ('dubbo-go', 'v1.Stock/Take', [(CLIENT, 'v1.Stock/Take'), (SERVER, 'Take')]),
                ('kitex-grpc', 'v1.Stock/Take', [(CLIENT, 'v1.Stock/Take'), (SERVER, 'v1.Stock/Take')]),
                ('kitex-thrift', 'v1.Stock/Take', [(CLIENT, 'v1.Stock/Take'), (SERVER, 'v1.Stock/Take')]),
                ('tars-go', 'v1.Stock/Take', [(CLIENT, 'StockObj.Take'), (SERVER, 'StockObj.Take')]),
                ('gomicro', 'v1.Stock/Take', [(CLIENT, 'v1.Stock.Take')] * 2 + [(SERVER, 'v1.Stock.Take')])):
            services = {
                'stock': {'framework': framework, 'routes': {route: [STOCK, {'span': 'take', 'steps': []}]}},
                'shop': {'framework': 'gin', 'routes': {'POST /orders/:sku': [
                    {'call': 'stock', 'route': route, 'failed': {'label': 'sold_out', 'answer': 410}}]}}}
            with self.subTest(framework), System(services) as system:
                self.assertEqual(system.ask('POST', '/orders/7', {'user': 'anna'}),
                                 (200, None, {'sku': '7', 'user': 'anna'}))
                self.assertEqual(system.ask('POST', '/orders/7', headers=())[:2], (410, 'no_stock sold_out'))
                rest = system.tree()[0][3]
                for kind, name in names:
                    self.assertEqual([one[1:3] for one in rest], [(kind, name)])
                    rest = rest[0][3]
                self.assertEqual(rest, [leaf('stock', INTERNAL, 'take')])

    def test_callers_use_the_client_of_their_framework(self):
        for caller, framework, route, name in (
                ('kratos-http', 'gin', 'GET /stock/:sku', '/stock/{sku}'),
                ('kratos-http', 'grpc-go', 'v1.Stock/Take', '/v1.Stock/Take'),
                ('gozero-rest', 'gozero-zrpc', 'v1.Stock/Take', 'v1.Stock/Take')):
            services = {'stock': {'framework': framework, 'routes': {route: []}},
                        'shop': {'framework': caller, 'routes': {'GET /orders/:sku': [
                            {'call': 'stock', 'route': route}]}}}
            with self.subTest(caller + ' calls ' + framework), System(services) as system:
                self.assertEqual(system.ask('GET', '/orders/7'), (200, None, {'sku': '7'}))
                self.assertEqual([one[1:3] for one in system.tree()[0][3]], [(CLIENT, name)])

    def test_a_dead_peer_is_an_error_and_no_branch(self):
        services = {'stock': {'framework': 'grpc-go', 'routes': {'v1.Stock/Take': []}},
                    'shop': {'framework': 'gin', 'routes': {'GET /orders/:sku': [
                        {'call': 'stock', 'route': 'v1.Stock/Take', 'failed': {'label': 'sold_out', 'answer': 409}}]}}}
        with System(services) as system:
            self.assertEqual(system.ask('GET', '/orders/7')[0], 200)
            system.targets['stock'].process.kill()
            system.targets['stock'].process.wait()
            status, outcome, why = system.ask('GET', '/orders/7')
            self.assertEqual((status, outcome), (503, None))
            self.assertRegex(why, r'^the call of stock v1.Stock/Take failed: .+\n$')

    def test_at_the_deadline_the_caller_goes_on_and_the_callee_too(self):
        for framework, route in (('gin', 'GET /slow'), ('grpc-go', 'v1.Slow/Wait'), ('kitex-thrift', 'v1.Slow/Wait')):
            call = {'call': 'slow', 'route': route}
            services = {'slow': {'framework': framework, 'routes': {route: [{'sleep': '900ms'}, {'span': 'late', 'steps': []}]}},
                        'shop': {'framework': 'gin', 'routes': {'GET /connect': [call], 'GET /orders': [
                            {**call, 'deadline': '200ms', 'failed': {'label': 'too_late', 'steps': [
                                {'span': 'fall back', 'steps': []}]}}]}}}
            with self.subTest(framework), System(services) as system:
                self.assertEqual(system.ask('GET', '/connect', headers=())[:2], (200, None))
                self.assertEqual(system.ask('GET', '/orders')[:2], (200, 'too_late'))
                tree = system.tree()  # stopping waits for the callee's steps
                spans = {(one['service'], one['name'] if one['kind'] == INTERNAL else one['kind']): one
                         for one in system.receiver.spans if one['trace'] == TRACE}
                call = next(one for one in tree[0][3] if one[1] == CLIENT)
                self.assertIn(leaf('shop', INTERNAL, 'fall back'), tree[0][3])
                self.assertEqual(call[3][0][3], [leaf('slow', INTERNAL, 'late')])
                self.assertLess(spans['shop', CLIENT]['end'], spans['slow', SERVER]['end'])
                self.assertLess(spans['shop', 'fall back']['start'], spans['slow', 'late']['start'])
                self.assertEqual(spans['shop', CLIENT]['status'], 2)

    def test_parallel_steps_run_at_the_same_time(self):
        branch = [{'span': 'wait', 'steps': [{'sleep': '500ms'}]}]
        services = {'shop': {'framework': 'gin', 'routes': {'GET /orders': [
            {'parallel': [branch, branch, branch, [{'sleep': '1ms'}, {'answer': 404}]]}]}}}
        with System(services) as system:
            self.assertEqual(system.ask('GET', '/orders')[0], 404)
            waits = [one for one in system.stop() if one['name'] == 'wait']
            self.assertEqual(len(waits), 3)
            self.assertLess(max(one['start'] for one in waits), min(one['end'] for one in waits))

    def test_many_requests_wait_at_once(self):
        services = {'slow': {'framework': 'grpc-go', 'routes': {'v1.Slow/Wait': [{'span': 'wait', 'steps': [{'sleep': '300ms'}]}]}},
                    'shop': {'framework': 'gozero-rest', 'routes': {'GET /orders': [
                        {'call': 'slow', 'route': 'v1.Slow/Wait'}]}}}
        with System(services) as system, concurrent.futures.ThreadPoolExecutor(16) as pool:
            self.assertEqual(system.ask('GET', '/orders', headers=())[0], 200)
            answers = list(pool.map(lambda _: system.ask('GET', '/orders', headers=())[0], range(16)))
            self.assertEqual(answers, [200] * 16)
            waits = [one for one in system.stop() if one['name'] == 'wait']
            self.assertEqual(len(waits), 17)
            at_once = max(sum(one['start'] <= other['start'] < one['end'] for one in waits) for other in waits)
            self.assertGreater(at_once, 1)

    def test_a_shadowed_context_and_what_is_set_too_late(self):
        services = {'shop': {'framework': 'gin', 'routes': {'GET /orders': [
            {'span': 'outer', 'steps': [
                {'span': 'shadow', 'shadows_context': True, 'late_attributes': 2, 'steps': []},
                {'span': 'inside', 'steps': []}]},
            {'span': 'after', 'steps': []}]}}}
        with System(services) as system:
            system.ask('GET', '/orders')
            code, spans = system.front.stop()
            self.assertEqual((code, spans['set_after_end']), (0, 2))
            parents = {one['name']: one['parent'] for one in system.receiver.spans}
            ids = {one['name']: one['id'] for one in system.receiver.spans}
            self.assertEqual(parents['inside'], ids['shadow'])
            self.assertEqual(parents['shadow'], ids['outer'])
            self.assertEqual(parents['after'], ids['GET /orders'])

    def test_messages_are_handled_under_their_producer_or_linked_to_it(self):
        for join, batch in (('parent', {}), ('link', {}), ('link', {'batch': 10, 'within': '50ms', 'each': True})):
            services = {'shop': {
                'framework': 'gin',
                'routes': {'POST /orders': [{'publish': 'mq', 'to': 'orders'}, {'answer': 202}]},
                'consumers': [{'broker': 'mq', 'from': 'orders', 'join': join, **batch,
                               'steps': [{'span': 'store', 'steps': []}]}]}}
            with self.subTest(join=join, **batch), System(services, brokers={'mq': {'kind': 'ring'}}) as system:
                self.assertEqual(system.ask('POST', '/orders', {'user': 'anna'})[0], 202)
                time.sleep(0.3)
                spans = system.stop()
                by_kind = {one['kind']: one for one in spans if one['kind'] != INTERNAL}
                by_name = {one['name']: one for one in spans}
                producer, consumer = by_kind[PRODUCER], by_kind[CONSUMER]
                self.assertEqual(producer['parent'], by_kind[SERVER]['id'])
                if join == 'parent':
                    self.assertEqual((consumer['trace'], consumer['parent']), (TRACE, producer['id']))
                else:
                    self.assertNotEqual(consumer['trace'], TRACE)
                    self.assertEqual((consumer['parent'], consumer['links']), ('', 1))
                around = by_name['process'] if batch else consumer
                self.assertEqual(by_name['store']['parent'], around['id'])
                self.assertEqual(around['trace'], consumer['trace'])
                line = next(one for one in system.front.output.splitlines() if 'tracetax_invariants' in one)
                self.assertEqual(json.loads(line)['tracetax_invariants'],
                                 [{'name': 'messages from orders are handled', 'holds': True, 'saw': '0 of 1 failed'}])

    def test_an_unsampled_request_leaves_nothing_and_off_sends_no_headers(self):
        services = lambda: {
            'stock': {'framework': 'gin', 'routes': {'GET /stock': []}},
            'shop': {'framework': 'gin',
                     'routes': {'GET /orders': [{'call': 'stock', 'route': 'GET /stock'}, {'publish': 'mq', 'to': 'orders'}]},
                     'consumers': [{'broker': 'mq', 'from': 'orders', 'join': 'link', 'steps': []}]}}
        brokers = {'mq': {'kind': 'ring'}}
        with System(services(), brokers=brokers) as system:
            system.ask('GET', '/orders', headers=(('traceparent', SAMPLED[:-1] + '0'),))
            time.sleep(0.2)
            self.assertEqual(system.stop(), [])
        with System(services(), state='absent', brokers=brokers) as system:
            self.assertEqual(system.ask('GET', '/orders')[0], 200)
            time.sleep(0.2)
            self.assertEqual(system.stop(), [])

    def test_works_and_their_invariants(self):
        services = {'shop': {'framework': 'gin', 'routes': {'GET /orders': [{'work': 'hash_chain', 'with': {'record': ['user']}}]}}}
        listed = run_program('--list-works').stdout
        self.assertIn('hash_chain', listed)
        with System(services) as system:
            self.assertEqual(system.ask('GET', '/orders')[0], 200)
            system.stop()
            self.assertIn('{"tracetax_invariants":[{"name":', system.front.output)
            self.assertTrue(json.loads(system.front.output.splitlines()[-1])['tracetax_spans'])


class TestOptions(unittest.TestCase):
    def test_mistakes_are_told_together(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, 'system.json')
            with open(path, 'w', encoding='utf-8') as file:
                json.dump({'description': 'x', 'services': {
                    'stock': {'framework': 'gin', 'routes': {'GET /stock': []}},
                    'shop': {'framework': 'gin', 'front': True,
                             'routes': {'GET /orders': [{'call': 'stock', 'route': 'GET /stock'}]}}}}, file)
            done = run_program('echo', '--topology', path, '--service', 'shop', '--peer', 'stok=127.0.0.1:1', '--leg', 'x')
            self.assertEqual(done.returncode, 2)
            for part in ("unknown service 'stok'; did you mean 'stock'?", "'x' is not NAME=HOST:PORT",
                         "service 'shop' stands behind 'gin' in the topology", "--peer stock=HOST:PORT"):
                self.assertIn(part, done.stderr)
            done = run_program('gin', '--topology', path, '--service', 'shp')
            self.assertIn("unknown service 'shp'; did you mean 'shop'?", done.stderr)
            done = run_program('gin', '--service', 'shop')
            self.assertIn('--service: only together with --topology FILE', done.stderr)
            shown = run_program('gin', '--topology', path, '--service', 'shop', '--explain').stdout
            self.assertIn('GET /orders: call stock GET /stock', shown)


if __name__ == '__main__':
    unittest.main()
