// Makes COUNT spans in traces of two: node --require @opentelemetry/auto-instrumentations-node/register sender.js COUNT.
// The exporter is set by variables alone.
// SPDX-License-Identifier: Apache-2.0
'use strict';
const {trace} = require('@opentelemetry/api');

const tracer = trace.getTracer('sender');
for (let number = 0; number < Number(process.argv[2]) / 2; ++number) {
  const attributes = {number, path: '/users/42'};
  tracer.startActiveSpan('parent', {attributes}, parent => {
    tracer.startSpan('child', {attributes}).end();
    parent.end();
  });
}
process.kill(process.pid, 'SIGTERM');  // which the SDK takes as the end: it sends what it has
