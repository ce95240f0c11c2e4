"""A real OpenTelemetry Collector between an emulated service and the sink, with mistakes in its pipeline:
`tracetax doctor --spans` names it, and no other, and does not blame it for the service's mistakes. Ends with 77, and says
so, where no Collector is there: nothing is downloaded here.
SPDX-License-Identifier: Apache-2.0
"""
import os
import shutil
import sys
import unittest

import test_span_faults as faults

SOURCE = os.environ['TRACETAX_SOURCE']
REAL = os.environ.get('TRACETAX_REAL') or os.path.join(SOURCE, 'build/real')
COLLECTOR = next(filter(None, (shutil.which(name) for name in (
    os.environ.get('TRACETAX_OTELCOL') or '-', os.path.join(REAL, 'tools/otelcol'), 'otelcol', 'otelcol-contrib'))), None)

SINK = 'otlphttp: {endpoint: "http://127.0.0.1:{sink_http}", compression: none}'
NOBODY = 'otlphttp: {endpoint: "http://127.0.0.1:1", retry_on_failure: {enabled: false}}'
NOWHERE = 'debug: {verbosity: basic}'


def behind(fault='', exporter=SINK, signal='traces'):
    """A service that sends to a Collector with one pipeline, for that signal and to that exporter."""
    return {**faults.one(fault),
            'companions': {'collector': {'use': 'otel-collector', 'files': {'config.yaml': [
                'receivers:',
                '  otlp: {protocols: {http: {endpoint: "127.0.0.1:{port}"}}}',
                'processors:',
                '  batch: {timeout: 200ms}',
                'exporters:',
                f'  {exporter}',
                'service:',
                '  telemetry:',
                '    logs: {level: error}',
                '    metrics:',
                '      level: basic',
                '      readers: [{pull: {exporter: {prometheus: {host: "127.0.0.1", port: {port.metrics}}}}}]',
                '  pipelines:',
                f'    {signal}: {{receivers: [otlp], processors: [batch], exporters: [{exporter.split(":")[0]}]}}',
            ]}}},
            'env': {'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://127.0.0.1:{port.collector}'}}


ROWS = {
    'healthy': (None, behind()),
    'its exporter reaches nobody': ('wrong_pipeline', behind(exporter=NOBODY)),
    'its exporter throws away': ('wrong_pipeline', behind(exporter=NOWHERE)),
    'no pipeline for traces': ('wrong_pipeline', behind(signal='metrics')),
    'service: no_exporter': ('no_exporter', behind('no_exporter')),
    'service: rate_zero': ('rate_zero', behind('rate_zero')),
    'service: wrong_address': ('wrong_address', behind('wrong_address')),
    'service: no_shutdown': ('no_shutdown', behind('no_shutdown')),
    'service: full_queue': ('full_queue', behind('full_queue')),
}


class PipelineFaults(faults.Matrix, unittest.TestCase):
    rows = ROWS


if __name__ == '__main__':
    if COLLECTOR is None:
        print('no OpenTelemetry Collector: scripts/build-real otelcol builds one where Go is', file=sys.stderr)
        sys.exit(77)
    os.environ['TRACETAX_OTELCOL'] = COLLECTOR
    unittest.main()
