#!/usr/bin/env python3
"""The one service of test_trees.py's topology, in place of tracetax-target: topology_server.py FRAMEWORK --port N ...

It leaves the spans that follow from the topology, but for the mistake that $MISTAKE names. Every third request is
limited. Exports OTLP/JSON to OTEL_EXPORTER_OTLP_ENDPOINT; standard library only.
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

PORT = int(sys.argv[sys.argv.index('--port') + 1])
MISTAKE = os.environ.get('MISTAKE', '')
EXPORTS = os.environ.get('OTEL_TRACES_EXPORTER') == 'otlp'
COUNTS = 'TRACETAX_COUNT_SPANS' in os.environ
CONTEXT = re.compile(rb'traceparent: *00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})', re.IGNORECASE)
LENGTH = re.compile(rb'content-length: *([0-9]+)', re.IGNORECASE)
INTERNAL, SERVER, PRODUCER, CONSUMER = 1, 2, 4, 5
ended = []
counted = 0
lock = threading.Lock()
asked = 0


def span(trace, parent, name, kind, **more):
    now = str(time.time_ns())
    made = {'traceId': trace, 'spanId': secrets.token_hex(8), 'parentSpanId': parent, 'name': name, 'kind': kind,
            'startTimeUnixNano': now, 'endTimeUnixNano': now, **more}
    return made


def consume(sent):
    """A trace of its own that is linked to the message."""
    link = {} if MISTAKE == 'no_link' else {'links': [{'traceId': sent['traceId'], 'spanId': sent['spanId']}]}
    root = span(secrets.token_hex(16), '', 'process orders', CONSUMER, **link)
    return [root, span(root['traceId'], root['spanId'], 'mail', INTERNAL)]


def spans_of(trace, parent, limited):
    server = span(trace, parent, 'POST /order/:sku', SERVER)
    reserve = span(trace, server['spanId'], 'keep' if MISTAKE == 'name' else 'reserve', INTERNAL)
    if limited and MISTAKE != 'outcome':
        return [server, reserve]
    sent = span(trace, (reserve if MISTAKE == 'parent' else server)['spanId'], 'publish orders', PRODUCER)
    made = [server, reserve, sent, *consume(sent)]
    if MISTAKE == 'two_links':
        made += consume(sent)
    return made


def handle(head):
    """The answer."""
    global asked, counted
    context = CONTEXT.search(head)
    with lock:
        asked += 1
        limited = asked % 3 == 0
        if EXPORTS and context and int(context.group(3), 16) & 1:
            if COUNTS:
                counted += 2 if MISTAKE == 'count' and asked % 10 == 0 else 1
            else:
                ended.extend(spans_of(context.group(1).decode(), context.group(2).decode(), limited))
    status, outcome = ('429 Too Many Requests', 'X-Outcome: limited\r\n') if limited else ('200 OK', '')
    return f'HTTP/1.1 {status}\r\n{outcome}Content-Length: 0\r\n\r\n'.encode()


def export():
    global counted
    with lock:
        spans = ended[:]
        ended.clear()
        if counted:
            spans.append(span(secrets.token_hex(16), '', 'POST /order/:sku', INTERNAL, attributes=[
                {'key': 'tracetax.requests', 'value': {'intValue': str(counted)}}]))
            counted = 0
    if not spans:
        return
    resource = {'attributes': [{'key': 'service.name', 'value': {'stringValue': 'shop'}}]}
    sink = http.client.HTTPConnection(urllib.parse.urlsplit(os.environ['OTEL_EXPORTER_OTLP_ENDPOINT']).netloc)
    sink.request('POST', '/v1/traces', json.dumps({'resourceSpans': [{'resource': resource, 'scopeSpans': [{'spans': spans}]}]}),
                 {'Content-Type': 'application/json'})
    sink.getresponse().read()
    sink.close()


def export_now_and_then():
    while True:
        time.sleep(0.05)
        export()


def serve(connection):
    pending = b''
    while True:
        while b'\r\n\r\n' in pending:
            head, rest = pending.split(b'\r\n\r\n', 1)
            length = LENGTH.search(head)
            size = int(length.group(1)) if length else 0
            if len(rest) < size:
                break
            pending = rest[size:]
            connection.sendall(handle(head))
        piece = connection.recv(65536)
        if not piece:
            return
        pending += piece


# What had to come has come by then: the driver waits for it first.
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
if EXPORTS:
    threading.Thread(target=export_now_and_then, daemon=True).start()
listener = socket.create_server(('127.0.0.1', PORT), backlog=128)
while True:
    accepted, _ = listener.accept()
    accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=serve, args=(accepted,), daemon=True).start()
