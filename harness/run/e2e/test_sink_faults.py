"""End to end: receivers that fail, each with its named line. One run for all that a target recovers from, one for
all that loses spans: a fault per arm, on an emulated target.

An exporter comes back after 2.5 to 7.5 s (its first wait is 5 s, as in Go's SDK), so the first run's drain is long.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request

from run_testing import TRACETAX, Run, detail, emulated, rules, suite

HERE = os.path.dirname(os.path.abspath(__file__))
GARBAGE = os.path.join(HERE, 'garbage_peer.py')
# What a busy machine does to any segment is none of this test's business.
OF_THE_MACHINE = {'driver_lag', 'machine_stalled', 'rate_not_achieved', 'driver_saturated'}


def arm(name, sink=None, loss=True, **env):
    more = {'sink': sink} if sink else {}
    if loss:
        more['loss'] = 'expected'
    return {'name': name, 'rate': '100%', 'env': env, **more}


def certificates(folder):
    """A CA, and by it a certificate for 127.0.0.1 that is right and one that is out of date: as a sink's "tls"."""
    script = """set -e; exec 2>/dev/null; new='-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
        openssl req -x509 $new -days 2 -subj /CN=ca -keyout ca.key -out ca.pem
        echo subjectAltName=IP:127.0.0.1 > names; openssl req $new -subj /CN=sink -keyout sink.key -out sink.csr
        for days in 2 -1; do
          openssl x509 -req -in sink.csr -CA ca.pem -CAkey ca.key -days $days -extfile names -out sink$days.pem; done"""
    subprocess.run(['sh', '-c', script], cwd=folder, check=True)
    return ({'tls': {'cert': f'{folder}/sink{days}.pem', 'key': f'{folder}/sink.key'}} for days in (2, -1))


def own_rules(segment):
    return set(rules(segment)) - OF_THE_MACHINE


class Faults(unittest.TestCase):
    def run_arms(self, arms, drain, *options, **more):
        run = Run(self, suite(emulated(), ['off', *arms], design={'drain': drain}, path='/users/42', **more), *options)
        run.end()
        self.segments = {s['arm']: s for s in run.segments()}
        self.assertEqual(len(self.segments), 1 + len(arms), run.stderr)
        with open(os.path.join(run.out, 'report.md')) as report:
            self.report = report.read()
        self.stdout = ' '.join(run.stdout.split())
        return run

    def ledger(self, name, *words):
        """The arm's line, on stdout and in the report."""
        line = next((line for line in self.report.splitlines() if line.startswith(f'- {name}: ')), None)
        self.assertIsNotNone(line, f'{name} has no line in the ledger:\n{self.report}')
        for word in words:
            self.assertIn(word, line)

    def recovers(self, protocol):
        self.run_arms([arm('slow', {'delay': '20ms'}, loss=False),
                       arm('busy', {'status': 503, 'retry_after': '1s', 'fails_for': '300ms'}, loss=False),
                       arm('restarts', {'restart_after': '100ms', 'closed_for': '200ms'}, loss=False),
                       arm('rejects', {'reject': '10%'})], '20s', otlp=protocol)
        for name in ('slow', 'busy', 'restarts'):
            segment = self.segments[name]
            self.assertEqual(own_rules(segment), set(), segment['voids'])
            self.assertEqual(segment['spans']['received'], segment['spans']['expected'])
        self.ledger('slow', 'answers late by 20 ms')
        busy = self.segments['busy']['spans']
        self.assertGreaterEqual(busy['refusals']['fault: status 503'], 1)
        self.ledger('busy', 'answers status 503 (retry after 1 s) for 300 ms', 'x fault: status 503',
                    "after the fault's end (median)")
        for name in ('busy', 'restarts'):
            self.assertGreater(self.segments[name]['spans']['recovery_ms'], 0)
        self.ledger('restarts', 'restarts after 100 ms and is closed for 200 ms', "after the fault's end (median)")
        rejects = self.segments['rejects']['spans']
        self.assertEqual(own_rules(self.segments['rejects']), set(), self.segments['rejects']['voids'])
        self.assertEqual(rejects['expected'] - rejects['received'], rejects['rejected_spans'])
        # All of the measured load, and none of the warm-up.
        measured = self.segments['rejects']['requests']
        self.assertAlmostEqual(rejects['rejected_spans'], measured // 10, delta=1)
        self.ledger('rejects', 'rejects 10% of the spans', 'rejected by the sink, as it was told to', 'as the arm expects')
        if not rules(self.segments['rejects']):  # its numbers count
            self.assertRegex(self.report, r'\| rejects, [\d.]+ % of spans lost \|')
            self.assertIn('rejects lost', self.stdout)  # the warning

    def test_a_target_recovers_over_http(self):
        self.recovers('http/protobuf')

    def test_a_target_recovers_over_grpc(self):
        self.recovers('grpc')

    def test_what_is_lost_has_a_name(self):
        garbage = {name: {'command': [sys.executable, GARBAGE, '{port}', name]} for name in ('noise', 'page')}
        short = {'OTEL_EXPORTER_OTLP_TIMEOUT': '300'}
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        right, expired = certificates(folder)
        trusted = {'OTEL_EXPORTER_OTLP_CERTIFICATE': f'{folder}/ca.pem'}
        to = 'OTEL_EXPORTER_OTLP_ENDPOINT'
        run = self.run_arms([arm('denies', {'status': 400}, loss=False), arm('resets', {'reset': True}, **short),
                             arm('hole', {'black_hole': True}, **short),
                             arm('dead', **{to: 'http://127.0.0.1:1'}),
                             arm('keyless', {'require_headers': {'x-key': 'secret'}}),
                             arm('key', {'require_headers': {'x-key': 'secret'}}, loss=False,
                                 OTEL_EXPORTER_OTLP_HEADERS='x-key=secret'),
                             {**arm('tls', right, loss=False, **trusted), 'otlp': 'grpc'},
                             {**arm('expired', expired, **trusted, **short), 'otlp': 'grpc'},
                             arm('noise', **{to: 'http://127.0.0.1:{port.noise}'}),
                             arm('page', loss=False, **{to: 'http://127.0.0.1:{port.page}'})], '1s', companions=garbage)
        denies = detail(self.segments['denies'], 'receipt_open')
        for word in ('failed to export (its SDK says: ', 'not exported to http://127.0.0.1:',
                     'give the arm "loss": "expected"'):
            self.assertIn(word, denies)
        self.ledger('denies', 'answers status 400', 'x fault: status 400', 'were lost', 'failed to export')
        self.ledger('resets', 'resets who exports', 'x fault: reset', 'as the arm expects')
        self.ledger('hole', 'never answers', 'x fault: black hole', 'as the arm expects')
        self.ledger('dead', 'failed to export (its SDK says: ', 'onnection refused')
        self.ledger('keyless', 'x header x-key missing')
        self.ledger('expired', 'x TLS handshake: ', 'expired')
        for name in ('key', 'tls'):
            self.assertEqual(own_rules(self.segments[name]), set(), self.segments[name]['voids'])
        self.ledger('noise', 'failed to export (its SDK says: ')
        self.assertIn('Not one span came', detail(self.segments['page'], 'receipt_open'))
        for name in ('resets', 'hole', 'dead'):
            self.assertNotIn('receipt_open', rules(self.segments[name]), self.segments[name]['voids'])
        self.assertIn(run.end(), (0, 4), run.stderr)


class Collectors(unittest.TestCase):
    def test_a_collector_that_exits_at_start_shows_its_last_lines(self):
        collector = {'command': ['sh', '-c', 'echo "Error: cannot start pipelines: no exporters" >&2; exit 1', '{port}'],
                     'ready': 'tcp://127.0.0.1:{port}'}
        run = Run(self, suite(emulated(), ['off', 'on@100%'], companions={'collector': collector}))
        self.assertEqual(run.end(), 4, run.stderr)
        self.assertIn('companion collector exited with code 1 before it was ready; its last words: '
                      'Error: cannot start pipelines: no exporters', ' '.join(run.stderr.split()))


class Alone(unittest.TestCase):
    """`tracetax sink` by itself."""

    SPANS = [{'traceId': f'{k:032x}', 'spanId': f'{k:016x}', 'name': 'x', 'startTimeUnixNano': '1',
              'endTimeUnixNano': '2'} for k in range(1, 6)]

    def asked(self, *options):
        """Status, body and Retry-After of one export of 5 spans, and the totals then."""
        sink = subprocess.Popen([TRACETAX, 'sink', '--quiet', '--http', '0', '--grpc', 'none', *options],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(lambda: sink.poll() is None and sink.kill())
        url = re.search(r'http://\S+', sink.stderr.readline()).group()
        body = json.dumps({'resourceSpans': [{'scopeSpans': [{'spans': self.SPANS}]}]}).encode()
        request = urllib.request.Request(url, body, {'Content-Type': 'application/json'})
        try:
            answer = urllib.request.urlopen(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            told = answer.status, answer.read(), answer.headers['Retry-After']
        sink.terminate()
        return (*told, ' '.join(sink.communicate(timeout=30)[0].split()))

    def test_a_status(self):
        status, _, retry_after, totals = self.asked('--status', '503,retry-after=2s')
        self.assertEqual((status, retry_after), (503, '2'))
        self.assertIn('1 x fault: status 503', totals)

    def test_rejected_spans(self):
        status, body, _, totals = self.asked('--reject', '50%')
        self.assertEqual((status, json.loads(body)['partialSuccess']['rejectedSpans']), (200, '2'))
        self.assertIn('total spans 3', totals)
        self.assertIn('rejected spans 2', totals)

    def test_mistakes(self):
        done = subprocess.run([TRACETAX, 'sink', '--status', '200', '--fails-for', '5'], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r'--status: .*400.*599')
        self.assertRegex(done.stderr, r"--fails-for: '5' is not a duration")


class Mistakes(unittest.TestCase):
    def test_a_fault_that_is_none_is_told_with_its_line(self):
        run = Run(self, suite(emulated(), ['off', {'name': 'on@100%', 'sink': {'stauts': 503}}]))
        self.assertEqual(run.end(), 2)
        self.assertIn("arms[1].sink.stauts: unknown key 'stauts'; did you mean 'status'?", run.stderr)


if __name__ == '__main__':
    unittest.main()
