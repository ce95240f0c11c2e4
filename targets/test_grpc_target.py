"""End to end: the gRPC targets of tracetax-target as processes. What they answer and trace in detail is in
frameworks/grpc_service_test.cc.

SPDX-License-Identifier: Apache-2.0
"""
import os
import secrets
import signal
import socket
import time
import unittest

from http2_client import Client
from otlp_receiver import Receiver
from target_process import Target, all_sent, counts, run_program


def children_of(pid):
    """Processes whose parent is `pid`."""
    found = []
    for name in os.listdir('/proc'):
        if not name.isdigit():
            continue
        try:
            with open(f'/proc/{name}/stat', encoding='ascii') as f:
                if f.read().rpartition(')')[2].split()[1] == str(pid):
                    found.append(int(name))
        except OSError:
            pass  # it has ended in between
    return found


def gone(pid, seconds=20):
    """Whether the process has ended, or ends soon; a zombie has."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with open(f'/proc/{pid}/stat', encoding='ascii') as f:
                if f.read().rpartition(')')[2].split()[0] == 'Z':
                    return True
        except OSError:
            return True
        time.sleep(0.01)
    return False


def sampled(trace=None, flag='01'):
    return {'traceparent': f'00-{trace or secrets.token_hex(16)}-{secrets.token_hex(8)}-{flag}'}


class GrpcGo(unittest.TestCase):
    def test_a_call_is_answered_and_its_span_arrives(self):
        trace = secrets.token_hex(16)
        with Receiver() as receiver, Target('grpc-go', receiver=receiver, OTEL_SERVICE_NAME='bench') as target:
            with Client(target.port) as client:
                self.assertEqual(client.echo('hello', **sampled(trace)), 'hello')
            self.assertEqual(target.stop(), (0, all_sent(1)))
            self.assertEqual(len(receiver.spans), 1)
            span = receiver.spans[0]
            self.assertEqual((span['trace'], span['name'], span['kind'], span['status'], span['service']),
                             (trace, 'bench.v1.Bench/Echo', 2, 0, 'bench'))
            self.assertEqual(dict(span['attributes']), {
                'rpc.method': 'bench.v1.Bench/Echo', 'rpc.system.name': 'grpc', 'server.address': '127.0.0.1',
                'server.port': target.port, 'rpc.response.status_code': 'OK'})
            self.assertTrue(receiver.scope.endswith('/otelgrpc'))

    def test_the_old_convention_by_option_or_environment(self):
        for arguments, variables in ((('--semconv', 'rpc/old'), {}),
                                     ((), {'OTEL_SEMCONV_STABILITY_OPT_IN': 'http/dup,rpc/old'})):
            with self.subTest(arguments), Receiver() as receiver, \
                    Target('grpc-go', *arguments, receiver=receiver, **variables) as target:
                with Client(target.port) as client:
                    client.echo('hello')
                target.stop()
                self.assertEqual(sorted(dict(receiver.spans[0]['attributes'])), [
                    'net.sock.peer.addr', 'net.sock.peer.port', 'rpc.grpc.status_code', 'rpc.method', 'rpc.service',
                    'rpc.system'])

    def test_states_without_export_send_nothing(self):
        expected = {'absent': counts(), 'noop': counts(), 'drop': counts(started=4),
                    'record': counts(started=4, sampled=4, ended=4)}
        for state, want in expected.items():
            with self.subTest(state), Receiver() as receiver, \
                    Target('grpc-go', receiver=receiver, TRACETAX_STATE=state) as target:
                with Client(target.port) as client:
                    for _ in range(4):
                        self.assertEqual(client.echo('hello', **sampled()), 'hello')
                self.assertEqual(target.stop(), (0, want))
                self.assertEqual(receiver.requests, [])

    def test_sigint_and_an_open_connection_do_not_hold_it_up(self):
        with Target('grpc-go', TRACETAX_STATE='record') as target, Client(target.port) as client:
            client.echo('hello')
            self.assertEqual(target.stop(signal.SIGINT), (0, counts(1, 1, 1)))

    def test_a_stop_right_after_the_start_is_in_order(self):
        for _ in range(10):
            with Target('grpc-go', TRACETAX_STATE='record') as target:
                self.assertEqual(target.stop(), (0, counts()))

    def test_bytes_that_are_no_http2_do_no_harm(self):
        with Target('grpc-go', TRACETAX_STATE='record') as target:
            for data in (b'GET / HTTP/1.1\r\n\r\n', b'\0' * 100, b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + b'\xff' * 50):
                with socket.create_connection(('127.0.0.1', target.port), timeout=20) as s:
                    s.sendall(data)
                    try:
                        while s.recv(4096):
                            pass
                    except ConnectionResetError:
                        pass
            with Client(target.port) as client:
                self.assertEqual(client.echo('still here'), 'still here')
            self.assertEqual(target.stop()[0], 0)

    def test_injected_work_takes_cpu_of_sampled_calls_only(self):
        def cpu(pid):
            with open(f'/proc/{pid}/stat', encoding='ascii') as f:
                return sum(map(int, f.read().split()[13:15])) / os.sysconf('SC_CLK_TCK')
        with Target('grpc-go', '--work-per-sampled', '20ms', TRACETAX_STATE='absent') as target, \
                Client(target.port) as client:
            for _ in range(20):
                client.echo('x', **sampled(flag='00'))
            before = cpu(target.process.pid)
            self.assertLess(before, 0.3)
            for _ in range(20):
                client.echo('x', **sampled())
            self.assertGreaterEqual(cpu(target.process.pid) - before, 0.35)


class GrpcChain(unittest.TestCase):
    def test_three_spans_in_two_services_make_one_trace(self):
        trace = secrets.token_hex(16)
        with Receiver() as receiver, Target('grpc-chain', receiver=receiver, OTEL_SERVICE_NAME='shop') as target:
            with Client(target.port) as client:
                self.assertEqual(client.echo('hello', **sampled(trace)), 'hello')
                client.echo('hello', **sampled(flag='00'))
            code, seen = target.stop()
            self.assertEqual((code, seen), (0, counts(started=6, sampled=3, ended=3, exported=3)))
            by_role = {(span['service'], span['kind']): span for span in receiver.spans}
            self.assertEqual(sorted(by_role), [('shop', 2), ('shop', 3), ('shop-back', 2)])
            front, out, back = by_role['shop', 2], by_role['shop', 3], by_role['shop-back', 2]
            self.assertEqual({span['trace'] for span in receiver.spans}, {trace})
            self.assertEqual((out['parent'], back['parent']), (front['id'], out['id']))

    def test_dropped_propagation_gives_the_back_roots_of_its_own(self):
        with Receiver() as receiver, Target('grpc-chain', '--drop-propagation', receiver=receiver,
                                            OTEL_SERVICE_NAME='shop') as target:
            with Client(target.port) as client:
                client.echo('hello', **sampled())
                client.echo('hello', **sampled(flag='00'))
            self.assertEqual(target.stop(), (0, counts(started=6, sampled=4, ended=4, exported=4)))
            roots = [span for span in receiver.spans if span['service'] == 'shop-back']
            self.assertEqual([span['parent'] for span in roots], ['', ''])

    def test_absent_has_no_spans_and_answers(self):
        with Target('grpc-chain', TRACETAX_STATE='absent') as target:
            with Client(target.port) as client:
                self.assertEqual(client.echo('hello', **sampled()), 'hello')
            self.assertEqual(target.stop(), (0, counts()))

    def test_the_back_ends_with_the_front_however_that_ends(self):
        for by in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            with self.subTest(by), Target('grpc-chain', TRACETAX_STATE='record') as target:
                backs = children_of(target.process.pid)
                self.assertEqual(len(backs), 1)
                target.process.send_signal(by)
                target.process.wait(timeout=30)
                self.assertTrue(gone(backs[0]))

    def test_a_back_that_was_killed_is_told_and_fails_the_target(self):
        with Target('grpc-chain', TRACETAX_STATE='record') as target:
            with Client(target.port) as client:
                client.echo('hello')
                os.kill(children_of(target.process.pid)[0], signal.SIGKILL)
                self.assertTrue(gone(children_of(target.process.pid)[0]))
                self.assertIsNone(client.echo('hello'))
            code, seen = target.stop()
            self.assertEqual((code, seen), (4, counts(started=4, sampled=4, ended=4)))
            self.assertIn('the service behind', target.errors)


class CommandLine(unittest.TestCase):
    def test_mistakes_end_with_2_and_say_what_is_right(self):
        for arguments, text in ((('grpcgo',), "did you mean 'grpc-go'"),
                                (('grpc-go', '--semconv', 'rpc/odl'), "did you mean 'rpc/old'"),
                                (('gin', '--semconv', 'rpc/old'), "'gin' is no gRPC target"),
                                (('grpc-go', '--drop-propagation'), 'grpc-chain does'),
                                (('grpc-go', '--host', 'nowhere'), 'numeric address')):
            with self.subTest(arguments):
                done = run_program(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, ''))
                self.assertIn(text, done.stderr)

    def test_port_in_use(self):
        with socket.create_server(('127.0.0.1', 0)) as taken:
            port = taken.getsockname()[1]
            for name in ('grpc-go', 'grpc-chain'):
                done = run_program(name, '--port', str(port), TRACETAX_STATE='record')
                self.assertEqual(done.returncode, 2)
                self.assertIn(f'port {port} is in use', done.stderr)

    def test_two_targets_do_not_share_a_port(self):
        with Target('grpc-go', TRACETAX_STATE='record') as target:
            self.assertEqual(run_program('grpc-go', '--port', str(target.port)).returncode, 2)

    def test_explain_and_help(self):
        text = run_program('grpc-go', '--explain').stdout
        for one, other in (('io: HTTP/2', 'trace: SERVER'), ('trace: SERVER', 'route: hash map'),
                           ('route: hash map', 'handler: bench.v1.Bench')):
            self.assertLess(text.index(one), text.index(other))
        self.assertIn('forward: Echo', run_program('grpc-chain', '--explain').stdout)
        self.assertIn('--drop-propagation', run_program('--help').stdout)


if __name__ == '__main__':
    unittest.main()
