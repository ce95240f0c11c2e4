"""A scripted OTLP/HTTP receiver for tests, with TLS or without: keeps the spans it accepts and answers what it is told.

Decodes protobuf by hand, so that the tests do not trust the code they test.
SPDX-License-Identifier: Apache-2.0
"""
import gzip
import http.server
import json
import ssl
import struct
import threading
import time


def fields(data):
    """(field number, wire type, value) of every field in a message."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 1:
            value, at = struct.unpack_from('<Q', data, at)[0], at + 8
        elif kind == 5:
            value, at = struct.unpack_from('<I', data, at)[0], at + 4
        elif kind == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        else:
            raise ValueError(f'wire type {kind}')
        yield tag >> 3, value


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def any_value(data):
    for number, value in fields(data):
        if number == 1:
            return value.decode()
        if number == 3:
            return value if value < 1 << 63 else value - (1 << 64)
        if number == 5:
            return [any_value(one) for _, one in fields(value)]
        if number == 7:
            return value
        return bool(value) if number == 2 else struct.unpack('<d', struct.pack('<Q', value))[0]
    return None


def key_value(data):
    pair = dict(fields(data))
    return pair[1].decode(), any_value(pair.get(2, b''))


def event(data):
    parts = list(fields(data))
    return {'time': dict(parts).get(1, 0), 'name': dict(parts).get(2, b'').decode(),
            'attributes': [key_value(kv) for n, kv in parts if n == 3]}


def span(data):
    out = {'attributes': [], 'status': 0, 'status_message': '', 'parent': '', 'trace_state': '', 'events': [], 'links': 0,
           'flags': 0}
    names = {1: 'trace', 2: 'id', 3: 'trace_state', 4: 'parent', 5: 'name', 6: 'kind', 7: 'start', 8: 'end', 16: 'flags'}
    for number, value in fields(data):
        if number in (1, 2, 4):
            out[names[number]] = value.hex()
        elif number in (3, 5):
            out[names[number]] = value.decode()
        elif number == 9:
            out['attributes'].append(key_value(value))
        elif number == 11:
            out['events'].append(event(value))
        elif number == 13:
            out['links'] += 1
        elif number == 15:
            status = dict(fields(value))
            out['status'], out['status_message'] = status.get(3, 0), status.get(2, b'').decode()
        elif number in names:
            out[names[number]] = value
    return out


def request(data):
    """(resource attributes, scope name, spans) of a request; the first two are those that came last. Each span has
    its own: resource and resource_schema_url, scope (name and version) and schema_url."""
    resource, scope, spans = {}, '', []
    for _, resource_spans in fields(data):
        parts = list(fields(resource_spans))
        resource = dict(key_value(kv) for number, value in parts if number == 1 for n, kv in fields(value) if n == 1)
        of_resource = {'resource': resource, 'resource_schema_url': dict(parts).get(3, b'').decode()}
        for scope_spans in (value for number, value in parts if number == 2):
            inner = list(fields(scope_spans))
            named = dict(fields(dict(inner).get(1, b'')))
            scope = named.get(1, b'').decode()
            of_scope = {'scope': {'name': scope, 'version': named.get(2, b'').decode()},
                        'schema_url': dict(inner).get(3, b'').decode()}
            spans += [{**span(part), **of_resource, **of_scope} for number, part in inner if number == 2]
    return resource, scope, spans


def json_value(value):
    kind, inner = next(iter(value.items()), (None, None))
    if kind == 'arrayValue':
        return [json_value(one) for one in inner.get('values', [])]
    return int(inner) if kind == 'intValue' else inner


def json_request(data):
    """The same of OTLP/JSON, with the fields that most tests look at."""
    resource, scope, spans = {}, '', []
    for resource_spans in json.loads(data)['resourceSpans']:
        resource = {kv['key']: json_value(kv['value']) for kv in resource_spans['resource']['attributes']}
        for scope_spans in resource_spans['scopeSpans']:
            scope = scope_spans['scope']['name']
            for one in scope_spans['spans']:
                spans.append({'trace': one['traceId'], 'id': one['spanId'], 'parent': one.get('parentSpanId', ''),
                              'name': one['name'], 'kind': one['kind'], 'start': int(one['startTimeUnixNano']),
                              'end': int(one['endTimeUnixNano']), 'flags': one['flags'],
                              'status': one['status'].get('code', 0),
                              'attributes': [(kv['key'], json_value(kv['value'])) for kv in one['attributes']]})
    return resource, scope, spans


def read_body(handler):
    if 'Content-Length' in handler.headers:
        return handler.rfile.read(int(handler.headers['Content-Length']))
    body = b''  # chunked, as Node's exporter sends
    while size := int(handler.rfile.readline(), 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return body


class Receiver:
    """`script` holds answers to come, each (status, headers, body); then 200 for good. `tls` is (certificate, key) as
    files, with a third one, the clients' CA, if clients must show a certificate. Requests without the header `require`,
    a name and a value, get 401."""

    def __init__(self, script=(), delay=0.0, tls=(), require=None):
        self.script, self.delay = list(script), delay
        self.busy = self.most_busy = 0
        self.requests, self.spans, self.resource, self.scope = [], [], {}, ''
        self.lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = 'HTTP/1.1'

            def do_POST(self):
                body = read_body(self)
                if self.headers.get('Content-Encoding') == 'gzip':
                    body = gzip.decompress(body)
                status, headers, answer = receiver.script.pop(0) if receiver.script else (200, {}, b'')
                if require is not None and self.headers.get(require[0]) != require[1]:
                    status, headers, answer = 401, {'Content-Type': 'text/plain'}, b'who are you?'
                with receiver.lock:
                    receiver.busy += 1
                    receiver.most_busy = max(receiver.most_busy, receiver.busy)
                time.sleep(receiver.delay)
                with receiver.lock:
                    receiver.busy -= 1
                is_json = self.headers.get('Content-Type') == 'application/json'
                resource, scope, spans = (json_request if is_json else request)(body)
                receiver.requests.append((self.path, dict(self.headers), len(spans), time.monotonic()))
                if status == 200:
                    receiver.resource, receiver.scope = resource, scope
                    for one in spans:
                        one['service'] = resource.get('service.name')
                    receiver.spans += spans
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header('Content-Length', str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls[:2])
            if tls[2:]:
                context.verify_mode = ssl.CERT_REQUIRED
                context.load_verify_locations(tls[2])
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def wait_for_requests(self, count, seconds=20):
        end = time.monotonic() + seconds
        while len(self.requests) < count and time.monotonic() < end:
            time.sleep(0.01)
        return len(self.requests) >= count
