#!/usr/bin/env python3
"""A small HTTP service to be measured as one's own: `hello_server.py PORT` answers GET /hello/NAME.

It traces by hand, with the standard library only, and does what the OTEL_* variables say as far as
it needs them: one span per sampled request, sent in batches as OTLP/JSON. A real service would use its
OpenTelemetry SDK instead; nothing here is known to tracetax.
SPDX-License-Identifier: Apache-2.0
"""

import http.server
import json
import os
import queue
import secrets
import signal
import sys
import threading
import time
import urllib.request

QUEUE_MAX, BATCH_MAX = 2048, 512  # the defaults of OTEL_BSP_MAX_QUEUE_SIZE and _MAX_EXPORT_BATCH_SIZE
DELAY_S = int(os.environ.get("OTEL_BSP_SCHEDULE_DELAY", "5000")) / 1000
ENDPOINT = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
TRACING = (os.environ.get("OTEL_SDK_DISABLED") != "true"
           and os.environ.get("OTEL_TRACES_EXPORTER", "otlp") == "otlp"
           and os.environ.get("OTEL_TRACES_SAMPLER") != "always_off")


class Spans:
    """Sends spans in batches, beside the requests. A full queue drops, as the SDKs do."""

    def __init__(self):
        self.waiting = queue.Queue(QUEUE_MAX)
        self.counts = {"started": 0, "ended": 0, "dropped": 0, "exported": 0, "failed": 0}
        self.thread = threading.Thread(target=self._export)
        self.thread.start()

    def end(self, span):
        span["endTimeUnixNano"] = str(time.time_ns())
        self.counts["started"] += 1
        self.counts["ended"] += 1
        try:
            self.waiting.put_nowait(span)
        except queue.Full:
            self.counts["dropped"] += 1

    def close(self):
        """Returns when all spans are sent."""
        self.waiting.put(None)
        self.thread.join()
        print(json.dumps({"tracetax_spans": self.counts}), flush=True)

    def _export(self):
        open_for_more = True
        while open_for_more:
            batch, deadline = [], time.monotonic() + DELAY_S
            while len(batch) < BATCH_MAX:
                try:
                    span = self.waiting.get(timeout=max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    break
                if span is None:
                    open_for_more = False
                    break
                batch.append(span)
            if batch:
                self._send(batch)

    def _send(self, batch):
        name = {"key": "service.name", "value": {"stringValue": os.environ.get("OTEL_SERVICE_NAME", "hello")}}
        body = {"resourceSpans": [{"resource": {"attributes": [name]}, "scopeSpans": [{"spans": batch}]}]}
        request = urllib.request.Request(ENDPOINT + "/v1/traces", json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        try:
            urllib.request.urlopen(request, timeout=10).close()
            self.counts["exported"] += len(batch)
        except OSError:
            self.counts["failed"] += len(batch)


def start_span(traceparent, path):
    """The span of one request, or None if its caller did not sample it."""
    parts = traceparent.split("-") if traceparent else ["00", secrets.token_hex(16), "", "01"]
    if not int(parts[3], 16) & 1:
        return None
    return {"traceId": parts[1], "spanId": secrets.token_hex(8), "parentSpanId": parts[2],
            "name": "GET /hello/{name}", "kind": 2, "startTimeUnixNano": str(time.time_ns()),
            "attributes": [{"key": "http.request.method", "value": {"stringValue": "GET"}},
                           {"key": "url.path", "value": {"stringValue": path}},
                           {"key": "http.response.status_code", "value": {"intValue": "200"}}]}


class Hello(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one write
    disable_nagle_algorithm = True
    spans = None

    def do_GET(self):
        span = start_span(self.headers["traceparent"], self.path) if self.spans else None
        body = json.dumps({"hello": self.path.removeprefix("/hello/")}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        if span:
            self.spans.end(span)

    def log_message(self, *_):
        pass


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: hello_server.py PORT")
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)  # before any thread: only sigwait sees them
    server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Hello)
    server.handle_error = lambda *_: None  # callers may hang up
    Hello.spans = Spans() if TRACING else None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    signal.sigwait(stop)
    server.shutdown()
    if Hello.spans:
        Hello.spans.close()
    os._exit(0)  # connections that are still open have threads of their own


if __name__ == "__main__":
    main()
