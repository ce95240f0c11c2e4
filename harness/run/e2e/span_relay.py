#!/usr/bin/env python3
"""Stands for a collector: takes OTLP/HTTP at PORT and passes it on to the sink's port: span_relay.py PORT SINK [drop].
At /metrics it says how many spans it took and sent, by a Collector's names; it can count those in protobuf only.

What comes is held for 200 ms. With "drop" every second request is thrown away, as a sampler would do. What is
left is passed on at SIGTERM. Listens at $BIND, or at 127.0.0.1. Standard library only.
SPDX-License-Identifier: Apache-2.0
"""
import http.client
import http.server
import os
import signal
import sys
import threading
import time

PORT, SINK, DROP = int(sys.argv[1]), int(sys.argv[2]), "drop" in sys.argv[3:]
waiting, lock = [], threading.Lock()
counts = {"receiver_accepted": 0, "exporter_sent": 0}
KEPT = ("Content-Type", "Content-Encoding")


def fields_of(message):
    """Numbers and contents of the fields of a protobuf message that have a length."""
    def varint(at):
        value = shift = 0
        while True:
            value |= (message[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if message[at - 1] < 128:
                return value, at
    at = 0
    while at < len(message):
        key, at = varint(at)
        if key & 7 == 0:
            _, at = varint(at)
        elif key & 7 == 2:
            size, at = varint(at)
            yield key >> 3, message[at:at + size]
            at += size
        else:
            at += 8 if key & 7 == 1 else 4


def spans_in(body):
    return sum(1 for _, resource in fields_of(body) for number, scope in fields_of(resource) if number == 2
               for inner, _ in fields_of(scope) if inner == 2)


class Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    number = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Door.number += 1
        if self.headers["Content-Type"] == "application/x-protobuf" and "Content-Encoding" not in self.headers:
            counts["receiver_accepted"] += spans_in(body)
        if not DROP or Door.number % 2 == 0:
            with lock:
                waiting.append((body, {k: self.headers[k] for k in KEPT if k in self.headers}))
        self.send_response(200)
        self.send_header("Content-Type", self.headers["Content-Type"])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        with lock:
            page = "".join(f'otelcol_{name}_spans_total{{exporter="otlp_http"}} {count}\n' for name, count in counts.items())
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *_):
        pass


def pass_on():
    with lock:
        batch, waiting[:] = waiting[:], []
    for body, headers in batch:
        sink = http.client.HTTPConnection("127.0.0.1", SINK)
        sink.request("POST", "/v1/traces", body, headers)
        sink.getresponse().read()
        sink.close()
        if headers.get("Content-Type") == "application/x-protobuf" and "Content-Encoding" not in headers:
            counts["exporter_sent"] += spans_in(body)


def pass_on_now_and_then():
    while True:
        time.sleep(0.2)
        pass_on()


def end(*_):
    pass_on()
    os._exit(0)


signal.signal(signal.SIGTERM, end)
threading.Thread(target=pass_on_now_and_then, daemon=True).start()
http.server.ThreadingHTTPServer((os.environ.get("BIND", "127.0.0.1"), PORT), Door).serve_forever()
