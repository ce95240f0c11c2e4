"""How requests tell their trace context: every format closes the receipt of a target that reads it, and one that is
not read is named.

SPDX-License-Identifier: Apache-2.0
"""
import sys
import unittest

from run_testing import READY, Run, detail, emulated, rules, suite

FORMATS = ['w3c', 'b3', 'b3multi', 'jaeger', 'xray']
# What no request may carry where the target decides; any of them is answered with 400.
REFUSES_CONTEXT = """
import http.server, signal, sys
NAMES = {'traceparent', 'b3', 'x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled', 'uber-trace-id', 'x-amzn-trace-id'}
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_GET(self):
        self.send_response(400 if NAMES & {name.lower() for name in self.headers} else 200)
        self.send_header('Content-Length', '0')
        self.end_headers()
    def log_message(self, *_):
        pass
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
"""


def of_formats(targets, **scenario):
    """A suite of these targets, each with requests of its own formats."""
    content = suite(None, ['off', 'on@50%'])
    content['targets'] = {name: target for name, (target, _) in targets.items()}
    content['scenarios'] = {name: {'path': '/users/42', **scenario, 'context': context, 'targets': [name]}
                            for name, (_, context) in targets.items()}
    return content


class Context(unittest.TestCase):
    def expect_closed(self, run, cells):
        traced = run.segments('on@50%')
        self.assertEqual(len(traced), cells, run.stderr)
        for segment in traced:
            spans = segment['spans']
            self.assertNotIn('receipt_open', rules(segment), segment)
            self.assertEqual(spans['expected'], spans['received'])
            self.assertGreater(spans['traces_expected'], 20)
            self.assertEqual(spans['unexpected_traces'], 0)

    def test_each_format_closes_where_it_is_read(self):
        targets = {name: (emulated(), name) for name in FORMATS}
        reads_one = emulated()
        reads_one['env'] = {**reads_one['env'], 'OTEL_PROPAGATORS': 'jaeger'}
        targets['all'] = (reads_one, FORMATS)
        self.expect_closed(Run(self, of_formats(targets)), len(targets))

    def test_each_format_closes_over_grpc(self):
        target = {'emulated': 'grpc-go', 'env': {'OTEL_BSP_SCHEDULE_DELAY': '50'}}
        call = {'kind': 'grpc', 'method': 'bench.v1.Bench/Echo', 'data': {'text': 'hi'}}
        content = of_formats({name: (target, name) for name in FORMATS[1:]}, **call)
        for scenario in content['scenarios'].values():
            del scenario['path']
        self.expect_closed(Run(self, content), len(FORMATS) - 1)

    def test_formats_close_in_metadata_of_other_protocols(self):
        delay = {'env': {'OTEL_BSP_SCHEDULE_DELAY': '50'}}
        kinds = {'kitex-thrift': {'kind': 'thrift', 'framing': 'ttheader'}, 'tars-go': {'kind': 'tars'},
                 'dubbo-go': {'kind': 'triple'}, 'gomicro': {'kind': 'gomicro'}}
        content = suite(None, ['off', 'on@50%'])
        content['targets'] = {name: {'emulated': name, **delay} for name in kinds}
        content['scenarios'] = {name: {**kind, 'method': 'Echo', 'data': {'text': 'hi'}, 'targets': [name],
                                       'context': ['b3multi', 'xray']} for name, kind in kinds.items()}
        self.expect_closed(Run(self, content), len(kinds))

    def test_what_is_sent_and_not_read_is_named(self):
        deaf = emulated()
        deaf['env'] = {**deaf['env'], 'OTEL_PROPAGATORS': 'tracecontext'}
        run = Run(self, of_formats({'deaf': (deaf, ['b3', 'xray'])}))
        traced, = run.segments('on@50%')
        self.assertEqual([item['service'] for item in traced['spans']['broken_propagation']], ['deaf'])
        why = detail(traced, 'receipt_open')
        self.assertIn("broken propagation: service 'deaf' began", why)
        self.assertIn('Requests carry b3, X-Amzn-Trace-Id', why)
        self.assertIn('OTEL_PROPAGATORS=b3,xray', why)
        self.assertEqual(run.result()['config']['resolved']['scenarios']['deaf']['context'], ['b3', 'xray'])

    def test_no_format_goes_out_where_the_target_decides(self):
        content = suite({'command': [sys.executable, 'server.py', '{port}'], 'ready': READY}, ['off', 'off2'],
                        load={'sampling': 'target', 'rate': '100/s'})
        content['scenarios']['get']['context'] = FORMATS
        for sampling in ('target', 'caller'):
            content['load']['sampling'] = sampling
            run = Run(self, content, programs={'server.py': REFUSES_CONTEXT})
            run.end()
            # A driver that a busy machine made late is not the matter here.
            refused = [void['rule'] for arm in ('off', 'off2') for segment in run.segments(arm)
                       for void in segment['voids'] if void['rule'] in ('too_many_errors', 'target_failed')]
            self.assertEqual(bool(refused), sampling == 'caller', run.stderr)


if __name__ == '__main__':
    unittest.main()
