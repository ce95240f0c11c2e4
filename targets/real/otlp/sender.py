"""Makes COUNT spans in traces of two: sender.py COUNT. The exporter is opentelemetry-instrument's, set by variables alone.
SPDX-License-Identifier: Apache-2.0
"""
import sys

from opentelemetry import trace

tracer = trace.get_tracer('sender')
for number in range(int(sys.argv[1]) // 2):
    with tracer.start_as_current_span('parent', attributes={'number': number, 'path': '/users/42'}):
        with tracer.start_as_current_span('child', attributes={'number': number, 'path': '/users/42'}):
            pass
trace.get_tracer_provider().shutdown()
