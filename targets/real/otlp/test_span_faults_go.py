"""`tracetax doctor --spans` on real services in Go that make one mistake each (TRACETAX_FAULT): it names that one, and in a
healthy service none. From outside; by the page of metrics of Go's SDK (OTEL_GO_X_OBSERVABILITY); and where the service
counts its spans (TRACETAX_SELF=1): test_span_faults_go.py [FAULT...]. Prints what it said of each. Ends with 77, and says
so, where the services are not built.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
REAL = os.environ.get('TRACETAX_REAL') or os.path.normpath(os.path.join(HERE, '../../../build/real'))
OTELCOL = next((path for path in (os.environ.get('TRACETAX_OTELCOL'), os.path.join(REAL, 'tools/otelcol'),
                                  shutil.which('otelcol')) if path and os.access(path, os.X_OK)), None)
TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
INNER = ['--inner-spans', '2']
HEALTHY = 'healthy'
PATIENCE = 180
# What is right is known, and it is one of these where nothing outside of the process tells them apart.
SILENT = {'rate_zero', 'no_exporter', 'wrong_address', 'no_spans'}
FROM_OUTSIDE = {
    HEALTHY: set(), 'no_shutdown': {'no_shutdown'}, 'no_exporter': SILENT, 'rate_zero': SILENT,
    'wrong_address': {'wrong_address'}, 'no_propagator': {'no_propagator'}, 'no_inject': {'no_inject'},
    'background_context': {'background_context'}, 'sync_exporter': {'sync_exporter'},
    'many_attributes': {'many_attributes'}, 'unended': {'unended'}, 'full_queue': {'full_queue'}, 'leak': {'leak'},
    'code_over_env': {'code_over_env'}, 'ctx_shadow': {'ctx_shadow'}}
EXACTLY = {fault: {fault} if wanted else set() for fault, wanted in FROM_OUTSIDE.items()}


# How its counts are to be had: the variable for that.
WAYS = {'outside': {}, 'page': {'OTEL_GO_X_OBSERVABILITY': 'true'}, 'counts': {'TRACETAX_SELF': '1'}}


def service(name, fault, way, *arguments):
    return {'command': [os.path.join(REAL, name), '--port', '{port}', *arguments],
            'ready': 'http://127.0.0.1:{port}/healthz' if name == 'nethttp' else 'tcp://127.0.0.1:{port}',
            'env': {'TRACETAX_FAULT': '' if fault == HEALTHY else fault, **WAYS[way]}}


def target_of(name, fault, way):
    front = {'front': True, **service(name, fault, way, *INNER)}
    services = {'front': front}
    if way == 'page':
        front['metrics'] = 'http://127.0.0.1:{port}/metrics'
    if fault == 'no_inject':  # a chain of two
        front['command'][3:] = ['--call', 'http://127.0.0.1:{port.back}']
        services = {'back': service(name, HEALTHY, way), **services}
    return {'services': services, 'can_be_absent': True, 'spans_per_request': 3}


# A Collector whose pipeline ends in its own log; and one whose exporter has a wrong address.
PIPELINES = {'wrong_pipeline': ('debug: {}', 'debug'),
             'wrong_exporter': ('otlp_http: {endpoint: "http://127.0.0.1:1", retry_on_failure: {enabled: false}}', 'otlp_http'),
             'right_pipeline': ('otlp_http: {endpoint: "http://127.0.0.1:{sink_http}"}', 'otlp_http')}


def behind_a_collector(pipeline):
    """Keys of a suite."""
    exporter, name = PIPELINES[pipeline]
    config = f'''
receivers: {{otlp: {{protocols: {{http: {{endpoint: "127.0.0.1:{{port}}"}}}}}}}}
processors: {{batch: {{timeout: 200ms}}}}
exporters: {{{exporter}}}
service:
  telemetry:
    logs: {{level: error}}
    metrics: {{level: basic, readers: [{{pull: {{exporter: {{prometheus: {{host: 127.0.0.1, port: {{port.metrics}}}}}}}}}}]}}
  pipelines: {{traces: {{receivers: [otlp], processors: [batch], exporters: [{name}]}}}}
'''
    return {'companions': {'collector': {'use': 'otel-collector', 'program': OTELCOL, 'files': {'config.yaml': config}}},
            'env': {'OTEL_BSP_SCHEDULE_DELAY': '200', 'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://127.0.0.1:{port.collector}'}}


def suite_of(name, fault, way):
    scenario = {'kind': 'http', 'path': '/users/42', 'expect': {'status': 200}}
    if name == 'grpc-go':
        scenario = {'kind': 'grpc', 'method': 'bench.v1.Bench/GetUser', 'data': {'id': 42}}
    more = {'env': {'OTEL_BSP_SCHEDULE_DELAY': '200'}}
    if fault in PIPELINES:
        fault, more = HEALTHY, behind_a_collector(fault)
    return {'name': f'faults-{name}', 'targets': {name: target_of(name, fault, way)}, 'scenarios': {'user': scenario},
            'arms': ['off', 'on@100%'], 'load': {'rate': '500/s', 'connections': 4}, **more}


def look(name, fault, way):
    """What `tracetax doctor --spans` says of the only arm, and its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'suite.json')
        with open(path, 'w') as file:
            json.dump(suite_of(name, fault, way), file)
        done = subprocess.run([TRACETAX, 'doctor', '--spans', path, '--json', '--quiet'], capture_output=True, text=True,
                              timeout=PATIENCE)
    if done.returncode not in (0, 1):
        raise AssertionError(f'exit code {done.returncode}: {done.stdout}{done.stderr}')
    [arm] = json.loads(done.stdout)['arms']
    return arm, done.returncode


class Doctor(unittest.TestCase):
    def is_named(self, name, fault, way, wanted):
        """`wanted`: names of which the fault is one; empty: none."""
        began = time.monotonic()
        arm, code = look(name, fault, way)
        named = [finding['faults'] for finding in arm['findings']]
        said = '; '.join(finding['evidence'] for finding in arm['findings'])
        print(f'\n| {name} | {fault} | {way} | {", ".join(" or ".join(names) for names in named) or "nothing"} | '
              f'{time.monotonic() - began:.0f} s | {said} |', flush=True)
        self.assertEqual([set(names) for names in named], [set(wanted)] if wanted else [], json.dumps(arm))
        self.assertEqual(code, 1 if wanted else 0)

    def each_is_named(self, name, way, wanted):
        for fault in FAULTS:
            if fault in wanted:
                with self.subTest(fault):
                    self.is_named(name, fault, way, wanted[fault])

    def test_from_outside(self):
        self.each_is_named('nethttp', 'outside', FROM_OUTSIDE)

    def test_by_the_page_of_the_sdk(self):
        self.each_is_named('nethttp', 'page', EXACTLY)

    def test_where_it_counts_its_spans(self):
        self.each_is_named('nethttp', 'counts', EXACTLY)

    @unittest.skipUnless(OTELCOL, 'no Collector; scripts/build-real otelcol builds one')
    def test_behind_a_collector(self):
        named = {'wrong_pipeline'}
        self.each_is_named('nethttp', 'outside', {'right_pipeline': set(), 'wrong_pipeline': named, 'wrong_exporter': named})

    def test_of_grpc(self):
        some = (HEALTHY, 'no_shutdown', 'rate_zero', 'unended', 'code_over_env', 'full_queue')
        self.each_is_named('grpc-go', 'counts', {fault: EXACTLY[fault] for fault in some})


if __name__ == '__main__':
    FAULTS = sys.argv[1:] or [*FROM_OUTSIDE, *PIPELINES]
    MISSING = [name for name in ('nethttp', 'grpc-go') if not os.path.exists(os.path.join(REAL, name))]
    if MISSING:
        print(f'skipped: {" and ".join(MISSING)} not built; scripts/build-real builds them')
        sys.exit(77)
    unittest.main(argv=sys.argv[:1] + ['-v'])
