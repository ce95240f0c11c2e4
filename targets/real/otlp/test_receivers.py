"""Spans through a real OpenTelemetry Collector, and into Jaeger: receipts close, and what these programs count of
themselves agrees with it: test_receivers.py collector|driver|jaeger. Ends with 77, and says so, where the program is not there;
scripts/build-real otelcol jaeger builds both. Nothing is downloaded here.
SPDX-License-Identifier: Apache-2.0
"""
import contextlib
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.normpath(os.path.join(HERE, '../../..'))
ASKED = os.path.join(HERE, 'ask_at_end.py')
TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
REAL = os.environ.get('TRACETAX_REAL') or os.path.join(SOURCE, 'build/real')
# What a busy machine does to numbers; what the programs do is told by the other rules.
OF_THE_MACHINE = {'rate_not_achieved', 'driver_lag', 'machine_stalled', 'driver_saturated', 'not_warm'}
SHORT = {'blocks': 1, 'processes': 'fresh', 'warmup': '200ms', 'measure': '500ms', 'slice': None, 'drain': '20s'}
METRICS = 'http://127.0.0.1:{port.metrics}/metrics'
TRACES = 'http://127.0.0.1:{port.query}/api/traces?service=nethttp&limit=100000'
FAN_OUT = '''
receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:{port.grpc}"}}}}
exporters:
  otlp_http: {endpoint: "http://127.0.0.1:{sink_http}"}
  otlp_grpc: {endpoint: "127.0.0.1:{port.jaeger.grpc}", tls: {insecure: true}}
service:
  telemetry:
    metrics:
      level: normal
      readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: {port.metrics}}}}}]
  pipelines: {traces: {receivers: [otlp], exporters: [otlp_http, otlp_grpc]}}
'''


def program(variable, name):
    """Where it is, as the catalog of services looks for it."""
    for path in (os.environ.get(variable), os.path.join(REAL, 'tools', name), shutil.which(name)):
        if path and os.access(path, os.X_OK):
            return path
    return None


OTELCOL, JAEGER = program('TRACETAX_OTELCOL', 'otelcol'), program('TRACETAX_JAEGER', 'jaeger')


def counter(text, name):
    """The sum of one counter over all its labels, in Prometheus' text."""
    found = re.findall(rf'^{name}(?:_total)?(?:{{.*}})? (\S+)$', text, re.MULTILINE)
    return sum(map(float, found)) if found else None


class Receivers(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='tracetax-receivers-')
        self.addCleanup(shutil.rmtree, self.folder)

    def asked(self, name, path, *urls):
        """Keys of a service that is asked for `urls` at its end."""
        told = os.path.join(self.folder, name)
        os.mkdir(told)
        return {'program': ASKED, 'env': {'PROGRAM': path, 'ASK': ' '.join(urls), 'TOLD': told}}

    def told(self, name, place=0):
        """What it said at each of its ends, the first one first."""
        texts = []
        for path in sorted(glob.glob(os.path.join(self.folder, name, f'*.{place}'))):
            with open(path) as file:
                texts.append(file.read())
        return texts

    def run_suite(self, suite):
        path, out = os.path.join(self.folder, 'suite.json'), os.path.join(self.folder, 'out')
        with open(path, 'w') as file:
            json.dump({'name': 'receivers', 'extends': [os.path.join(SOURCE, 'scenarios/examples/collector.json')], 'design': SHORT, **suite}, file)
        done = subprocess.run([TRACETAX, 'run', path, '--quiet', '--no-check', '--out', out], capture_output=True,
                              text=True, timeout=500)
        self.assertTrue(os.path.exists(os.path.join(out, 'result.json')), done.stdout + done.stderr)
        with open(os.path.join(out, 'result.json')) as file:
            segments = json.load(file)['segments']
        for segment in segments:
            broken = [void for void in segment['voids'] if void['rule'] not in OF_THE_MACHINE]
            self.assertEqual(broken, [], segment['arm'])
            self.assertEqual(segment['arm'] != 'off', segment['spans']['received'] > 0, segment['arm'])
            self.assertEqual(segment['spans']['expected'], segment['spans']['received'], segment['arm'])
        return segments


class Collector(Receivers):
    def test_every_way_through_it_closes_the_receipt_and_agrees_with_its_counters(self):
        segments = self.run_suite({'companions': {'collector': self.asked('collector', OTELCOL, METRICS)}})
        self.assertEqual(len(segments), 7)
        for segment, text in zip(segments, self.told('collector'), strict=True):
            with self.subTest(segment['arm']):
                spans = segment['spans']['received'] or None  # a counter that nothing counted is not there
                counts = [counter(text, name) for name in ('otelcol_receiver_accepted_spans', 'otelcol_exporter_sent_spans')]
                print(f'{segment["arm"]}: {segment["spans"]["expected"]} expected, {spans} received; the Collector says {counts}')
                self.assertEqual(counts, [spans, spans])
                self.assertFalse(counter(text, 'otelcol_exporter_send_failed_spans'))
                ways = set(re.findall(r'^otelcol_\w+_spans(?:_total)?{.*?(?:exporter|transport)="(\w+)"', text, re.MULTILINE))
                way = segment['arm'].split('-')
                self.assertEqual(ways, {way[0], 'otlp_grpc' if way[1:2] == ['grpc'] else 'otlp_http'} if spans else set())


class Driver(Receivers):
    """tracetax itself as the exporter: `tracetax load otlp://`."""

    CONFIG = """
receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:%d"}, http: {endpoint: "127.0.0.1:%d"}}}}
exporters: {debug: {}}
service:
  telemetry:
    logs: {level: error}
    metrics: {level: normal, readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: %d}}}}]}
  pipelines: {traces: {receivers: [otlp], exporters: [debug]}}
"""

    def test_what_it_says_was_accepted_is_what_the_collector_counted(self):
        with contextlib.ExitStack() as held:
            free = [held.enter_context(socket.create_server(('127.0.0.1', 0))) for _ in range(3)]
            grpc, http, metrics = [one.getsockname()[1] for one in free]
        path = os.path.join(self.folder, 'config.yaml')
        with open(path, 'w') as file:
            file.write(self.CONFIG % (grpc, http, metrics))
        collector = subprocess.Popen([OTELCOL, '--config', path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(collector.wait)
        self.addCleanup(collector.terminate)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', http)):
                break
            time.sleep(0.02)
        counted = 0
        ways = [(f'otlp://127.0.0.1:{grpc}', [])] + [
            (f'otlp+http://127.0.0.1:{http}/v1/traces', ['--protocol', protocol]) for protocol in ('http/protobuf', 'http/json')]
        for url, options in ways:
            for compression in ('none', 'gzip', 'zstd'):
                with self.subTest(url=url, options=options, compression=compression):
                    done = subprocess.run([TRACETAX, 'load', url, *options, '--compression', compression, '--spans', '100',
                                           '--rate', '20/s', '--duration', '1s', '--warmup', '0s'],
                                          capture_output=True, text=True, timeout=120)
                    told = re.search(r'accepted: ([\d,]+), and 0 rejected', done.stdout)
                    self.assertTrue(told, done.stdout + done.stderr)
                    with urllib.request.urlopen(f'http://127.0.0.1:{metrics}/metrics', timeout=20) as answer:
                        now = counter(answer.read().decode(), 'otelcol_receiver_accepted_spans')
                    accepted, counted = now - counted, now
                    self.assertEqual(accepted, int(told[1].replace(',', '')))


class Jaeger(Receivers):
    def test_it_has_the_traces_that_the_sink_has(self):
        segments = self.run_suite({
            'companions': {
                'jaeger': {'use': 'jaeger', **self.asked('jaeger', JAEGER, METRICS, TRACES)},
                'collector': {**self.asked('collector', OTELCOL, METRICS), 'files': {'config.yaml': FAN_OUT}}},
            'arms': [{'name': 'on', 'rate': '100%', 'env': {
                'OTEL_EXPORTER_OTLP_PROTOCOL': 'grpc',
                'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://127.0.0.1:{port.collector.grpc}'}}]})
        spans = segments[0]['spans']['received']
        self.assertEqual(counter(self.told('collector')[0], 'otelcol_exporter_sent_spans'), 2 * spans)
        self.assertEqual(counter(self.told('jaeger')[0], 'otelcol_receiver_accepted_spans'), spans)
        traces = json.loads(self.told('jaeger', 1)[0])['data']
        self.assertEqual(len(traces), spans)  # of net/http: one span a request
        self.assertEqual(sum(len(trace['spans']) for trace in traces), spans)


if __name__ == '__main__':
    HELP = subprocess.run([TRACETAX, 'load', '--help'], capture_output=True, text=True, check=True).stdout
    WANTED = {'collector': (Collector, {'otelcol': OTELCOL}),
              'driver': (Driver, {'otelcol': OTELCOL, '`tracetax load otlp://`': 'otlp://' in HELP}),
              'jaeger': (Jaeger, {'otelcol': OTELCOL, 'jaeger': JAEGER})}[sys.argv.pop(1)]
    MISSING = [name for name, path in WANTED[1].items() if not path]
    if MISSING:
        print(f'skipped: {" and ".join(MISSING)} not here; scripts/build-real NAME builds what is missing')
        sys.exit(77)
    unittest.main(defaultTest=WANTED[0].__name__)
