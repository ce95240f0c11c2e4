#!/usr/bin/env python3
"""Two services in one program that trace as a chain: chain_server.py PORT [drop].

Of a sampled request the front makes a server and a client span, and the back, a service of its own by its
service.name, a server span below them. With "drop" the back is not told the context: it begins a trace of
its own for every request. Exported as OTLP/JSON to OTEL_EXPORTER_OTLP_ENDPOINT; standard library only. Listens at
$BIND, or at 127.0.0.1.
SPDX-License-Identifier: Apache-2.0
"""
import http.client
import json
import os
import re
import secrets
import signal
import socket
import sys
import threading
import time
import urllib.parse

PORT, DROP = int(sys.argv[1]), "drop" in sys.argv[2:]
NAME = os.environ["OTEL_SERVICE_NAME"]
EXPORTS = os.environ["OTEL_TRACES_EXPORTER"] == "otlp"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n"
CONTEXT = re.compile(rb"traceparent: *00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", re.IGNORECASE)
ended = {NAME: [], NAME + "-back": []}
lock = threading.Lock()


def span(trace, parent):
    return {"traceId": trace, "spanId": secrets.token_hex(8), "parentSpanId": parent, "name": "call",
            "startTimeUnixNano": str(time.time_ns()), "endTimeUnixNano": str(time.time_ns())}


def handle(request):
    context = CONTEXT.search(request)
    if not EXPORTS or context is None:
        return
    trace, parent, flags = (part.decode() for part in context.groups())
    sampled = int(flags, 16) & 1 == 1
    with lock:
        if sampled:
            server = span(trace, parent)
            client = span(trace, server["spanId"])
            ended[NAME] += [server, client]
        if DROP:
            ended[NAME + "-back"].append(span(secrets.token_hex(16), ""))
        elif sampled:
            ended[NAME + "-back"].append(span(trace, client["spanId"]))


def export():
    with lock:
        batches = {name: spans[:] for name, spans in ended.items() if spans}
        for spans in ended.values():
            spans.clear()
    if not batches:
        return
    resources = [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": name}}]},
                  "scopeSpans": [{"spans": spans}]} for name, spans in batches.items()]
    sink = http.client.HTTPConnection(urllib.parse.urlsplit(os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]).netloc)
    sink.request("POST", "/v1/traces", json.dumps({"resourceSpans": resources}), {"Content-Type": "application/json"})
    sink.getresponse().read()
    sink.close()


def export_now_and_then():
    while True:
        time.sleep(0.05)
        export()


def serve(connection):
    pending = b""
    while True:
        while b"\r\n\r\n" in pending:
            request, pending = pending.split(b"\r\n\r\n", 1)
            handle(request)
            connection.sendall(ANSWER)
        piece = connection.recv(65536)
        if not piece:
            return
        pending += piece


# What had to come has come by then: the driver waits for it first.
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
threading.Thread(target=export_now_and_then, daemon=True).start()
listener = socket.create_server((os.environ.get("BIND", "127.0.0.1"), PORT), backlog=128)
while True:
    accepted, _ = listener.accept()
    accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=serve, args=(accepted,), daemon=True).start()
