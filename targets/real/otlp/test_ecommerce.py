"""The shop of scenarios/systems/ecommerce.json, as emulated services and in Go on go-zero itself: test_ecommerce.py
emulated|real|capture. Both leave the spans that `tracetax list topologies --trees ecommerce` says, names, kinds and
parents, as intended and with the mistakes of the text that it comes from. The real one's spans are those captured
(targets/real/go/captured/ecommerce.json, which `capture` writes). Ends with 77, and says so, where PostgreSQL, Redis
or the real shop is not there.
SPDX-License-Identifier: Apache-2.0
"""
import concurrent.futures
import contextlib
import glob
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(os.path.join(HERE, '../../..'))
sys.path[:0] = [os.path.join(ROOT, 'targets'), os.path.join(ROOT, 'targets/real/go')]
import capture  # noqa: E402
from otlp_receiver import Receiver  # noqa: E402

BIN = os.environ['TRACETAX_BIN']
SHOP = os.path.join(capture.BUILT, 'tools/ecommerce')
TOPOLOGY = os.path.join(ROOT, 'scenarios/systems/ecommerce.json')
CAPTURED = os.path.join(capture.CAPTURED, 'ecommerce.json')
POSTGRES = next(iter(sorted(glob.glob('/usr/lib/postgresql/*/bin'), reverse=True)), '')
VARIANTS = ['', 'seed-literal']
KINDS = ['', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']
BODY = json.dumps({'user_id': '42', 'items': [{'sku': 'book', 'count': 2, 'price': 9.5}], 'total': '19'})
PATIENCE = 60


def document():
    with open(TOPOLOGY) as file:
        return json.loads(re.sub(r'^\s*//.*', '', file.read(), flags=re.MULTILINE))


def free_port():
    with socket.create_server(('127.0.0.1', 0)) as free:
        return free.getsockname()[1]


def until(ready, process):
    end = time.monotonic() + PATIENCE
    while not ready():
        if time.monotonic() > end or process.poll() is not None:
            raise AssertionError(f'{process.args} is not ready; exit code {process.poll()}')
        time.sleep(0.05)


def connects(port):
    with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), timeout=5):
        return True
    return False


class Stores:
    """PostgreSQL and Redis, with a folder of their own."""

    def __enter__(self):
        self.folder, self.stack = tempfile.mkdtemp(prefix='tracetax-shop-'), contextlib.ExitStack()
        self.stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        with contextlib.ExitStack() as failed:
            failed.push(self.stack)
            self.start()
            failed.pop_all()
        return self

    def start(self):
        self.postgres, self.redis = free_port(), free_port()
        data, user = os.path.join(self.folder, 'data'), {}
        if os.getuid() == 0:  # PostgreSQL does not run as root
            user = {'user': 'postgres'}
            shutil.chown(self.folder, 'postgres')
        subprocess.run([f'{POSTGRES}/initdb', '-D', data, '-U', 'bench', '--auth=trust', '--no-sync'], check=True,
                       stdout=subprocess.DEVNULL, cwd=self.folder, **user)
        self.started([f'{POSTGRES}/postgres', '-D', data, '-h', '127.0.0.1', '-p', str(self.postgres), '-k', '',
                      '-c', 'fsync=off'], signal.SIGINT, lambda: self.sql('select 1', 'postgres'), **user)
        self.sql('create database bench', 'postgres')
        self.started(['redis-server', '--bind', '127.0.0.1', '--port', str(self.redis), '--save', ''], signal.SIGTERM,
                     lambda: connects(self.redis))

    def started(self, command, end, ready, **more):
        process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
        self.stack.callback(process.wait, timeout=PATIENCE)
        self.stack.callback(process.send_signal, end)
        until(ready, process)

    def sql(self, statement, database='bench'):
        done = subprocess.run([f'{POSTGRES}/psql', '-h', '127.0.0.1', '-p', str(self.postgres), '-U', 'bench', '-d',
                               database, '-qAtc', statement], capture_output=True, timeout=PATIENCE)
        return done.returncode == 0

    def __exit__(self, *_):
        self.stack.close()


class Shop:
    """The four services, in front of `stores`, telling `receiver`. Ended by SIGTERM, so that all spans came."""

    def __init__(self, stores, receiver, variant):
        self.stores, self.receiver, self.variant = stores, receiver, variant
        self.ports, self.processes = {}, []

    def __enter__(self):
        try:
            for name in ('user', 'order', 'pay', 'gateway'):
                self.ports[name] = free_port()
                self.processes.append(subprocess.Popen(
                    self.command(name), env=capture.environment(name, self.receiver.port), stdout=subprocess.DEVNULL))
                until(lambda: connects(self.ports[name]), self.processes[-1])  # noqa: B023
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.codes = []
        for process in reversed(self.processes):
            process.terminate()
            self.codes.append(process.wait(timeout=PATIENCE))

    def order(self, number, parent):
        with contextlib.closing(http.client.HTTPConnection('127.0.0.1', self.ports['gateway'], timeout=20)) as connection:
            connection.request('POST', '/order', BODY, {
                'Content-Type': 'application/json', 'User-Agent': 'tracetax',
                'traceparent': capture.traceparent(f'{number:032x}', parent)})
            return connection.getresponse().status


class Emulated(Shop):
    def command(self, name):
        peers = [word for peer, port in self.ports.items() if peer != name for word in ('--peer', f'{peer}=127.0.0.1:{port}')]
        return [os.path.join(BIN, 'tracetax-target'), document()['services'][name]['framework'], '--topology', TOPOLOGY,
                *(['--variant', self.variant] if self.variant else []), '--service', name,
                '--port', str(self.ports[name]), *peers, '--leg', f'db=127.0.0.1:{self.stores.postgres}',
                '--leg', f'cache=127.0.0.1:{self.stores.redis}']


class Real(Shop):
    def command(self, name):
        words = [SHOP, '--service', name, '--port', str(self.ports[name])]
        if name == 'gateway':
            for peer in ('user', 'order', 'pay'):
                words += [f'--{peer}', f'127.0.0.1:{self.ports[peer]}']
            return words + (['--literal'] if self.variant else [])
        words += ['--postgres', f'postgres://bench@127.0.0.1:{self.stores.postgres}/bench']
        return words + (['--redis', f'127.0.0.1:{self.stores.redis}'] if name == 'user' else [])


def in_order(spans, parent=capture.PARENT, depth=0):
    """(depth, span) of a trace, each below its parent, as they started."""
    for span in sorted((one for one in spans if one['parent'] == parent), key=lambda one: one['start']):
        yield depth, span
        yield from in_order(spans, span['id'], depth + 1)


def tree_text(spans):
    lines = [f'{"  " * depth}{KINDS[span["kind"]]} {span["service"]} {span["name"]}' for depth, span in in_order(spans)]
    return '\n'.join(lines + [f'and {len(spans) - len(lines)} below no parent'] * (len(lines) < len(spans)))


def expected_trees():
    """By variant, as the program has them."""
    said = subprocess.run([os.path.join(BIN, 'tracetax'), 'list', 'topologies', '--trees', TOPOLOGY], check=True, text=True,
                          capture_output=True).stdout
    trees = {}
    for variant, text in zip([''] + re.findall(r'^variant (.*):$', said, re.MULTILINE),
                             re.split(r'^variant .*:$', said, flags=re.MULTILINE)):
        trees[variant] = '\n'.join(line[2:] for line in text.splitlines() if line.startswith('  '))
    return trees


def captured_form(spans):
    """As captured/*.json has spans, with their depth."""
    def settle(span, depth):
        form = {'depth': depth, 'service': span['service'], **capture.span_of(span, {})}
        for attribute in form['attributes']:
            if attribute['type'] == 's':
                attribute['value'] = re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}', '<uuid>', attribute['value'])
                attribute['value'] = re.sub(r'127\.0\.0\.1:\d+', '127.0.0.1:<port>', attribute['value'])
            if attribute['key'] == 'net.peer.port':
                attribute['value'] = '<peer port>'
        return form
    return [settle(span, depth) for depth, span in in_order(spans)]


def traces_of(make, stores, variant, orders=24):
    """The traces of that many sampled orders, behind one that is not; eight at a time."""
    with Receiver() as receiver:
        with make(stores, receiver, variant) as shop:
            statuses = [shop.order(1000, 'unsampled')]
            with concurrent.futures.ThreadPoolExecutor(8) as several:
                statuses += several.map(lambda number: shop.order(number, 'sampled'), range(1, orders + 1))
        assert set(statuses) == {200}, statuses
        assert set(shop.codes) == {0}, shop.codes
        traces = {}
        for span in receiver.spans:
            traces.setdefault(span['trace'], []).append(span)
        assert len(traces) == orders, len(traces)
        return list(traces.values())


def versions():
    return json.loads(subprocess.run([SHOP, '--describe'], check=True, capture_output=True, text=True).stdout)['versions']


class Ecommerce(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.stores = cls.enterClassContext(Stores())
        for statement in document()['stores']['db']['setup']:
            assert cls.stores.sql(statement), statement
        cls.traces = {variant: traces_of(MAKE, cls.stores, variant) for variant in VARIANTS}

    def test_every_trace_is_the_tree_that_the_topology_says(self):
        expected = expected_trees()
        for variant in VARIANTS:
            with self.subTest(variant=variant):
                self.assertEqual(len(expected[variant].splitlines()), 19)
                self.assertEqual({tree_text(spans) for spans in self.traces[variant]}, {expected[variant]})

    def test_the_literal_one_has_children_that_start_after_their_parents_end(self):
        for variant in VARIANTS:
            for spans in self.traces[variant]:
                by_id = {span['id']: span for span in spans}
                late = [span['name'] for span in spans if span['parent'] in by_id and
                        span['start'] >= by_id[span['parent']]['end']]
                self.assertEqual(sorted(late), ['create_order', 'initiate_payment'] if variant else [])


class RealEcommerce(Ecommerce):
    """What is the real one's alone."""

    def test_the_literal_one_loses_what_is_set_after_the_end(self):
        for variant in VARIANTS:
            for spans in self.traces[variant]:
                named = {span['name']: dict(span['attributes']) for span in spans}
                self.assertEqual([('user.name' in named['verify_user']), ('order.id' in named['create_order']),
                                  ('payment.id' in named['initiate_payment'])], [not variant] * 3)

    def test_the_spans_are_those_captured(self):
        with open(CAPTURED) as file:
            stored = json.load(file)
        for variant in VARIANTS:
            self.assertEqual(captured_form(self.traces[variant][0]), stored['traces'][variant or 'intended'])


def write_captured():
    with Stores() as stores:
        for statement in document()['stores']['db']['setup']:
            assert stores.sql(statement), statement
        traces = {variant or 'intended': captured_form(traces_of(Real, stores, variant)[0]) for variant in VARIANTS}
    with open(CAPTURED, 'w', encoding='utf-8') as file:
        file.write(capture.text_of({'name': 'ecommerce', 'versions': versions(), 'traces': traces}))


if __name__ == '__main__':
    what = sys.argv.pop(1)
    MAKE = Emulated if what == 'emulated' else Real
    missing = [] if POSTGRES and os.path.exists(f'{POSTGRES}/postgres') else ['apt-get install postgresql']
    missing += [] if shutil.which('redis-server') else ['apt-get install redis-server']
    missing += ['scripts/build-real ecommerce'] if MAKE is Real and not os.path.exists(SHOP) else []
    if missing:
        print(f'skipped: the shop cannot be started; {", ".join(missing)}')
        sys.exit(77)
    if what == 'capture':
        write_captured()
    else:
        unittest.main(defaultTest='Ecommerce' if MAKE is Emulated else 'RealEcommerce')
