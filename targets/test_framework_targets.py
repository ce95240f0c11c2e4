"""End to end: the emulated frameworks as processes. What each of them traces in detail is in
frameworks/span_shape_test.cc; here it is that spans arrive, that targets of several processes end together,
and what --explain and --list print.

SPDX-License-Identifier: Apache-2.0
"""
import http.client
import json
import os
import re
import secrets
import socket
import unittest
import urllib.request

from http2_client import Client
from otlp_receiver import Receiver
from target_process import Target, all_sent, counts, run_program

USERS = ('nethttp', 'gin', 'echo', 'hertz', 'gozero-rest', 'gozero-rest-cpu0', 'kratos-http', 'kratos-http-min')
GRPC = ('gozero-zrpc', 'kratos-grpc', 'kratos-grpc-min', 'kitex-grpc', 'dubbo-go')


def traceparent(trace=None, flag='01'):
    return f'00-{trace or secrets.token_hex(16)}-{secrets.token_hex(8)}-{flag}'


def ask(port, method='GET', path='/users/42', body=None, **headers):
    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=20)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.text = answer.read().decode()
    connection.close()
    return answer


def echo(port, **headers):
    """go-micro's Echo."""
    return ask(port, 'POST', '/', json.dumps({'text': 'hello'}), **{
        'Content-Type': 'application/json', 'Micro-Service': 'bench', 'Micro-Endpoint': 'Bench.Echo', **headers})


def descendants(pid):
    """(pid, comm) of every process below `pid`."""
    found = []
    for name in os.listdir('/proc'):
        try:
            with open(f'/proc/{name}/stat', encoding='ascii') as f:
                comm, rest = re.match(r'\d+ \((.*)\) (.*)', f.read()).groups()
        except (OSError, AttributeError):
            continue
        if int(rest.split()[1]) == pid:
            found += [(int(name), comm)] + descendants(int(name))
    return found


class Descriptions(unittest.TestCase):
    def test_every_target_is_ready_as_it_says(self):
        for told in json.loads(run_program('--describe').stdout):
            with self.subTest(told['name']), Target(told['name'], TRACETAX_STATE='absent') as target:
                url = told['ready'].replace('{port}', str(target.port))
                if url.startswith('http:'):
                    self.assertEqual(urllib.request.urlopen(url, timeout=20).status, 200)
                else:
                    socket.create_connection(('127.0.0.1', target.port), timeout=20).close()
                self.assertEqual(target.stop()[0], 0)


class Users(unittest.TestCase):
    def test_the_user_is_the_same_everywhere_with_tracing_off_and_on(self):
        for name in USERS:
            for state in ('absent', 'export'):
                with self.subTest(name, state=state), Receiver() as receiver, \
                        Target(name, receiver=receiver, TRACETAX_STATE=state) as target:
                    user = json.loads(ask(target.port, traceparent=traceparent()).text)
                    self.assertEqual(int(user['id']), 42)
                    self.assertEqual((user['name'], user['email']), ('user-42', 'user-42@example.com'))
                    self.assertEqual(ask(target.port, path='/nope', traceparent=traceparent(flag='00')).status, 404)
                    made = ask(target.port, 'POST', '/users', json.dumps({'name': 'Ann', 'email': 'a@b'}),
                               traceparent=traceparent(flag='00'), **{'Content-Type': 'application/json'})
                    self.assertIn(made.status, (200, 201))
                    self.assertEqual(json.loads(made.text)['name'], 'Ann')
                    code, seen = target.stop()
                    self.assertEqual((code, seen['exported']), (0, 1 if state == 'export' else 0))
                    self.assertEqual(len(receiver.spans), seen['exported'])

    def test_go_zero_puts_its_context_into_the_answer_and_the_log(self):
        trace = secrets.token_hex(16)
        with Receiver() as receiver, Target('gozero-rest', receiver=receiver) as target:
            answer = ask(target.port, traceparent=traceparent(trace))
            target.stop()
            span = receiver.spans[0]
            self.assertEqual(answer.headers['traceparent'], f'00-{trace}-{span["id"]}-01')
            self.assertIn(trace, target.output)
            self.assertIn(span['id'], target.output)


class Rpc(unittest.TestCase):
    def test_echo_over_grpc_with_tracing_off_and_on(self):
        for name in GRPC:
            for state in ('absent', 'export'):
                with self.subTest(name, state=state), Receiver() as receiver, \
                        Target(name, receiver=receiver, TRACETAX_STATE=state) as target:
                    header = 'rpc-transit-traceparent' if name == 'kitex-grpc' else 'traceparent'
                    with Client(target.port) as client:
                        self.assertEqual(client.echo('hello', **{header: traceparent()}), 'hello')
                        self.assertEqual(client.echo('again', **{header: traceparent(flag='00')}), 'again')
                    code, seen = target.stop()
                    self.assertEqual((code, seen['exported']), (0, 1 if state == 'export' else 0))

    def test_go_micro_echoes_headers_and_text(self):
        with Receiver() as receiver, Target('gomicro', receiver=receiver) as target:
            answer = echo(target.port, traceparent=traceparent(), **{'X-Mine': 'yes'})
            self.assertEqual((answer.status, json.loads(answer.text)), (200, {'text': 'hello'}))
            self.assertEqual(answer.headers['X-Mine'], 'yes')
            self.assertEqual(target.stop(), (0, all_sent(1)))
            self.assertEqual(receiver.spans[0]['attributes'], [])


class Chains(unittest.TestCase):
    def test_dapr_is_four_processes_with_names_and_one_trace(self):
        trace = secrets.token_hex(16)
        with Receiver() as receiver, Target('dapr', receiver=receiver, OTEL_SERVICE_NAME='shop') as target:
            below = descendants(target.process.pid)
            self.assertEqual([comm for _, comm in below], ['dapr-sidecar', 'dapr-peer', 'dapr-app'])
            self.assertEqual(ask(target.port, traceparent=traceparent(trace)).status, 200)
            self.assertEqual(ask(target.port, traceparent=traceparent(flag='00')).status, 200)
            self.assertEqual(target.stop(), (0, counts(started=4, sampled=2, ended=2, exported=2)))
            self.assertEqual(sorted((span['service'], span['kind']) for span in receiver.spans),
                             [('shop-peer', 2), ('shop-sidecar', 3)])
            self.assertEqual({span['trace'] for span in receiver.spans}, {trace})
            for pid, _ in below:
                self.assertFalse(os.path.exists(f'/proc/{pid}'))

    def test_a_dapr_that_is_killed_takes_all_with_it(self):
        with Target('dapr', TRACETAX_STATE='absent') as target:
            below = descendants(target.process.pid)
            self.assertEqual(len(below), 3)
            target.process.kill()
            target.process.wait(timeout=30)
            for pid, _ in below:
                while os.path.exists(f'/proc/{pid}'):  # the runner's timeout ends a test that hangs
                    pass

    def test_go_micro_chain_is_four_spans(self):
        with Receiver() as receiver, Target('gomicro-chain', receiver=receiver) as target:
            self.assertEqual(json.loads(echo(target.port, traceparent=traceparent()).text), {'text': 'hello'})
            self.assertEqual(target.stop(), (0, all_sent(4)))
            self.assertEqual(len({span['trace'] for span in receiver.spans}), 1)

    def test_kitex_chain_starts_its_second_service(self):
        with Target('kitex-chain', TRACETAX_STATE='record') as target:
            self.assertEqual([comm for _, comm in descendants(target.process.pid)], ['kitex-chain-bac'])
            self.assertEqual(target.stop(), (0, counts()))


class CommandLine(unittest.TestCase):
    def test_list_has_every_framework(self):
        text = run_program('--list').stdout
        for name in (*USERS, *GRPC, 'kitex-thrift', 'kitex-pb', 'kitex-chain', 'gomicro', 'gomicro-chain', 'dapr',
                     'tars-go', 'grpc-go'):
            self.assertRegex(text, rf'(?m)^  {name} ')

    def test_explain_says_what_each_stage_costs(self):
        for name in ('gin', 'gozero-rest', 'kitex-thrift', 'dapr-peer'):
            done = run_program(name, '--explain')
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertRegex(done.stdout, r'trace: (SERVER|CLIENT) span .*\n +off -, on -?\d+ ns \[')
            self.assertRegex(done.stdout, r'all stages: off \d+ ns \[\d+, \d+\], on \d+ ns')
            self.assertIn('median [quartiles]', done.stdout)


if __name__ == '__main__':
    unittest.main()
