"""End to end: `tracetax run` on targets that go wrong.

Numbers are not looked at, for the machine may be busy: only what is void and why, and what is saved.
SPDX-License-Identifier: Apache-2.0
"""
import os
import shutil
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
import unittest

from run_testing import READY, TRACETAX, Run, chain, detail, emulated, rules, server, suite, until, SERVER


class Validity(unittest.TestCase):
    """Each rule broken once, and seen."""

    def test_a_plain_program_is_measured(self):
        run = Run(self, suite(server('ok')))
        segments = run.segments()
        self.assertEqual([s['arm'] for s in segments].count('off'), 1)
        self.assertEqual(len(segments), 2)
        for segment in segments:
            self.assertGreater(segment['requests'], 50)
            self.assertGreater(segment['cpu_us']['total'], 0)
            self.assertGreater(segment['rss_peak'], 1e6)
            self.assertEqual(set(rules(segment)) - {'driver_lag'}, set(), segment['voids'])
        self.assertEqual(run.result()['status'] in ('complete', 'invalid'), True)

    def test_a_target_that_cannot_keep_the_rate(self):
        for segment in Run(self, suite(server('slow', 30))).segments():
            self.assertIn('rate_not_achieved', rules(segment))

    def test_requests_that_nobody_could_send_in_time(self):
        segments = Run(self, suite(server('slow', 100), load={'queue': 5})).segments()
        for segment in segments:
            self.assertIn('driver_saturated', rules(segment))
            self.assertGreater(segment['late'], 0)

    def test_one_error_in_fifty(self):
        for segment in Run(self, suite(server('errors', 50))).segments():
            self.assertIn('too_many_errors', rules(segment))
            self.assertIn('status_500', segment['errors'])

    def test_closed_connections_are_errors(self):
        for segment in Run(self, suite(server('closes', 20))).segments():
            self.assertIn('too_many_errors', rules(segment))
            self.assertTrue(segment['errors'])

    def test_a_target_that_hangs(self):
        for segment in Run(self, suite(server('hangs', 40))).segments():
            self.assertIn('too_many_errors', rules(segment))
            self.assertIn('timeout', segment['errors'])

    def test_a_stalled_driver(self):
        run = Run(self, suite(server('ok'), arms=['off'], load={'rate': '600/s'}, design={'measure': '4s'}))
        run.child('misbehaving_server')
        time.sleep(2.0)  # the service may take a second to start
        os.kill(run.process.pid, signal.SIGSTOP)
        time.sleep(0.5)
        os.kill(run.process.pid, signal.SIGCONT)
        segment, = run.segments()
        self.assertIn('driver_lag', rules(segment))
        self.assertGreater(segment['send_lag_p99_ns'], 100e6)

    def test_a_target_that_drops_spans(self):
        target = emulated(env={'OTEL_BSP_SCHEDULE_DELAY': '50', 'OTEL_BSP_MAX_QUEUE_SIZE': '1',
                               'OTEL_BSP_MAX_EXPORT_BATCH_SIZE': '1'})
        run = Run(self, suite(target, ['off', 'on@100%'], load={'rate': '2k/s'}, path='/users/42',
                              design={'drain': '500ms'}))
        traced, = run.segments('on@100%')
        self.assertIn('receipt_open', rules(traced))
        dropped = traced['self_counts']['dropped']
        self.assertGreater(dropped, 0)
        self.assertIn(f'The target dropped {dropped} spans: its queue was full', detail(traced, 'receipt_open'))
        self.assertLess(traced['spans']['received'], traced['spans']['expected'])
        off, = run.segments('off')
        self.assertNotIn('receipt_open', rules(off))

    def test_a_target_that_ends_while_measured(self):
        for segment in Run(self, suite(server('exits-while-measured', 60))).segments():
            self.assertIn('target_restarted', rules(segment))
            self.assertIn('exited with code 4', detail(segment, 'target_restarted'))
            self.assertIn('out of ideas', detail(segment, 'target_restarted'))

    def test_a_target_that_loses_a_process_while_measured(self):
        for segment in Run(self, suite(server('loses-child', 80))).segments():
            self.assertIn('target_restarted', rules(segment))

    def test_a_target_that_ignores_sigterm(self):
        for segment in Run(self, suite(server('ignores-sigterm', stop_within='300ms'))).segments():
            self.assertIn('target_killed', rules(segment))


class Failures(unittest.TestCase):
    """Targets that cannot be measured at all: one clear error, no repetition."""

    def fails(self, target, *words, code=4, **more):
        run = Run(self, suite(target, design={'blocks': 6}, **more))
        self.assertEqual(run.end(), code, run.stderr)
        for word in words:
            self.assertIn(word, run.stderr)
        return run

    def test_a_missing_program(self):
        self.fails({'command': ['no-such-server', '{port}'], 'ready': READY}, "'no-such-server'", 'victim', code=2)

    def test_a_target_that_exits_at_once(self):
        run = self.fails(server('exits'), 'victim exited with code 3', 'cannot open the database')
        self.assertEqual(run.result()['status'], 'invalid')
        self.assertLessEqual(len(run.segments()), 2)
        for segment in run.segments():
            self.assertEqual(rules(segment), ['target_failed'])

    def test_the_same_while_the_rate_is_sought(self):
        run = self.fails(server('exits'), 'victim exited with code 3', load={'rate': 'auto:0.5'})
        self.assertEqual(run.segments(), [])

    def test_a_shell_that_does_not_find_its_program(self):
        self.fails({'command': ['sh', '-c', 'no-such-server {port}'], 'ready': READY}, '127')

    def test_a_target_that_is_never_ready(self):
        self.fails(server('never-ready', ready_within='300ms'), 'not ready within 300 ms',
                   'waiting for a friend')

    def test_a_target_that_answers_500(self):
        self.fails(server('always-500'), '500')

    def test_a_target_that_never_answers(self):
        self.fails(server('hangs'), 'no whole answer')

    def test_a_folder_that_cannot_be_written(self):
        run = Run(self, suite(server('ok')), out='/dev/null/out')
        self.assertEqual(run.end(), 2, run.stderr)
        self.assertIn('/dev/null/out', run.stderr)

    def test_a_sink_that_cannot_bind(self):
        with socket.create_server(('127.0.0.1', 0)) as taken:
            port = taken.getsockname()[1]
            run = Run(self, suite(server('ok'), sink={'port': port}))
            self.assertEqual(run.end(), 2, run.stderr)
            self.assertIn(str(port), run.stderr)

    def test_a_folder_that_is_lost_in_mid_run(self):
        run = Run(self, suite(server('ok'), design={'blocks': 3}))
        until(lambda: run.saved_segments() >= 1, 'a segment')
        shutil.rmtree(run.out)
        with open(run.out, 'w'):
            pass
        self.assertNotEqual(run.end(), 0)
        self.assertIn('out', run.stderr)


class Receipts(unittest.TestCase):
    def test_every_expected_span_is_received(self):
        run = Run(self, suite(emulated(), ['off', 'on@10%', 'on@100%'], path='/users/42'))
        for segment in run.segments():
            spans = segment['spans']
            self.assertEqual(spans['expected'], spans['received'])
            self.assertNotIn('receipt_open', rules(segment))
        self.assertEqual(run.segments('off')[0]['spans']['received'], 0)
        self.assertGreater(run.segments('on@100%')[0]['spans']['received'], 100)

    def test_otlp_over_grpc_closes_too_and_bytes_are_those_on_the_wire(self):
        def exporter(**variables):
            return {'emulated': 'nethttp', 'env': {'OTEL_BSP_SCHEDULE_DELAY': '50', **variables}}

        targets = {'plain': exporter(), 'packed': exporter(OTEL_EXPORTER_OTLP_COMPRESSION='gzip'),
                   'by-http': {**exporter(), 'otlp': 'http/protobuf'}}
        content = suite(None, ['off', 'on@10%', 'on@100%'], path='/users/42', otlp='grpc')
        run = Run(self, {**content, 'targets': targets})
        for segment in run.segments():
            self.assertEqual(segment['spans']['expected'], segment['spans']['received'])
            self.assertNotIn('receipt_open', rules(segment))
        plain, packed, by_http = (s['spans'] for s in sorted(run.segments('on@100%'), key=lambda s: s['cell']))
        self.assertLess(packed['bytes'] / packed['received'], plain['bytes'] / plain['received'] / 2)
        self.assertAlmostEqual(by_http['bytes'] / by_http['received'], plain['bytes'] / plain['received'], delta=50)

    def test_the_emulated_chain_over_otlp_grpc(self):
        """Two processes and their spans: the receipt closes, and a dropped context is named."""
        # An EchoRequest in gRPC's frame, as plain HTTP/2.
        echo = {'kind': 'http', 'http2': True, 'method': 'POST', 'path': '/bench.v1.Bench/Echo',
                'headers': {'content-type': 'application/grpc', 'te': 'trailers'}, 'body': '\0\0\0\0\4\n\2hi'}
        target = {'emulated': 'grpc-chain', 'env': {'OTEL_BSP_SCHEDULE_DELAY': '50'}}
        broken = {**target, 'args': ['--drop-propagation']}
        content = suite(None, ['off', 'on@1%', 'on@10%', 'on@100%'], load={'rate': '500/s'}, otlp='grpc',
                        design={'drain': '1s'})
        run = Run(self, {**content, 'targets': {'whole': target, 'broken': broken}, 'scenarios': {'echo': echo}})
        for segment in run.segments():
            spans, off = segment['spans'], segment['arm'] == 'off'
            self.assertGreater(segment['cpu_us']['total'], 0)
            if segment['cell'] == 0 or off:
                self.assertEqual(spans['broken_propagation'], [])
                self.assertEqual(spans['received'], 3 * spans['traces_expected'])
                self.assertNotIn('receipt_open', rules(segment))
            elif segment['arm'] != 'on@1%':  # there chance may leave too few sampled requests
                self.assertEqual([item['service'] for item in spans['broken_propagation']], ['broken-back'])
                self.assertIn("broken propagation: service 'broken-back'", detail(segment, 'receipt_open'))

    def test_a_chain_of_two_services_closes(self):
        for segment in Run(self, suite(chain(), ['off', 'on@10%', 'on@100%'])).segments():
            spans = segment['spans']
            self.assertEqual(spans['expected'], spans['received'])
            self.assertEqual(spans['expected'], 3 * spans['traces_expected'])
            self.assertEqual(spans['broken_propagation'], [])
            self.assertNotIn('receipt_open', rules(segment))

    def test_broken_propagation_is_named(self):
        run = Run(self, suite(chain('drop'), ['off', 'on@10%', 'on@100%'], design={'drain': '500ms'}))
        for arm in ('on@10%', 'on@100%'):
            traced, = run.segments(arm)
            broken, = traced['spans']['broken_propagation']
            self.assertEqual(broken['service'], 'victim-back')
            self.assertGreater(broken['traces'], 100)
            self.assertEqual(broken['traces'], traced['spans']['unexpected_traces'])
            self.assertIn("broken propagation: service 'victim-back' began", detail(traced, 'receipt_open'))
            self.assertIn('OTEL_PROPAGATORS', detail(traced, 'receipt_open'))
        for off in run.segments('off'):  # unless the run ended before it, as no traced arm can count
            self.assertNotIn('receipt_open', rules(off))
        with open(os.path.join(run.out, 'report.md')) as report:
            self.assertIn("on@10%: broken propagation: service 'victim-back' began", report.read())

    def test_a_target_that_decides_and_counts(self):
        run = Run(self, suite(emulated(), ['off', 'on@50%'], path='/users/42', load={'sampling': 'target'}))
        traced, = run.segments('on@50%')
        self.assertTrue(traced['spans']['known'])
        self.assertEqual(traced['spans']['expected'], traced['spans']['received'])
        self.assertGreater(traced['spans']['received'], 20)
        self.assertAlmostEqual(traced['sampled_share'], 0.5, delta=0.25)

    def test_spans_that_come_only_at_the_end_of_a_target_that_decides_void_its_segment(self):
        # It says 50 ms and keeps spans for half a minute: the drain sees none, and the cost of exporting is not metered.
        target = os.path.join(os.path.dirname(TRACETAX), 'tracetax-target')
        keeps = {'command': ['sh', '-c', 'OTEL_BSP_SCHEDULE_DELAY=30000 exec "$0" nethttp --port "$1"', target, '{port}'],
                 'ready': READY, 'env': {'OTEL_BSP_SCHEDULE_DELAY': '50'}}
        run = Run(self, suite(keeps, ['off', 'on@100%'], path='/users/42', load={'sampling': 'target'}))
        traced, = run.segments('on@100%')
        self.assertEqual(traced['spans']['expected'], traced['spans']['received'])
        self.assertGreater(traced['spans']['received'], 20)
        self.assertIn('receipt_open', rules(traced))
        self.assertIn('came only after the drain', detail(traced, 'receipt_open'))
        self.assertNotIn('receipt_open', rules(run.segments('off')[0]))

    def test_a_killed_sink_voids_the_traced_segments_after_it(self):
        run = Run(self, suite(emulated(), ['off', 'on@100%'], path='/users/42', design={'blocks': 3}))
        until(lambda: run.saved_segments() >= 2, 'the first block')
        os.kill(run.child(' sink --control'), signal.SIGKILL)
        self.assertEqual(len(run.segments()), 6)
        late = [s for s in run.segments() if s['block'] == 2]
        for segment in late:
            if segment['arm'] == 'off':
                self.assertNotIn('receipt_open', rules(segment))
            else:
                self.assertIn('receipt_open', rules(segment))
                self.assertIsNotNone(segment['spans']['sink_failure'])
        self.assertTrue(any('sink' in w for w in run.result()['run_warnings']))

    def test_capacity_segments_have_their_own_kind(self):
        run = Run(self, suite(emulated(), ['off', 'on@100%'], path='/users/42', design={'capacity': '200ms'}))
        kinds = [s['kind'] for s in run.segments()]
        self.assertEqual((kinds.count('open'), kinds.count('capacity')), (2, 2))
        for segment in run.segments():
            self.assertNotIn('receipt_open', rules(segment))


class Attached(unittest.TestCase):
    def setUp(self):
        with socket.create_server(('127.0.0.1', 0)) as free:
            port = free.getsockname()[1]
        self.server = subprocess.Popen([sys.executable, SERVER, str(port), 'ok'])
        self.addCleanup(self.server.wait)
        self.addCleanup(self.server.kill)
        self.url = f'http://127.0.0.1:{port}'

    def test_with_a_pid_it_is_metered_and_left_running(self):
        for segment in Run(self, suite({'attach': self.url, 'pid': self.server.pid})).segments():
            self.assertGreater(segment['cpu_us']['total'], 0)
            self.assertNotIn('target_restarted', rules(segment))
        self.assertIsNone(self.server.poll())

    def test_without_a_pid_it_is_not_metered(self):
        for segment in Run(self, suite({'attach': self.url})).segments():
            self.assertIsNone(segment['cpu_us'])
            self.assertGreater(segment['requests'], 50)

    def test_an_address_of_ipv6(self):
        class Answer(socketserver.BaseRequestHandler):
            def handle(self):
                while self.request.recv(4096):
                    self.request.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')

        class Server(socketserver.ThreadingTCPServer):
            address_family = socket.AF_INET6
            daemon_threads = True

        with Server(('::1', 0), Answer) as server6:
            threading.Thread(target=server6.serve_forever, daemon=True).start()
            for segment in Run(self, suite({'attach': f'http://[::1]:{server6.server_address[1]}/'})).segments():
                self.assertGreater(segment['requests'], 50)
            server6.shutdown()

    def test_nobody_there(self):
        self.server.kill()
        self.server.wait()
        run = Run(self, suite({'attach': self.url}))
        self.assertEqual(run.end(), 4, run.stderr)
        self.assertIn('not ready', run.stderr)


if __name__ == '__main__':
    unittest.main()
