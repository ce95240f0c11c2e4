"""`tracetax tail` keeps exactly the spans that a Collector's tailsamplingprocessor keeps: both get the same scripted stream of
10,000 traces with errors, slow ones, late spans and more traces than they hold. Ends with 77, and says so, where the
Collector is not there; scripts/build-real otelcol builds it. Nothing is downloaded here.
SPDX-License-Identifier: Apache-2.0
"""
import collections
import contextlib
import http.client
import http.server
import json
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

SOURCE = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../..'))
TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
REAL = os.environ.get('TRACETAX_REAL') or os.path.join(SOURCE, 'build/real')
OTELCOL = next((path for path in (os.environ.get('TRACETAX_OTELCOL'), os.path.join(REAL, 'tools/otelcol'), shutil.which('otelcol'))
                if path and os.access(path, os.X_OK)), None)
WAIT = 6  # seconds of decision_wait: a step of the stream that takes longer is no test
HELD = 5000  # num_traces
CONFIG = '''
receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:%(http)d"}}}}
processors:
  tail_sampling:
    decision_wait: %(wait)ds
    num_traces: %(held)d
    decision_cache: {sampled_cache_size: %(cache)d, non_sampled_cache_size: %(cache)d}
    policies:
      - {name: error, type: status_code, status_code: {status_codes: [ERROR]}}
      - {name: latency, type: latency, latency: {threshold_ms: 500}}
      - {name: ratio, type: probabilistic, probabilistic: {sampling_percentage: 10}}
  batch: {timeout: 200ms}
exporters: {otlp_http: {endpoint: "%(to)s", compression: none}}
service:
  telemetry:
    logs: {level: warn}
    metrics: {level: normal, readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: %(metrics)d}}}}]}
  pipelines: {traces: {receivers: [otlp], processors: [tail_sampling, batch], exporters: [otlp_http]}}
'''
NAME = 'otelcol_processor_tail_sampling_'
COUNTERS = ('otelcol_receiver_accepted_spans', 'otelcol_exporter_sent_spans', NAME + 'count_traces_sampled', NAME + 'global_count_traces_sampled',
            NAME + 'new_trace_id_received', NAME + 'sampling_trace_dropped_too_early', NAME + 'early_releases_from_cache_decision',
            NAME + 'sampling_late_span_age_count', NAME + 'sampling_trace_removal_age_count')


# OTLP by hand: protobuf's wire format.
def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out) + bytes([number])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def fields(message):
    """(number, content) of each field; numbers of a fixed size are left as bytes."""
    at = 0

    def number():
        nonlocal at
        value, shift = 0, 0
        while True:
            byte = message[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    while at < len(message):
        tag = number()
        if tag & 7 == 0:
            yield tag >> 3, number()
            continue
        size = {1: 8, 2: None, 5: 4}[tag & 7]
        size = number() if size is None else size
        yield tag >> 3, message[at:at + size]
        at += size


class Trace:
    def __init__(self, random):
        self.random, self.id = random, random.randbytes(16)

    def spans(self, *, error=False, lasts_ms=5, count=1):
        """Fields of a ScopeSpans: one after the other, so that no span lasts as long as all; the last one has the error."""
        start, step, out = 1_700_000_000_000_000_000, lasts_ms * 1_000_000 // count, []
        for place in range(count):
            end = start + lasts_ms * 1_000_000 if place == count - 1 else start + step * (place + 1)
            out.append(field(2, field(1, self.id) + field(2, self.random.randbytes(8)) + field(5, b'GET /users')
                             + struct.pack('<BQBQ', 7 << 3 | 1, start + step * place, 8 << 3 | 1, end)
                             + (field(15, b'\x18\x02') if error and place == count - 1 else b'')))
        return out


def resource(spans):
    """A ResourceSpans, as a field."""
    return field(1, field(1, field(1, field(1, b'service.name') + field(2, field(1, b'shop')))) + field(2, field(1, field(1, b'http')) + b''.join(spans)))


def fnv(data):
    value = 0xcbf29ce484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001b3 % 2**64
    return value


class Sink:
    """Takes OTLP/HTTP in protobuf, and counts each span."""

    def __init__(self):
        sink, self.spans = self, collections.Counter()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                body = self.rfile.read(int(self.headers['Content-Length']))
                for _, resource in fields(body):
                    for part, scope in fields(resource):
                        for inner, span in fields(scope) if part == 2 else ():
                            if inner == 2:
                                has = dict(fields(span))
                                sink.spans[has[1].hex(), has[2].hex()] += 1
                self.send_response(200)
                self.send_header('Content-Length', '0')
                self.end_headers()

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}'

    def traces(self):
        return {trace for trace, _ in self.spans}


class Stage:
    """One of the two, with a receiver of its own behind it."""

    def __init__(self, command, ports):
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.ports, self.sink, self.connection = ports, None, None
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', ports['http'])):
                break
            time.sleep(0.02)
        self.connection = http.client.HTTPConnection('127.0.0.1', ports['http'], timeout=60)

    def send(self, pieces):
        """In several requests, one after the other."""
        for first in range(0, len(pieces), 50):
            self.connection.request('POST', '/v1/traces', b''.join(pieces[first:first + 50]), {'Content-Type': 'application/x-protobuf'})
            answer = self.connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status

    def counters(self):
        """Name with its labels that tell something -> value; a counter that nothing counted is 0 or not there."""
        with urllib.request.urlopen(f'http://127.0.0.1:{self.ports["metrics"]}/metrics', timeout=60) as answer:
            text = answer.read().decode()
        found = collections.Counter()
        for name, labels, value in re.findall(r'^(\w+)(?:{(.*)})? (\S+)$', text, re.MULTILINE):
            if name in COUNTERS:
                told = re.findall(r'(?:decision|policy|sampled)="\w+"', labels)
                found[' '.join([name, *sorted(told)])] += int(float(value))
        return +found

    def decided(self, traces):
        """Waits until so many were."""
        end = time.monotonic() + 120
        while time.monotonic() < end:
            if sum(value for name, value in self.counters().items() if 'global_count' in name) >= traces:
                return
            time.sleep(0.1)
        raise AssertionError(f'{traces} traces were not decided: {self.counters()}')

    def stop(self):
        self.connection.close()
        self.process.send_signal(signal.SIGTERM)
        _, said = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, said


class TooSlow(Exception):
    """A step took so long that traces may have been decided in between."""


class Tail(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='tracetax-tail-')
        self.addCleanup(shutil.rmtree, self.folder)

    def start(self, cache):
        with contextlib.ExitStack() as held:
            free = [held.enter_context(socket.create_server(('127.0.0.1', 0))) for _ in range(4)]
            ports = [one.getsockname()[1] for one in free]
        sinks = [Sink(), Sink()]
        config = os.path.join(self.folder, 'config.yaml')
        with open(config, 'w') as file:
            file.write(CONFIG % {'http': ports[0], 'metrics': ports[1], 'to': sinks[0].url, 'wait': WAIT, 'held': HELD, 'cache': cache})
        commands = [[OTELCOL, '--config', config],
                    [TRACETAX, 'tail', '--to', sinks[1].url, '--http', str(ports[2]), '--metrics', str(ports[3]), '--decision-wait', f'{WAIT}s',
                     '--num-traces', str(HELD), '--keep', 'error,latency=500ms,ratio=10%',
                     '--sampled-cache-size', str(cache), '--non-sampled-cache-size', str(cache)]]
        stages = []
        for command, (web, metrics), sink in zip(commands, (ports[:2], ports[2:]), sinks):
            stages.append(Stage(command, {'http': web, 'metrics': metrics}))
            self.addCleanup(stages[-1].process.kill)
            stages[-1].sink = sink
        return stages

    def step(self, stages, *parts):
        """Each stage gets all parts, within half of the wait."""
        for stage in stages:
            begin = time.monotonic()
            for part in parts:
                stage.send(part)
            if time.monotonic() - begin > WAIT / 2:
                raise TooSlow

    def same(self, stages, when):
        end = time.monotonic() + 30
        while True:  # what was answered may be on its way inside, and to the receiver
            real, ours = [stage.counters() for stage in stages]
            if real == ours or time.monotonic() > end:
                break
            time.sleep(0.1)
        self.assertEqual(real, ours, f'{when}: ' + ', '.join(name for name in real | ours if real[name] != ours[name]))
        return real

    def stream(self, cache):
        chance = random.Random(18)
        stages = self.start(cache)

        def made(count):
            """Traces, which of them are kept whatever their ids are, and their spans."""
            traces = [Trace(chance) for _ in range(count)]
            errors = [chance.random() < 0.04 for _ in traces]
            lasts = [chance.choices((5, 500, 501, 800), (85, 9, 3, 3))[0] for _ in traces]
            return traces, [error or ms > 500 for error, ms in zip(errors, lasts)], [
                trace.spans(error=error, lasts_ms=ms, count=chance.randint(1, 4)) for trace, error, ms in zip(traces, errors, lasts)]

        def late(traces):
            return [resource(trace.spans(error=place % 2 == 0)) for place, trace in enumerate(traces)]
        # 4,000 traces, which fit, ten in each ResourceSpans with their spans mixed; a third has a part that comes later, some with the
        # only error.
        first, matter, spans = made(4000)
        mixed = [chance.sample(ten, len(ten)) for ten in (sum(spans[at:at + 10], []) for at in range(0, 4000, 10))]
        third = [resource(trace.spans(error=place % 50 == 0)) for place, trace in enumerate(first) if place % 3 == 0]
        self.step(stages, [resource(ten) for ten in mixed], third)
        for stage in stages:
            stage.decided(4000)
        self.same(stages, '4,000 decided')
        kept = {trace.id.hex() for place, (trace, matters) in enumerate(zip(first, matter))
                if matters or place % 150 == 0 or fnv(b'default-hash-seed' + trace.id) <= int(0.1 * (2**64 - 1))}
        # Late ones: an error does not bring back what was dropped, and what was kept gets its span.
        self.step(stages, late(first[:800]))
        end = time.monotonic() + 60
        while any(stage.sink.traces() != kept for stage in stages) and time.monotonic() < end:
            time.sleep(0.1)
        for stage in stages:
            self.assertEqual(stage.sink.traces(), kept)
        self.same(stages, '800 late spans')
        # 5,800 more than fit: those decided are pushed out, and then the first of the new ones. Of these 100 come again.
        # Each has a ResourceSpans of its own: the Collector draws lots for the order of those that share one.
        second, _, spans = made(5800)
        self.step(stages, [resource(one) for one in spans], [resource(trace.spans()) for trace in second[:100]])
        in_memory = HELD  # at the end of this step, in either case
        for stage in stages:
            stage.decided(4000 + in_memory)
        told = self.same(stages, '5,800 more')
        # Late spans of traces that were pushed out after their decision or before it: with a cache the first ones are known.
        self.step(stages, late(first[800:1000] + second[300:400]))
        # 200 that wait when the end comes.
        self.step(stages, [resource(one) for one in made(200)[2]])
        self.same(stages, 'before the end')
        for stage in stages:
            stage.stop()
        real, ours = [stage.sink.spans for stage in stages]
        print(f'cache of {cache}: 10,000 traces; the Collector kept {len(stages[0].sink.traces())} traces with {real.total()} spans, '
              f'tracetax tail {len(stages[1].sink.traces())} with {ours.total()}; '
              f'{told[NAME + "sampling_trace_dropped_too_early"]} were dropped too early')
        self.assertTrue(real == ours, f'only one of them kept {len(real.items() ^ ours.items())} spans')
        self.assertEqual(set(real.values()), {1})
        self.assertGreater(told[NAME + 'sampling_trace_dropped_too_early'], 500)

    def undisturbed(self, cache):
        for _ in range(3):
            with contextlib.suppress(TooSlow):
                return self.stream(cache)
        self.skipTest('this machine was too busy three times to send a step within half of the decision wait')

    def test_the_same_spans_are_kept_without_a_decision_cache(self):
        self.undisturbed(0)

    def test_the_same_spans_are_kept_with_one(self):
        self.undisturbed(100_000)


if __name__ == '__main__':
    if not OTELCOL:
        print('skipped: otelcol not here; scripts/build-real otelcol builds it')
        sys.exit(77)
    done = unittest.main(exit=False).result
    sys.exit(77 if done.wasSuccessful() and done.skipped else not done.wasSuccessful())
