#!/usr/bin/env python3
"""A service that is wrong in one way, for `tracetax doctor`: wrong_service.py MODE[=NUMBER] [--mend] [PORT]

PORT is the environment's PORT where it is not given. It answers GET /hello/NAME and /users/NAME, and 404 to other paths.
With --mend, or in the mode `right`, it does everything rightly: keep-alive; one span for each request
whose traceparent is sampled (all without one), in its caller's trace; what OTEL_SDK_DISABLED,
OTEL_TRACES_EXPORTER, OTEL_TRACES_SAMPLER=always_off, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME and
OTEL_BSP_SCHEDULE_DELAY say; OTLP as http/json; at SIGTERM it sends its spans and ends with 0. It bears
thousands of requests a second. Standard library only.
SPDX-License-Identifier: Apache-2.0
"""
import asyncio
import json
import math
import os
import secrets
import signal
import socket
import sys
import time
import urllib.request

MODES = {
    'right': 'as said above',
    'no-tracing': 'no span ever',
    'always-sampling': 'a span for each request, whatever the flag in traceparent says',
    'new-traces': 'spans begin traces of their own',
    'off-exports': 'exports though the variables say no; it honours the flag, so only sampled requests show it',
    'four-spans': 'NUMBER spans a request (4): a server span and children. Right once spans_per_request says so',
    'ctx-shadow': 'four spans a request: three siblings are a chain, each below one that has ended before it begins',
    'raw-names': 'spans are named by the path, have the old attribute names, and ERROR for a 404 that was none',
    'ignores-sigterm': 'SIGTERM does nothing',
    'no-flush': 'SIGTERM ends it before it sends what it holds',
    'fixed-port': 'listens on NUMBER (9555), whatever PORT says',
    'http10': 'answers as HTTP/1.0 and closes after each answer',
    'redirect': '302 to the same path with a slash at the end, where it answers 200',
    'unauthorized': '401 with WWW-Authenticate; 200 with the header `Authorization: Bearer secret`',
    'dies': 'ends with a traceback NUMBER seconds (2) after its start',
    # From then on the kernel still makes connections, and no request on them is answered.
    'leaks': 'never closes what its caller closed (CLOSE_WAIT); accepts no more at NUMBER connections (40)',
    # As a JIT does. Right once warmed up for long enough.
    'cold': 'the first request takes 1 ms of CPU more, one NUMBER seconds (4) later a third of that, and so on',
}
ARGUMENTS = [a for a in sys.argv[1:] if a != '--mend']
MODE, _, NUMBER = ARGUMENTS[0].partition('=') if ARGUMENTS else ('', '', '')
if MODE not in MODES:
    sys.exit(__doc__ + ''.join(f'\n  {mode:16}  {what}' for mode, what in MODES.items()))
if '--mend' in sys.argv:
    MODE = 'right'
ENV = os.environ
OFF = (ENV.get('OTEL_SDK_DISABLED') == 'true' or ENV.get('OTEL_TRACES_EXPORTER', 'otlp') != 'otlp'
       or ENV.get('OTEL_TRACES_SAMPLER') == 'always_off')
TRACES = MODE != 'no-tracing' and (not OFF or MODE == 'off-exports')
QUEUE_MAX, BATCH_MAX = 2048, 512  # a full queue drops, as the SDKs do
waiting, open_connections = [], set()
first_request = None


def number(default):
    return float(NUMBER) if NUMBER else default


def export(spans):
    name = {'key': 'service.name', 'value': {'stringValue': ENV.get('OTEL_SERVICE_NAME', 'wrong')}}
    body = {'resourceSpans': [{'resource': {'attributes': [name]}, 'scopeSpans': [{'spans': spans}]}]}
    url = ENV.get('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:4318').rstrip('/') + '/v1/traces'
    request = urllib.request.Request(url, json.dumps(body).encode(), {'Content-Type': 'application/json'})
    try:
        urllib.request.urlopen(request, timeout=5).close()
    except OSError as error:
        print(f'export failed: {error}', file=sys.stderr, flush=True)


async def export_in_batches():
    while True:
        end = time.monotonic() + int(ENV.get('OTEL_BSP_SCHEDULE_DELAY', '5000')) / 1000
        while time.monotonic() < end and len(waiting) < BATCH_MAX:
            await asyncio.sleep(0.02)
        while waiting:
            batch = waiting[:BATCH_MAX]
            del waiting[:BATCH_MAX]
            await asyncio.get_running_loop().run_in_executor(None, export, batch)


def trace(traceparent, path, start):
    """Queues the spans of one request, if its caller sampled it."""
    parts = traceparent.split('-') if traceparent else ['00', secrets.token_hex(16), '', '01']
    if not int(parts[3], 16) & 1 and MODE != 'always-sampling':
        return
    trace_id, parent = (secrets.token_hex(16), '') if MODE == 'new-traces' else parts[1:3]
    server, end = secrets.token_hex(8), str(time.time_ns())
    spans = [{'traceId': trace_id, 'spanId': server, 'parentSpanId': parent, 'name': 'GET /hello/{name}', 'kind': 2,
              'startTimeUnixNano': start, 'endTimeUnixNano': end,
              'attributes': [{'key': 'url.path', 'value': {'stringValue': path}}]}]
    for child in range(1, int(number(4)) if MODE == 'four-spans' else 1):
        spans.append({'traceId': trace_id, 'spanId': secrets.token_hex(8), 'parentSpanId': server, 'kind': 1,
                      'name': f'step {child}', 'startTimeUnixNano': start, 'endTimeUnixNano': end})
    if MODE == 'ctx-shadow':
        at = int(start)
        for child in range(3):
            spans.append({'traceId': trace_id, 'spanId': secrets.token_hex(8), 'parentSpanId': spans[-1]['spanId'],
                          'kind': 1, 'name': f'step {child}', 'startTimeUnixNano': str(at + 1000 * child),
                          'endTimeUnixNano': str(at + 1000 * child + 997)})
    if MODE == 'raw-names':
        spans[0].update({'name': 'GET ' + path, 'status': {'code': 2}, 'attributes': [
            {'key': 'http.method', 'value': {'stringValue': 'GET'}},
            {'key': 'http.status_code', 'value': {'intValue': '404'}}]})
    if len(waiting) + len(spans) <= QUEUE_MAX:
        waiting.extend(spans)


def interpret():
    """The CPU that a JIT takes off later."""
    global first_request
    first_request = first_request or time.monotonic()
    extra = 0.001 * math.exp(-(time.monotonic() - first_request) / number(4))
    end = time.thread_time() + extra
    while time.thread_time() < end:
        pass


def answer(path, headers):
    """(status line, further headers, body)"""
    if MODE == 'unauthorized' and headers.get('authorization') != 'Bearer secret':
        return '401 Unauthorized', 'WWW-Authenticate: Bearer\r\n', b'{"error":"who are you?"}'
    if not path.startswith(('/hello/', '/users/')):
        return '404 Not Found', '', b'{"error":"no such path"}'
    if MODE == 'redirect' and not path.endswith('/'):
        return '302 Found', f'Location: {path}/\r\n', b''
    if MODE == 'cold':
        interpret()
    return '200 OK', '', json.dumps({'hello': path.split('/')[2]}).encode()


class Connection(asyncio.Protocol):
    pending = b''

    def connection_made(self, transport):
        self.transport = transport
        open_connections.add(transport)

    def eof_received(self):
        return MODE == 'leaks'  # True: asyncio leaves the socket open

    def connection_lost(self, _):
        open_connections.discard(self.transport)

    def data_received(self, piece):
        self.pending += piece
        while b'\r\n\r\n' in self.pending:
            head, _, self.pending = self.pending.partition(b'\r\n\r\n')
            self.serve(head.decode('latin-1').split('\r\n'))

    def serve(self, lines):
        start = str(time.time_ns())
        path = lines[0].split(' ')[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(':') for line in lines[1:])}
        status, more, body = answer(path, headers)
        protocol = 'HTTP/1.0' if MODE == 'http10' else 'HTTP/1.1'
        self.transport.write(f'{protocol} {status}\r\nContent-Type: application/json\r\n{more}'
                             f'Content-Length: {len(body)}\r\n\r\n'.encode() + body)
        if MODE == 'http10' or headers.get('connection') == 'close':
            self.transport.close()
        if TRACES:
            trace(headers.get('traceparent'), path, start)


def accept(loop, listener):
    if MODE == 'leaks' and len(open_connections) >= number(40):
        loop.remove_reader(listener)
        return
    try:
        connection, _ = listener.accept()
    except BlockingIOError:
        return
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    loop.create_task(loop.connect_accepted_socket(Connection, connection))


async def main():
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    if MODE == 'ignores-sigterm':
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    elif MODE != 'no-flush':
        loop.add_signal_handler(signal.SIGTERM, stop.set)
    port = int(ARGUMENTS[1] if len(ARGUMENTS) > 1 else ENV.get('PORT', '8080'))
    listener = socket.create_server(('127.0.0.1', int(number(9555)) if MODE == 'fixed-port' else port), backlog=128)
    listener.setblocking(False)
    loop.add_reader(listener, accept, loop, listener)
    exporting = loop.create_task(export_in_batches())  # held, or it may be collected
    try:
        await asyncio.wait_for(stop.wait(), number(2) if MODE == 'dies' else None)
    except asyncio.TimeoutError:
        raise RuntimeError('the database is gone') from None
    listener.close()
    while waiting:
        export(waiting[:BATCH_MAX])
        del waiting[:BATCH_MAX]
    exporting.cancel()


if __name__ == '__main__':
    asyncio.run(main())
