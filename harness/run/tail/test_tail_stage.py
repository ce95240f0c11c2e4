# `tracetax tail` as suites use it: a real process, real sockets, real signals. What it decides is held against a real
# Collector in targets/real/otlp/test_tail.py.
# SPDX-License-Identifier: Apache-2.0
import gzip
import json
import os
import re
import subprocess
import sys
import time
import unittest
import urllib.request

sys.path.insert(0, os.path.join(os.environ["TRACETAX_SOURCE"], "harness/run/sink"))

from sink_peers import PATIENCE, TRACETAX, GrpcExporter, Sink, payload, post, protobuf_payload, total  # noqa: E402

NAME = "otelcol_processor_tail_sampling_"


class Tail:
    def __init__(self, sink, *options, **environment):
        self.process = subprocess.Popen(
            [TRACETAX, "tail", "--to", f"http://127.0.0.1:{sink.port}", "--http", "0", "--grpc", "0", "--metrics", "0", *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment})
        self.ports = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def send(self, body, **headers):
        return post(self.ports["port"], body, **{"Content_Type": "application/x-protobuf", **headers})

    def counter(self, name):
        with urllib.request.urlopen(f'http://127.0.0.1:{self.ports["metrics_port"]}/metrics', timeout=PATIENCE) as answer:
            found = re.findall(rf"^{re.escape(name)} (\d+)$", answer.read().decode(), re.MULTILINE)
        return int(found[0])

    def stop(self):
        self.process.terminate()
        out, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, json.loads(out)["tracetax_tail"]


class Stage(unittest.TestCase):
    def test_what_waits_at_the_end_is_decided_and_sent(self):
        with Sink("--quiet") as sink, Tail(sink, "--keep", "always", "--decision-wait", "60s") as tail:
            self.assertEqual(tail.send(protobuf_payload(100))[0], 200)
            self.assertEqual(tail.send(gzip.compress(protobuf_payload(100)), Content_Encoding="gzip")[0], 200)
            with GrpcExporter(tail.ports["grpc_port"]) as exporter:
                exporter.export(protobuf_payload(150))
            self.assertEqual(tail.counter('otelcol_receiver_accepted_spans{receiver="otlp"}'), 350)
            self.assertEqual(tail.counter(NAME + "sampling_traces_on_memory"), 150)
            self.assertEqual(tail.counter('otelcol_exporter_sent_spans{exporter="otlp_http"}'), 0)
            code, told = tail.stop()
            self.assertEqual(code, 0)
            self.assertEqual((told["spans_in"], told["spans_out"], told["sent_spans"], told["failed_spans"]), (350, 350, 350, 0))
            self.assertEqual((told["new_traces"], told["sampled"], told["not_sampled"]), (150, 150, 0))
            _, out, _ = sink.stop()
            self.assertEqual((total(out, "spans"), total(out, "duplicates"), total(out, "traces")), (150, 200, 150))

    def test_a_second_or_two_later_it_is_decided_and_policies_come_from_the_environment(self):
        with Sink("--quiet") as sink, Tail(sink, "--decision-wait", "1s", TAIL_LATENCY_MS="1000", TAIL_RATIO_PCT="50") as tail:
            tail.send(protobuf_payload(1000))
            kept, dropped = (f'{NAME}global_count_traces_sampled{{decision="{word}",sampled="{is_kept}"}}'
                             for word, is_kept in (("sampled", "true"), ("not_sampled", "false")))
            end = time.monotonic() + PATIENCE
            while tail.counter('otelcol_exporter_sent_spans{exporter="otlp_http"}') == 0 and time.monotonic() < end:
                time.sleep(0.05)
            self.assertEqual(tail.counter(kept) + tail.counter(dropped), 1000)
            self.assertEqual(tail.counter(f'{NAME}count_traces_sampled{{decision="sampled",policy="error",sampled="true"}}'), 0)
            self.assertTrue(300 < tail.counter(kept) < 700, tail.counter(kept))  # 12 standard deviations, of ids that are always these
            kept = tail.counter(kept)
            tail.stop()
            _, out, _ = sink.stop()
            self.assertEqual(total(out, "spans"), kept)

    def test_what_it_cannot_take_it_refuses(self):
        with Sink("--quiet") as sink, Tail(sink, "--keep", "always", "--decision-wait", "60s", "--memory", "64KiB") as tail:
            self.assertEqual(tail.send(payload(5), Content_Type="application/json")[0], 415)
            self.assertEqual(tail.send(protobuf_payload(5)[:-1])[0], 400)
            answers = [tail.send(protobuf_payload(50, first=50 * k))[0] for k in range(40)]
            self.assertEqual((answers[0], answers[-1]), (200, 503))
            _, told = tail.stop()
            self.assertEqual(told["sent_spans"], 50 * answers.count(200))

    def test_a_destination_that_refuses_is_counted(self):
        with Sink("--quiet", "--status", "400") as sink, Tail(sink, "--keep", "always") as tail:
            tail.send(protobuf_payload(7))
            code, told = tail.stop()
            self.assertEqual((code, told["spans_out"], told["sent_spans"], told["failed_spans"]), (0, 7, 0, 7))


if __name__ == "__main__":
    unittest.main()
