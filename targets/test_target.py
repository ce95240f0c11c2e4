"""End to end: tracetax-target as a process, its answers, and the spans that reach a receiver.

SPDX-License-Identifier: Apache-2.0
"""
import http.client
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import time
import unittest

from otlp_receiver import Receiver
from target_process import PROGRAM, Target, all_sent, counts, run_program

# In the order of the catalog.
KNOWN = ['nethttp', 'gin', 'echo', 'hertz', 'gozero-rest', 'gozero-rest-cpu0', 'gozero-zrpc',
         'kratos-http', 'kratos-http-min', 'kratos-grpc', 'kratos-grpc-min', 'kitex-thrift', 'kitex-pb',
         'kitex-grpc', 'kitex-chain', 'kitex-chain-back', 'gomicro', 'gomicro-chain',
         'gomicro-chain-back', 'dapr', 'dapr-sidecar', 'dapr-peer', 'dapr-app', 'dubbo-go', 'tars-go',
         'gin-limited', 'kitex-thrift-limited', 'dubbo-go-limited', 'grpc-go', 'grpc-chain', 'grpc-chain-back']


def dead_port():
    """A port that nobody listens on."""
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class HttpTarget(Target):
    """One that speaks HTTP."""

    def ask(self, method='GET', path='/users/42', body=None, count=1, traceparent=None, **headers):
        """`count` requests on one connection; the last answer."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=20)
        headers = {'User-Agent': 'loadgen/1.0', **headers}
        if traceparent:
            headers['traceparent'] = traceparent
        for _ in range(count):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.text = answer.read().decode()
        connection.close()
        return answer

    def raw(self, data):
        """Everything that comes back for these bytes until the target closes."""
        with socket.create_connection(('127.0.0.1', self.port), timeout=20) as s:
            s.sendall(data)
            back = b''
            while chunk := s.recv(65536):
                back += chunk
        return back


class Answers(unittest.TestCase):
    def test_the_three_endpoints(self):
        for name in ('gin', 'nethttp'):
            with self.subTest(name), HttpTarget(name, TRACETAX_STATE='absent') as target:
                user = target.ask()
                self.assertEqual(user.status, 200)
                self.assertEqual(json.loads(user.text), {
                    'id': 42, 'name': 'user-42', 'email': 'user-42@example.com',
                    'created_at': '2024-01-01T00:00:00Z'})
                made = target.ask('POST', '/users', json.dumps({'name': 'Änn', 'email': 'a@b'}))
                self.assertEqual(made.status, 201)
                self.assertEqual(json.loads(made.text)['name'], 'Änn')
                self.assertEqual(target.ask(path='/healthz').status, 200)
                self.assertEqual(target.ask('POST', '/users', '{"name":').status, 400)
                self.assertEqual(target.ask(path='/nope').status, 404)

    def test_wrong_method_is_404_in_gin_and_405_in_nethttp(self):
        with HttpTarget('gin', TRACETAX_STATE='absent') as target:
            self.assertEqual(target.ask('DELETE').status, 404)
        with HttpTarget('nethttp', TRACETAX_STATE='absent') as target:
            answer = target.ask('DELETE')
            self.assertEqual((answer.status, answer.headers['Allow']), (405, 'GET, HEAD'))
            self.assertEqual(target.ask('HEAD').text, '')

    def test_gin_writes_its_log_line_per_request(self):
        with HttpTarget('gin', TRACETAX_STATE='absent') as target:
            target.ask(path='/users/7?x=1', count=3)
            target.stop()
            lines = [line for line in target.output.splitlines() if line.startswith('[GIN] ')]
            self.assertEqual(len(lines), 3)
            self.assertIn('| 200 |', lines[0])
            self.assertTrue(lines[0].endswith('|       127.0.0.1 | GET      "/users/7?x=1"'), lines[0])


class BadRequests(unittest.TestCase):
    def test_pipelined_requests_are_answered_in_order(self):
        with HttpTarget('nethttp', TRACETAX_STATE='absent') as target:
            data = b''.join(b'GET /users/%d HTTP/1.1\r\nHost: x\r\n\r\n' % i for i in range(200))
            back = target.raw(data + b'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
            ids = [int(number) for number in re.findall(rb'\{"id":(\d+),', back)]
            self.assertEqual(ids, list(range(200)))

    def test_malformed_requests_are_400_and_closed(self):
        with HttpTarget('nethttp', TRACETAX_STATE='absent') as target:
            for data in (b'hello\r\n\r\n', b'GET / HTTP/1.1\r\n\r\n', b'GET nopath HTTP/1.1\r\nHost: x\r\n\r\n',
                         b'GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n', b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
                         b'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
                         b'POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
                         b'POST /users HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'):
                back = target.raw(data)
                self.assertTrue(back.startswith(b'HTTP/1.1 400 '), (data, back))
            self.assertEqual(target.ask().status, 200)

    def test_large_bodies_are_413_and_large_headers_431(self):
        with HttpTarget('nethttp', TRACETAX_STATE='absent') as target:
            over = target.raw(b'POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n')
            self.assertTrue(over.startswith(b'HTTP/1.1 413 '), over)
            sent = target.raw(b'POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n' + b'x' * 3000000)
            self.assertTrue(sent.startswith(b'HTTP/1.1 413 '), sent)
            name = 'n' * 1000000
            self.assertEqual(json.loads(target.ask('POST', '/users', json.dumps({'name': name})).text)['name'], name)
            back = target.raw(b'GET / HTTP/1.1\r\nHost: x\r\nX: ' + b'y' * 70000 + b'\r\n\r\n')
            self.assertTrue(back.startswith(b'HTTP/1.1 431 '), back)
            self.assertEqual(target.ask(**{'X': 'y' * 60000}).status, 200)

    def test_old_clients_and_expect_continue(self):
        with HttpTarget('nethttp', TRACETAX_STATE='absent') as target:
            self.assertTrue(target.raw(b'GET /healthz HTTP/1.0\r\n\r\n').startswith(b'HTTP/1.0 200 OK'))
            with socket.create_connection(('127.0.0.1', target.port), timeout=20) as s:
                s.sendall(b'POST /users HTTP/1.1\r\nHost: x\r\nContent-Length: 12\r\nExpect: 100-continue\r\n\r\n')
                self.assertEqual(s.recv(100), b'HTTP/1.1 100 Continue\r\n\r\n')
                s.sendall(b'{"name":"x"}')
                self.assertTrue(s.recv(1000).startswith(b'HTTP/1.1 201 Created'))

    def test_half_requests_and_many_connections_do_no_harm(self):
        with HttpTarget('nethttp', TRACETAX_STATE='absent') as target:
            held = []
            for i in range(200):
                s = socket.create_connection(('127.0.0.1', target.port), timeout=20)
                s.sendall(b'GET /users/1 HTTP/1.1\r\nHo'[:i % 26])
                held.append(s)
            self.assertEqual(target.ask().status, 200)
            for s in held:
                s.close()
            self.assertEqual(target.ask().status, 200)
            self.assertEqual(target.stop()[0], 0)


class Spans(unittest.TestCase):
    def traced(self, name, method='GET', path='/users/42', body=None):
        trace, parent = secrets.token_hex(16), secrets.token_hex(8)
        with Receiver() as receiver, HttpTarget(name, receiver=receiver, OTEL_SERVICE_NAME='users',
                                            OTEL_RESOURCE_ATTRIBUTES='team=a%20b') as target:
            before = time.time_ns()
            target.ask(method, path, body, traceparent=f'00-{trace}-{parent}-01')
            code, seen = target.stop()
            self.assertEqual((code, seen), (0, all_sent(1)))
            self.assertEqual(len(receiver.spans), 1)
            span = receiver.spans[0]
            self.assertEqual((span['trace'], span['parent']), (trace, parent))
            self.assertNotEqual(span['id'], parent)
            self.assertEqual((span['kind'], span['status'], span['flags']), (2, 0, 0x301))
            self.assertLessEqual(before, span['start'])
            self.assertLessEqual(span['start'], span['end'])
            self.assertLessEqual(span['end'], time.time_ns())
            self.assertEqual(receiver.resource, {
                'service.name': 'users', 'team': 'a b', 'telemetry.sdk.name': 'tracetax',
                'telemetry.sdk.language': 'cpp', 'telemetry.sdk.version': '0.1.0'})
            path, headers, _, _ = receiver.requests[0]
            self.assertEqual((path, headers['Content-Type']), ('/v1/traces', 'application/x-protobuf'))
            attributes = dict(span['attributes'])
            self.assertEqual(len(attributes), len(span['attributes']))
            self.assertGreater(attributes.pop('network.peer.port'), 0)
            self.assertEqual(attributes.pop('server.port'), target.port)
            return span['name'], attributes, receiver.scope

    COMMON = {'server.address': '127.0.0.1', 'url.scheme': 'http', 'network.peer.address': '127.0.0.1',
              'user_agent.original': 'loadgen/1.0', 'client.address': '127.0.0.1',
              'network.protocol.version': '1.1'}

    def test_gin_get(self):
        name, attributes, scope = self.traced('gin')
        self.assertEqual(name, 'GET /users/:id')
        self.assertEqual(attributes, {
            **self.COMMON, 'server.address': 'gin', 'http.request.method': 'GET', 'url.path': '/users/42',
            'http.route': '/users/:id',
            'http.response.body.size': 92, 'http.response.status_code': 200})
        self.assertTrue(scope.endswith('/gin/otelgin'))

    def test_nethttp_get(self):
        name, attributes, scope = self.traced('nethttp')
        self.assertEqual(name, 'GET /users/{id}')
        self.assertEqual(attributes, {
            **self.COMMON, 'http.request.method': 'GET', 'url.path': '/users/42',
            'http.response.body.size': 92, 'http.response.status_code': 200})
        self.assertTrue(scope.endswith('/net/http/otelhttp'))

    def test_nethttp_post(self):
        name, attributes, _ = self.traced('nethttp', 'POST', '/users', '{"name":"x"}')
        self.assertEqual(name, 'POST /users')
        self.assertEqual((attributes['http.request.body.size'], attributes['http.response.status_code']), (12, 201))
        self.assertEqual(len(attributes), 11)  # and the two ports

    def test_unsampled_parent_makes_no_span(self):
        with Receiver() as receiver, HttpTarget('gin', receiver=receiver) as target:
            target.ask(traceparent='00-' + '1' * 32 + '-' + '2' * 16 + '-00', count=5)
            self.assertEqual(target.stop(), (0, counts(started=5)))
            self.assertEqual(receiver.requests, [])

    def test_states_without_export_send_nothing(self):
        expected = {'absent': counts(), 'noop': counts(), 'drop': counts(started=4),
                    'record': counts(started=4, sampled=4, ended=4)}
        for name in ('gin', 'nethttp'):
            for state, want in expected.items():
                with self.subTest(name=name, state=state), Receiver() as receiver, \
                        HttpTarget(name, receiver=receiver, TRACETAX_STATE=state) as target:
                    self.assertEqual(target.ask(count=4).status, 200)
                    self.assertEqual(target.stop(), (0, want))
                    self.assertEqual(receiver.requests, [])

    def test_standard_switches_give_states(self):
        for variables, want in (({'OTEL_SDK_DISABLED': 'true'}, counts()),
                                ({'OTEL_TRACES_EXPORTER': 'none'}, counts(started=1, sampled=1, ended=1)),
                                ({'OTEL_TRACES_SAMPLER': 'always_off'}, counts(started=1))):
            with self.subTest(variables), Receiver() as receiver, \
                    HttpTarget('nethttp', receiver=receiver, **variables) as target:
                target.ask()
                self.assertEqual(target.stop(), (0, want))
                self.assertEqual(receiver.requests, [])

    def test_ratio_sampler_decides_by_the_id_exactly_as_go_does(self):
        with Receiver() as receiver, HttpTarget('nethttp', receiver=receiver, OTEL_TRACES_SAMPLER='traceidratio',
                                            OTEL_TRACES_SAMPLER_ARG='0.1') as target:
            ids = [secrets.token_hex(16) for _ in range(300)]
            for trace in ids:
                target.ask(traceparent=f'00-{trace}-{"2" * 16}-00')
            target.stop()
            kept = {trace for trace in ids if int(trace[16:], 16) >> 1 < int(0.1 * 2 ** 63)}
            self.assertEqual({span['trace'] for span in receiver.spans}, kept)

    def test_probability_sampler_goes_by_rv_and_tells_th(self):
        with Receiver() as receiver, HttpTarget('nethttp', receiver=receiver, OTEL_TRACES_SAMPLER='probability',
                                                OTEL_TRACES_SAMPLER_ARG='0.25') as target:
            threshold = 0xc0000000000000
            ids = [secrets.token_hex(16) for _ in range(100)]
            for trace in ids:
                target.ask(traceparent=f'00-{trace}-{"2" * 16}-00', tracestate='vendor=1,ot=th:8')
            target.ask(traceparent=f'00-{"1" * 32}-{"2" * 16}-00', tracestate='ot=rv:ffffffffffffff')
            target.stop()
            kept = {trace for trace in ids if int(trace[18:], 16) >= threshold}
            states = {span['trace']: span['trace_state'] for span in receiver.spans}
            self.assertEqual(states, {**{trace: 'ot=th:c,vendor=1' for trace in kept},
                                      '1' * 32: 'ot=th:c;rv:ffffffffffffff'})

    def test_rate_limiting_lets_a_burst_through_whatever_the_flag(self):
        with Receiver() as receiver, HttpTarget('nethttp', receiver=receiver, OTEL_TRACES_SAMPLER='rate_limiting',
                                                OTEL_TRACES_SAMPLER_ARG='0.01/s') as target:
            target.ask(traceparent='00-' + '1' * 32 + '-' + '2' * 16 + '-00', count=20)
            self.assertEqual(target.stop(), (0, counts(started=20, sampled=1, ended=1, exported=1)))

    def test_a_bad_setting_of_a_sampler_of_ours_is_an_error(self):
        done = run_program('nethttp', '--port', '0', OTEL_TRACES_SAMPLER='adaptive_load',
                           OTEL_TRACES_SAMPLER_ARG='1%,widow=1s')
        self.assertEqual(done.returncode, 2)
        self.assertIn('window', done.stderr)

    def test_sigint_flushes_too(self):
        with Receiver() as receiver, HttpTarget('nethttp', receiver=receiver) as target:
            target.ask(count=3)
            self.assertEqual(target.stop(signal.SIGINT), (0, all_sent(3)))
            self.assertEqual(len(receiver.spans), 3)


class Export(unittest.TestCase):
    def test_gzip_and_headers(self):
        with Receiver() as receiver, HttpTarget('nethttp', receiver=receiver, OTEL_EXPORTER_OTLP_COMPRESSION='gzip',
                                            OTEL_EXPORTER_OTLP_HEADERS='x-key=a%20b') as target:
            target.ask(count=20)
            self.assertEqual(target.stop(), (0, all_sent(20)))
            self.assertEqual(len(receiver.spans), 20)
            self.assertEqual(receiver.requests[0][1]['Content-Encoding'], 'gzip')
            self.assertEqual(receiver.requests[0][1]['x-key'], 'a b')

    def test_batches_go_out_when_full_and_when_the_delay_is_over(self):
        with Receiver() as receiver, HttpTarget('nethttp', receiver=receiver, OTEL_BSP_SCHEDULE_DELAY='200',
                                            OTEL_BSP_MAX_EXPORT_BATCH_SIZE='16') as target:
            target.ask(count=3)
            self.assertTrue(receiver.wait_for_requests(1))
            target.ask(count=40)
            self.assertTrue(receiver.wait_for_requests(4))
            self.assertEqual(target.stop(), (0, all_sent(43)))
            self.assertLessEqual(max(size for _, _, size, _ in receiver.requests), 16)
            self.assertEqual(sum(size for _, _, size, _ in receiver.requests), 43)

    def test_a_503_is_retried_and_the_spans_arrive_once(self):
        with Receiver(script=[(503, {}, b'')]) as receiver, \
                HttpTarget('nethttp', receiver=receiver, OTEL_BSP_SCHEDULE_DELAY='50') as target:
            target.ask(count=5)
            self.assertTrue(receiver.wait_for_requests(1))
            # In the wait before the retry; the shutdown makes it come at once.
            self.assertEqual(target.stop(), (0, all_sent(5)))
            self.assertEqual(len(receiver.requests), 2)
            self.assertEqual(len(receiver.spans), 5)

    def test_the_retry_comes_by_itself_after_the_backoff(self):
        with Receiver(script=[(429, {'Retry-After': '1'}, b'')]) as receiver, \
                HttpTarget('nethttp', receiver=receiver, OTEL_BSP_SCHEDULE_DELAY='50') as target:
            target.ask()
            self.assertTrue(receiver.wait_for_requests(2))
            waited = receiver.requests[1][3] - receiver.requests[0][3]
            self.assertGreaterEqual(waited, 2.4)  # half of 5 s, the least that jitter leaves
            self.assertEqual(target.stop(), (0, all_sent(1)))

    def test_a_400_is_not_retried(self):
        with Receiver(script=[(400, {}, b'')]) as receiver, \
                HttpTarget('nethttp', receiver=receiver, OTEL_BSP_SCHEDULE_DELAY='50') as target:
            target.ask(count=2)
            self.assertTrue(receiver.wait_for_requests(1))
            code, seen = target.stop()
            self.assertEqual((code, seen), (0, counts(started=2, sampled=2, ended=2, failed=2)))
            self.assertEqual(len(receiver.requests), 1)
            self.assertIn('2 of 2 spans not exported', target.errors)

    def test_partial_success_counts_the_rejected_as_failed(self):
        message = b'\x0a\x08' + b'\x08\x03' + b'\x12\x04full'  # rejected_spans 3, error_message "full"
        with Receiver(script=[(200, {}, message)]) as receiver, HttpTarget('nethttp', receiver=receiver) as target:
            target.ask(count=10)
            self.assertEqual(target.stop(), (0, counts(10, 10, 10, 0, 7, 3)))
            self.assertEqual(len(receiver.requests), 1)

    def test_a_dead_endpoint_fails_the_spans_and_the_end_comes_in_time(self):
        with HttpTarget('nethttp', OTEL_EXPORTER_OTLP_ENDPOINT=f'http://127.0.0.1:{dead_port()}',
                    OTEL_BSP_SCHEDULE_DELAY='20') as target:
            target.ask(count=700)
            start = time.monotonic()
            self.assertEqual(target.stop(), (0, counts(700, 700, 700, 0, 0, 700)))
            self.assertLess(time.monotonic() - start, 5)

    def test_a_hanging_receiver_is_left_at_the_export_timeout(self):
        with socket.create_server(('127.0.0.1', 0)) as listener, \
                HttpTarget('nethttp', OTEL_EXPORTER_OTLP_ENDPOINT=f'http://127.0.0.1:{listener.getsockname()[1]}',
                       OTEL_BSP_EXPORT_TIMEOUT='700') as target:
            target.ask(count=2)
            start = time.monotonic()
            self.assertEqual(target.stop(), (0, counts(2, 2, 2, 0, 0, 2)))
            self.assertLess(time.monotonic() - start, 5)

    def test_a_receiver_that_restarts_is_found_again(self):
        with Receiver() as receiver, HttpTarget('nethttp', receiver=receiver, OTEL_BSP_SCHEDULE_DELAY='20') as target:
            target.ask()
            self.assertTrue(receiver.wait_for_requests(1))
            receiver.script = [(200, {'Connection': 'close'}, b'')]
            target.ask()
            self.assertTrue(receiver.wait_for_requests(2))
            target.ask()
            self.assertEqual(target.stop(), (0, all_sent(3)))
            self.assertEqual(len(receiver.spans), 3)

    def test_a_full_queue_drops_and_the_counts_close(self):
        with Receiver(delay=0.3) as receiver, HttpTarget('nethttp', receiver=receiver,
                                                     OTEL_BSP_MAX_QUEUE_SIZE='10') as target:
            target.ask(count=500)
            code, seen = target.stop()
            self.assertEqual((code, seen['started'], seen['ended']), (0, 500, 500))
            self.assertGreater(seen['dropped'], 400)
            self.assertEqual(seen['dropped'] + seen['exported'] + seen['failed'], 500)
            self.assertEqual(seen['exported'], len(receiver.spans))


class CommandLine(unittest.TestCase):
    def test_mistakes_end_with_2_and_say_what_is_right(self):
        for arguments, variables, text in (
                (('ginn',), {}, "did you mean 'gin'"),
                ((), {}, '--list'),
                (('gin', 'nethttp'), {}, 'only one target'),
                (('gin', '--bogus'), {}, 'bogus'),
                (('gin', '--port', 'x'), {}, '--port'),
                (('gin', '--port', '65536'), {}, '0 to 65535'),
                (('gin', '--host', 'nowhere'), {}, 'numeric address'),
                (('gin', '--work-per-sampled', '50'), {}, '--work-per-sampled'),
                (('gin',), {'TRACETAX_STATE': 'on'}, 'TRACETAX_STATE'),
                (('gin',), {'OTEL_EXPORTER_OTLP_PROTOCOL': 'http'}, 'http/protobuf, http/json or grpc'),
                (('gin',), {'OTEL_EXPORTER_OTLP_ENDPOINT': 'localhost:4318'}, 'http://127.0.0.1:4318')):
            with self.subTest(arguments=arguments, variables=variables):
                done = run_program(*arguments, **variables)
                self.assertEqual(done.returncode, 2)
                self.assertIn(text, done.stderr)
                self.assertEqual(done.stdout, '')

    def test_port_in_use(self):
        with socket.create_server(('127.0.0.1', 0)) as taken:
            port = taken.getsockname()[1]
            done = run_program('gin', '--port', str(port))
            self.assertEqual(done.returncode, 2)
            self.assertIn(f'port {port} is in use', done.stderr)

    def test_unreadable_values_warn_and_the_target_runs(self):
        with HttpTarget('nethttp', TRACETAX_STATE='export', OTEL_BSP_SCHEDULE_DELAY='soon') as target:
            self.assertEqual(target.stop(), (0, counts()))
            self.assertIn('OTEL_BSP_SCHEDULE_DELAY', target.errors)

    def test_list_explain_and_help(self):
        listed = [line.split()[0] for line in run_program('--list').stdout.splitlines()]
        self.assertEqual([name for name in listed if name in KNOWN], KNOWN)
        self.assertEqual([target['name'] for target in json.loads(run_program('--describe').stdout)], listed)
        self.assertIn("did you mean 'gin'", run_program('ginn', '--describe').stderr)
        for arguments in (('gin', '--explain'), ('--explain', 'gin')):
            text = run_program(*arguments).stdout
            self.assertLess(text.index('route:'), text.index('log:'))
            self.assertLess(text.index('log:'), text.index('trace:'))
        self.assertIn('--work-per-sampled', run_program('--help').stdout)

    def test_sampler_steps_fit_a_terminal(self):
        out = subprocess.run([PROGRAM, '--sampler-steps'], text=True, capture_output=True, timeout=300, check=True).stdout
        lines = out.splitlines()
        self.assertLessEqual(max(map(len, lines)), 80)
        rows = [line.split() for line in lines if line.startswith('  adaptive_load')]
        self.assertEqual(len(rows), 4)
        # Above 10,000 a second 0.01 %, at once and for good; at 10,000 it never settles.
        self.assertEqual(rows[0][2:5:2] + rows[0][7:8], ['0.01%', '1', '0'], rows[0])
        self.assertEqual(rows[3][4], 'never')
        self.assertGreater(float(rows[3][6]), 5)

    def test_injected_work_takes_cpu(self):
        with HttpTarget('nethttp', '--work-per-sampled', '20ms', TRACETAX_STATE='absent') as target:
            def cpu():
                with open(f'/proc/{target.process.pid}/stat', encoding='ascii') as f:
                    return sum(map(int, f.read().split()[13:15])) / os.sysconf('SC_CLK_TCK')
            target.ask(count=20, traceparent='00-' + '1' * 32 + '-' + '2' * 16 + '-01')
            self.assertGreaterEqual(cpu(), 0.35)


if __name__ == '__main__':
    unittest.main()
