#!/usr/bin/env python3
"""Stands for a collector: takes OTLP/HTTP at PORT and passes it on to the sink's port: span_relay.py PORT SINK [drop].

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
KEPT = ("Content-Type", "Content-Encoding")


class Door(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    number = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Door.number += 1
        if not DROP or Door.number % 2 == 0:
            with lock:
                waiting.append((body, {k: self.headers[k] for k in KEPT if k in self.headers}))
        self.send_response(200)
        self.send_header("Content-Type", self.headers["Content-Type"])
        self.send_header("Content-Length", "0")
        self.end_headers()

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
