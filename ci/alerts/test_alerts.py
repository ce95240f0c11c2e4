"""The alert rules: promtool takes them and their unit tests, the unit tests notice a rule that is broken again, and the
corrected rules find a lost span in the series of a run, by a Prometheus of its own.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

import yaml

HERE = pathlib.Path(__file__).resolve().parent
RECORD = HERE.parents[1] / 'reports/testdata/verdict-base.json'
TRACETAX = pathlib.Path(os.environ['TRACETAX_BIN']) / 'tracetax'


def promtool(*words, folder=HERE):
    done = subprocess.run(['promtool', *map(str, words)], cwd=folder, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def rule_text(alert):
    groups = yaml.safe_load((HERE / 'corrected.rules.yml').read_text())['groups']
    return next(rule['expr'] for group in groups for rule in group['rules'] if rule['alert'] == alert)


class Rules(unittest.TestCase):
    def test_promtool_takes_them(self):
        for name in ('as-written.rules.yml', 'corrected.rules.yml'):
            code, said = promtool('check', 'rules', name)
            self.assertEqual(code, 0, said)

    def test_their_unit_tests_pass(self):
        for name in ('as-written.tests.yml', 'corrected.tests.yml'):
            code, said = promtool('test', 'rules', name)
            self.assertEqual(code, 0, said)

    def test_each_corrected_rule_has_a_test(self):
        rules = yaml.safe_load((HERE / 'corrected.rules.yml').read_text())
        tested = {case['alertname'] for test in yaml.safe_load((HERE / 'corrected.tests.yml').read_text())['tests']
                  for case in test['alert_rule_test'] if case['exp_alerts']}
        self.assertEqual(tested, {rule['alert'] for group in rules['groups'] for rule in group['rules']})

    def test_the_unit_tests_notice_each_old_mistake(self):
        mistakes = {
            'or 0 * sum by (instance, exporter) (rate(otelcol_exporter_send_failed_spans[5m]))': '',
            'sum by (instance, exporter) (rate(otelcol_exporter_send_failed_spans[5m]))\n              + (': '0 + (',
            'otelcol_exporter_queue_size / otelcol_exporter_queue_capacity > 0.8':
                'otelcol_processor_batch_batch_send_size_bucket > 5000',
            'sum by (instance) (rate(otelcol_processor_tail_sampling_count_spans_sampled{sampled="false"}[10m]))': '0',
            'tracetax_overhead_low_ratio{metric="cpu_per_request"}': 'tracetax_overhead_low_ratio',
            'increase(breaker_trips[5m]) > 0': 'breaker_trips > 0',
        }
        text = (HERE / 'corrected.rules.yml').read_text()
        for right, wrong in mistakes.items():
            with self.subTest(right), tempfile.TemporaryDirectory() as folder:
                self.assertIn(right, text)
                (pathlib.Path(folder) / 'corrected.rules.yml').write_text(text.replace(right, wrong, 1))
                shutil.copy(HERE / 'corrected.tests.yml', folder)
                code, said = promtool('test', 'rules', 'corrected.tests.yml', folder=folder)
                self.assertNotEqual(code, 0, said)


class Prometheus:
    """A server of its own over blocks made of an OpenMetrics text."""

    def __init__(self, text):
        self.folder = tempfile.TemporaryDirectory()
        data = pathlib.Path(self.folder.name) / 'data'
        (pathlib.Path(self.folder.name) / 'series.txt').write_text(text)
        (pathlib.Path(self.folder.name) / 'p.yml').write_text('{}\n')
        code, said = promtool('tsdb', 'create-blocks-from', 'openmetrics', 'series.txt', data, folder=self.folder.name)
        if code != 0:
            raise AssertionError(said)
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            ['prometheus', '--config.file=p.yml', f'--storage.tsdb.path={data}', '--storage.tsdb.retention.time=100y',
             f'--web.listen-address=127.0.0.1:{self.port}', '--log.level=error'], cwd=self.folder.name)
        until = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(f'http://127.0.0.1:{self.port}/-/ready', timeout=2).read()
                return
            except OSError:
                if time.monotonic() > until:
                    self.close()
                    raise
                time.sleep(0.1)

    def query(self, expression, at):
        query = urllib.parse.urlencode({'query': expression, 'time': at})
        with urllib.request.urlopen(f'http://127.0.0.1:{self.port}/api/v1/query?{query}', timeout=10) as answer:
            return json.load(answer)['data']['result']

    def close(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        self.folder.cleanup()


def series_of(record):
    with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
        json.dump(record, file)
        file.flush()
        done = subprocess.run([TRACETAX, 'report', file.name, '--format', 'series'], capture_output=True, text=True,
                              timeout=60)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


class Series(unittest.TestCase):
    def found(self, record):
        text = series_of(record)
        times = [float(line.split()[-1]) for line in text.splitlines() if line and not line.startswith('#')]
        server = Prometheus(text)
        try:
            lost = server.query(rule_text('SpansMissingInRun'), max(times))
            received = server.query('sum(tracetax_spans_received_total)', max(times))
        finally:
            server.close()
        return lost, float(received[0]['value'][1])

    def test_a_lost_span_is_found_and_a_sound_run_is_silent(self):
        record = json.loads(RECORD.read_text())
        for number, segment in enumerate(record['segments']):  # the record was made up, all at one time
            segment['t0'] = f'2025-11-20T{18 + number // 60}:{number % 60:02}:00.000Z'
        sampled = [segment for segment in record['segments'] if segment['spans']['expected'] > 0]
        lost, received = self.found(record)
        self.assertEqual(lost, [])
        self.assertEqual(received, sum(segment['spans']['received'] for segment in sampled))
        sampled[-1]['spans']['received'] -= 1
        lost, _ = self.found(record)
        self.assertEqual([(found['metric']['arm'], found['value'][1]) for found in lost], [(sampled[-1]['arm'], '1')])


if __name__ == '__main__':
    unittest.main()
