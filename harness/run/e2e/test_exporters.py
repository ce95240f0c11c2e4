"""End to end: exporters against receivers of spans, as `tracetax run exporters` has them.

Numbers are looked at only where the round trip fixes them: no machine is too busy for that.
SPDX-License-Identifier: Apache-2.0
"""
import os
import re
import subprocess
import sys
import unittest

from run_testing import TRACETAX, Run, detail, rules

# Takes every export, and says at its end that it took none.
FORGETFUL = """import http.server, json, signal, sys
class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def do_POST(self):
        self.rfile.read(int(self.headers['Content-Length']))
        self.send_response(200)
        self.send_header('Content-Type', 'application/x-protobuf')
        self.send_header('Content-Length', '0')
        self.end_headers()
    def log_message(self, *_):
        pass
def end(*_):
    print(json.dumps({'tracetax_spans': {'exported': 0}}), flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Answer).serve_forever()
"""
SHORT = ('--set', 'design.blocks=1', '--set', 'design.measure=300ms')


def overlay(**more):
    """The suite `exporters` with changes, so that the file itself is what is tested."""
    return {'name': 'exporters', 'extends': 'exporters', **more}


class Exporters(unittest.TestCase):
    def run_only(self, only, *options, **more):
        run = Run(self, overlay(**more), '--only', only, *SHORT, *options)
        return run, run.end()

    def test_the_receiver_counts_what_was_sent(self):
        for only in ('grpc/grpc-*-100', 'http/http-*-100', 'http/http-gzip-100'):
            run, code = self.run_only(only)
            self.assertEqual(code, 0, run.stdout + run.stderr)
            for segment in run.segments():
                self.assertEqual(rules(segment), [])
                self.assertEqual(segment['kind'], 'capacity')
                spans = segment['spans']
                self.assertGreater(spans['expected'], 0)
                self.assertEqual(spans['received'], spans['expected'])
                self.assertEqual(segment['self_counts']['exported'], spans['expected'] + spans['uncertain_spans'])
                self.assertEqual(segment['otlp']['spans_accepted'], segment['otlp']['spans_sent'])
                self.assertGreater(segment['cpu_us']['total'], 0)
            self.assertIn('T7, speed, response and loss', run.stdout)
            self.assertTrue(os.path.exists(os.path.join(run.out, 'exporters.md')))
            self.assertFalse(os.path.exists(os.path.join(run.out, 'frameworks.md')))

    def test_a_distance_is_in_every_response_and_in_no_receipt(self):
        run, code = self.run_only('http-20ms/http-far-1-100')
        self.assertEqual(code, 0, run.stdout + run.stderr)
        for segment in run.segments():
            self.assertEqual(rules(segment), [])
            self.assertGreater(segment['requests'], 0)
            # At most one export in a round trip.
            self.assertLess(segment['otlp']['spans_accepted'] / segment['dur_s'], 100 / 0.020)
            roles = {s['name']: s['role'] for s in segment['services']}
            self.assertEqual(roles, {'null-sink': 'subject', 'delay': 'companion'})
            sink = next(s['cpu_us'] for s in segment['services'] if s['name'] == 'null-sink')
            self.assertAlmostEqual(segment['cpu_us']['total'] / sink, 1, delta=0.5)
        self.assertRegex(run.stdout, r'http 1 x 100 \+20ms')

    def test_a_receiver_that_does_not_count_what_it_took_voids(self):
        target = {'services': {'null-sink': {'use': None, 'command': [sys.executable, '-c', FORGETFUL, '{port}']}}}
        run = Run(self, overlay(targets={'http': target}), '--only', 'http/http-1-10', *SHORT)
        self.assertEqual(run.end(), 4, run.stdout + run.stderr)
        for segment in run.segments():
            self.assertIn('receipt_open', rules(segment))
            self.assertRegex(detail(segment, 'receipt_open'), r'^0 spans received, \d+ expected: the receiver does not')
        self.assertIn('100 %', run.stdout)

    def test_a_receiver_that_is_not_there_is_named(self):
        target = {'services': {'null-sink': {'use': None, 'command': ['/no/such/receiver', '{port}']}}}
        run = Run(self, overlay(targets={'http': target}), '--only', 'http/http-1-10', *SHORT)
        self.assertEqual(run.end(), 2)
        self.assertIn('/no/such/receiver', run.stderr)

    def test_a_wrong_name_is_told_with_those_there_are(self):
        done = subprocess.run([TRACETAX, 'run', 'exporters', '--only', 'grcp/*'], capture_output=True, text=True,
                              timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn("'grcp/*': no cell is called so; targets: grpc, http, grpc-2ms", done.stderr)
        done = subprocess.run([TRACETAX, 'run', 'exportes'], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertIn("did you mean 'exporters'", done.stderr)

    def test_the_csv_has_every_number(self):
        run, _ = self.run_only('grpc/grpc-1-10')
        done = subprocess.run([TRACETAX, 'report', os.path.join(run.out, 'result.json'), '--format', 'exporters-csv'],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stdout, re.compile(r',null-sink,0,grpc,1,10,none,50%,,spans_per_second,1/s,[0-9.]+,', re.M))


class Delay(unittest.TestCase):
    def test_mistakes(self):
        for options, words in (((), '--to: is missing'), (('--to', 'x'), "'x' is not HOST:PORT"),
                               (('--to', '127.0.0.1:1', '--round-trip', '2h'), 'longer than a minute'),
                               (('--to', '127.0.0.1:1', 'more'), "what is 'more'")):
            done = subprocess.run([TRACETAX, 'delay', *options], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 2, options)
            self.assertIn(words, done.stderr)


if __name__ == '__main__':
    unittest.main()
