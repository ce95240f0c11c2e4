"""What the real services in Go answer, and the spans that they make: capture.py [NAME...] starts build/real/NAME, makes
the calls of its wire, and writes captured/NAME.json, the test data of the emulations. All that are built without a
NAME. What differs from run to run stands there as <port>, <peer port> and so on; attributes are in their order on the
wire. A file is written only if something other than its date is new.
SPDX-License-Identifier: Apache-2.0
"""
import contextlib
import datetime
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.normpath(os.path.join(HERE, '../..')))
import rpc_calls  # noqa: E402
from otlp_receiver import Receiver  # noqa: E402

BUILT = os.environ.get('TRACETAX_REAL') or os.path.normpath(os.path.join(HERE, '../../../build/real'))
CAPTURED = os.path.join(HERE, 'captured')
PARENT = 'cd' * 8
FLAGS = {'sampled': '01', 'unsampled': '00'}
SPANS_WITHIN_S, QUIET_S = 3.0, 0.15
READY_WITHIN_S = 60


def environment(name, receiver_port, state='export', **more):
    """What tracetax sets for its targets."""
    silent = state in ('absent', 'noop')
    return {**os.environ, 'TRACETAX_STATE': state, 'OTEL_SDK_DISABLED': 'true' if silent else 'false',
            'OTEL_TRACES_EXPORTER': 'otlp' if state == 'export' else 'none',
            'OTEL_TRACES_SAMPLER': 'always_off' if state == 'drop' else 'parentbased_always_on',
            'OTEL_METRICS_EXPORTER': 'none', 'OTEL_LOGS_EXPORTER': 'none', 'OTEL_SERVICE_NAME': name,
            'OTEL_PROPAGATORS': 'tracecontext', 'OTEL_EXPORTER_OTLP_PROTOCOL': 'http/protobuf',
            'OTEL_EXPORTER_OTLP_ENDPOINT': f'http://127.0.0.1:{receiver_port}', 'OTEL_BSP_SCHEDULE_DELAY': '20', **more}


def command(name):
    """That starts a service; a test puts another in its place."""
    return [os.path.join(BUILT, name)]


def describe(name):
    done = subprocess.run([*command(name), '--describe'], capture_output=True, text=True, check=True)
    facts = json.loads(done.stdout)
    if name in WIRES:  # one wire, other messages
        facts['wire'] = name
    return facts


class Service:
    """build/real/NAME while it runs. `variables`: its whole environment. `said`: a file for its standard output."""

    def __init__(self, name, variables, said=subprocess.DEVNULL):
        self.facts = describe(name)
        with socket.create_server(('127.0.0.1', 0)) as free:
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen([*command(name), '--port', str(self.port)], env=variables,
                                        stdout=said, stderr=subprocess.DEVNULL)
        end = time.monotonic() + READY_WITHIN_S
        while not self.ready():
            if time.monotonic() > end or self.process.poll() is not None:
                self.process.kill()
                raise RuntimeError(f'{name} is not ready; exit code {self.process.wait()}')
            time.sleep(0.05)

    def ready(self):
        """Asks as `ready` says, by a call that nobody samples; a connection where it names no path."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            path = self.facts['ready'].partition('{port}')[2]
            if self.facts['ready'].startswith('http'):
                return ask(self.port, 'GET', path, None, traceparent('ab' * 16, 'unsampled')).status == 200
            with socket.create_connection(('127.0.0.1', self.port), timeout=5):
                return True
        return False

    def stop(self):
        """Its exit code after SIGTERM."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def traceparent(trace, parent):
    return None if parent == 'none' else f'00-{trace}-{PARENT}-{FLAGS[parent]}'


class Answer:
    """`status` is that of the wire, `text` the body as latin-1; `peer_port` is the client's own port."""

    def __init__(self, status, content_type, text, headers=(), peer_port=0):
        self.status, self.content_type, self.text = status, content_type, text
        self.headers, self.peer_port = list(headers), peer_port


def ask(port, method, path, body, context):
    with contextlib.closing(http.client.HTTPConnection('127.0.0.1', port, timeout=20)) as connection:
        headers = {'User-Agent': 'tracetax'}
        if context:
            headers['traceparent'] = context
        if body is not None:
            headers['Content-Type'] = 'application/json'
        connection.request(method, path, body, headers)
        peer_port = connection.sock.getsockname()[1]
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheader('Content-Type', ''), answer.read().decode('latin-1'),
                      answer.getheaders(), peer_port)


def http_call(port, call, body, context):
    method, path = call.split(' ')
    return ask(port, method, path, body, context)


def rpc(make):
    """A call of rpc_calls as one of ours."""
    def call(*arguments):
        status, content_type, body, headers, peer_port = make(*arguments)
        return Answer(status, content_type, body.decode('latin-1'), headers, peer_port)
    return call, rpc_calls.CALLS


# Of each wire: the function that makes a call, (port, call, body, traceparent or None) -> Answer, and its calls, each
# (name, body). Every call is made with a sampled parent and without one, the first one by an unsampled one too.
WIRES = {
    'http': (http_call, [
        ('GET /users/42', None),
        ('POST /users', '{"name":"Ada","email":"ada@example.com"}'),
        ('GET /users/x', None),
        ('GET /fails', None),
        ('GET /nosuch', None),
    ]),
    **{wire: rpc(make) for wire, make in rpc_calls.BY_WIRE.items()},
}


def typed(value):
    """A value's letter: s text, i integer, d double, b truth, y bytes; of a list: a and its first element's."""
    if isinstance(value, list):
        return 'a' + (typed(value[0]) if value else '')
    return {str: 's', bool: 'b', int: 'i', float: 'd', bytes: 'y'}.get(type(value), '')


def settled(value, ports):
    """`value` without what differs from run to run; `ports` says what each port is called."""
    if isinstance(value, list):
        return [settled(one, ports) for one in value]
    if isinstance(value, bytes):
        return value.decode('latin-1')
    if not isinstance(value, str):
        return ports.get(str(value), value) if typed(value) == 'i' else value
    for port, called in ports.items():
        value = re.sub(rf'(?<!\d){port}(?!\d)', called, value)
    value = re.sub(r'goroutine \d+', 'goroutine <id>', value)
    return re.sub(r'0x[0-9a-f]{6,}', '<address>', value)


def attributes_of(pairs, ports):
    return [{'key': key, 'type': typed(value), 'value': settled(value, ports)} for key, value in pairs]


def span_of(span, ports):
    """Events by their time: CloudWeGo's send theirs in the order of a Go map."""
    return {
        'name': span['name'], 'kind': ['', 'internal', 'server', 'client', 'producer', 'consumer'][span.get('kind', 0)],
        'parent': span['parent'] not in ('', '0' * 16),
        'status': {'code': ['unset', 'ok', 'error'][span['status']], 'message': settled(span['status_message'], ports)},
        'scope': span['scope'], 'schema_url': span['schema_url'], 'flags': span['flags'],
        'trace_state': span['trace_state'], 'attributes': attributes_of(span['attributes'], ports),
        'events': [{'name': event['name'], 'attributes': attributes_of(event['attributes'], ports)}
                   for event in sorted(span['events'], key=lambda event: (event['time'], event['name']))],
        'links': span['links']}


def settle_dapr(span):
    """daprd keeps attributes in a Go map, whose order is random, and listens on ports of its own."""
    span['attributes'].sort(key=lambda attribute: attribute['key'])
    for attribute in span['attributes']:
        if attribute['key'] == 'server.port':
            attribute['value'] = '<port>'
        if attribute['key'] == 'url.full':
            attribute['value'] = re.sub(r'127\.0\.0\.1:\d+', '127.0.0.1:<port>', attribute['value'])
    return span


def spans_since(receiver, before, expected):
    """Those that came after the first `before`: waits for `expected`, and until no more come."""
    end, count = time.monotonic() + SPANS_WITHIN_S, before
    while time.monotonic() < end:
        if len(receiver.spans) >= before + expected and len(receiver.spans) == count:
            break
        count = len(receiver.spans)
        time.sleep(QUIET_S)
    return receiver.spans[before:]


def plan(wire):
    """(call, body, parent) of everything that is asked, in order."""
    calls = WIRES[wire][1]
    return [(*call, parent) for call in calls for parent in ('sampled', 'none')] + [(*calls[0], 'unsampled')]


def capture(name, more=None):
    """What captured/NAME.json holds, but for its date. `more`: variables on top."""
    with Receiver() as receiver, Service(name, environment(name, receiver.port, **(more or {}))) as service:
        facts, calls = service.facts, []
        make = WIRES[facts['wire']][0]
        for number, (call, body, parent) in enumerate(plan(facts['wire'])):
            before = len(receiver.spans)
            answer = make(service.port, call, body, traceparent(f'{number + 1:032x}', parent))
            expected = 0 if parent == 'unsampled' else facts['spans_per_request']
            ports = {str(service.port): '<port>', str(answer.peer_port): '<peer port>'}
            # Of several processes whichever sends first comes first.
            spans = sorted(spans_since(receiver, before, expected), key=lambda span: span['kind'], reverse=True)
            spans = [span_of(span, ports) for span in spans]
            calls.append({
                'call': call, 'body': body, 'parent': parent, 'status': answer.status,
                'content_type': answer.content_type, 'headers': [key for key, _ in answer.headers],
                'answer': settled(answer.text, ports),
                'spans': [settle_dapr(span) if name == 'dapr' else span for span in spans]})
        resource = {'schema_url': '', 'attributes': []}
        if receiver.spans:
            resource = {'schema_url': receiver.spans[-1]['resource_schema_url'],
                        'attributes': attributes_of(receiver.spans[-1]['resource'].items(), {})}
        return {'name': name, 'versions': facts.get('versions', {}), 'resource': resource, 'calls': calls}


def path_of(name):
    return os.path.join(CAPTURED, f'{name}.json')


def stored(name):
    """What the file holds, but for its date; None where there is none."""
    with contextlib.suppress(FileNotFoundError), open(path_of(name), encoding='utf-8') as file:
        found = json.load(file)
        del found['captured']
        return found
    return None


def text_of(captured):
    """JSON with each attribute, and each of what else is small, on one line."""
    text = json.dumps(captured, indent=1, ensure_ascii=True)
    small = re.compile(r'([{\[])\n\s+([^{}\[\]\n]+(?:\n\s*[^{}\[\]\n]+)*)\n\s*([}\]])')
    return small.sub(lambda m: m[1] + re.sub(r'\n\s*', ' ', m[2]) + m[3], text) + '\n'


def main():
    table = [line.split()[0] for line in open(os.path.join(HERE, 'targets')) if line.strip() and line[0] != '#']
    names = sys.argv[1:] or [name for name in table if os.path.exists(os.path.join(BUILT, name))]
    os.makedirs(CAPTURED, exist_ok=True)
    for name in names:
        captured = capture(name)
        calls, spans = len(captured['calls']), sum(len(call['spans']) for call in captured['calls'])
        news = 'as before'
        if captured != stored(name):
            date = datetime.date.today().isoformat()
            head = {'name': captured.pop('name'), 'versions': captured.pop('versions'), 'captured': date}
            with open(path_of(name), 'w', encoding='utf-8') as file:
                file.write(text_of({**head, **captured}))
            news = 'written'
        print(f'{name}: {calls} calls, {spans} spans, {news}')


if __name__ == '__main__':
    main()
