"""End to end: the emulated registry as a client of Consul or Nacos sees it; and the client of etcd at a real one.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

BIN = os.environ['TRACETAX_BIN']


class Registry:
    def __init__(self, case):
        self.process = subprocess.Popen([os.path.join(BIN, 'tracetax-target'), '--registry', '--port', '0'],
                                        stdout=subprocess.PIPE, text=True)
        case.addCleanup(self.process.stdout.close)
        case.addCleanup(self.process.wait)
        case.addCleanup(self.process.kill)
        self.port = json.loads(self.process.stdout.readline())['port']

    def ask(self, method, path, body=None, **fields):
        query = '?' + urllib.parse.urlencode(fields) if fields else ''
        request = urllib.request.Request(f'http://127.0.0.1:{self.port}{path}{query}', method=method,
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, answer.read().decode(), answer.headers.get('X-Consul-Index')
        except urllib.error.HTTPError as e:
            with e:
                return e.code, e.read().decode(), None

    def register(self, name, ttl='60s', **check):
        form = {'ID': name, 'Name': 'orders', 'Address': '127.0.0.1', 'Port': 4000, 'Check': {'TTL': ttl, **check}}
        return self.ask('PUT', '/v1/agent/service/register', form)

    def healthy(self, **fields):
        status, text, index = self.ask('GET', '/v1/health/service/orders', passing=1, **fields)
        assert status == 200, text
        return [entry['Service']['ID'] for entry in json.loads(text)], index


class Consul(unittest.TestCase):
    def test_a_check_is_critical_until_its_first_beat(self):
        registry = Registry(self)
        self.assertEqual(registry.ask('GET', '/v1/status/leader')[:2], (200, '"127.0.0.1:8300"'))
        self.assertEqual(registry.register('a')[0], 200)
        self.assertEqual(registry.healthy()[0], [])
        self.assertEqual(registry.ask('PUT', '/v1/agent/check/pass/service:a')[0], 200)
        status, text, _ = registry.ask('GET', '/v1/health/service/orders', passing=1)
        self.assertEqual((status, json.loads(text)[0]['Service']),
                         (200, {'ID': 'a', 'Service': 'orders', 'Address': '127.0.0.1', 'Port': 4000,
                                'Weights': {'Passing': 1, 'Warning': 1}}))
        self.assertEqual(registry.ask('PUT', '/v1/agent/check/pass/service:b')[:2],
                         (404, 'Unknown check ID "service:b"'))
        self.assertEqual(registry.ask('PUT', '/v1/agent/service/deregister/a')[0], 200)
        self.assertEqual(registry.healthy()[0], [])

    def test_of_several_checks_the_one_with_beats_counts(self):
        """As kratos registers an instance."""
        registry = Registry(self)
        checks = [{'TCP': '127.0.0.1:4000', 'Interval': '10s'}, {'CheckID': 'service:a', 'TTL': '20s'}]
        form = {'ID': 'a', 'Name': 'orders', 'Address': '127.0.0.1', 'Port': 4000, 'Checks': checks}
        registry.ask('PUT', '/v1/agent/service/register', form)
        self.assertEqual(registry.healthy()[0], [])
        registry.ask('PUT', '/v1/agent/check/update/service:a', {'Status': 'passing', 'Output': 'pass'})
        self.assertEqual(registry.healthy()[0], ['a'])

    def test_without_beats_it_goes(self):
        registry = Registry(self)
        registry.register('a', '300ms', Status='passing', DeregisterCriticalServiceAfter='200ms')
        found, index = registry.healthy()
        self.assertEqual(found, ['a'])
        found, later = registry.healthy(index=index, wait='20s')  # wakes up when it lapses
        self.assertEqual(found, [])
        self.assertNotEqual(later, index)
        deadline = time.monotonic() + 20
        while registry.ask('PUT', '/v1/agent/check/pass/service:a')[0] != 404:  # a beat would bring it back
            self.assertLess(time.monotonic(), deadline)
            time.sleep(1)

    def test_a_blocking_query_ends_with_a_change_or_with_its_time(self):
        registry = Registry(self)
        _, index = registry.healthy()
        begin = time.monotonic()
        self.assertEqual(registry.healthy(index=index, wait='300ms'), ([], index))
        self.assertGreaterEqual(time.monotonic() - begin, 0.3)
        threading.Timer(0.3, registry.register, ['a'], {'Status': 'passing'}).start()
        found, later = registry.healthy(index=index, wait='25s')
        self.assertEqual(found, ['a'])
        self.assertGreater(int(later), int(index))
        self.assertEqual(registry.healthy(index=index, wait='25s')[0], ['a'])  # an old index: at once

    def test_while_it_is_stopped_no_time_passes(self):
        registry = Registry(self)
        registry.register('a', '2s', Status='passing')
        registry.process.send_signal(signal.SIGSTOP)
        time.sleep(2.5)
        registry.process.send_signal(signal.SIGCONT)
        self.assertEqual(registry.healthy()[0], ['a'])

    def test_what_is_no_form_is_refused(self):
        registry = Registry(self)
        self.assertEqual(registry.ask('PUT', '/v1/agent/service/register', [1])[:2], (400, 'Missing service name'))
        self.assertEqual(registry.register('a', 'soon')[:2], (400, 'Invalid duration soon'))
        form = {'Name': 'orders', 'Port': 'http'}
        self.assertEqual(registry.ask('PUT', '/v1/agent/service/register', form)[0], 200)
        self.assertEqual(registry.ask('GET', '/v1/kv/a')[0], 404)

    def test_sigterm_ends_it(self):
        registry = Registry(self)
        registry.process.terminate()
        self.assertEqual(registry.process.wait(10), 0)


class Nacos(unittest.TestCase):
    def test_an_instance_comes_beats_and_goes(self):
        registry = Registry(self)
        own = {'serviceName': 'DEFAULT_GROUP@@orders', 'ip': '127.0.0.1', 'port': '4000'}

        def hosts():
            answer = json.loads(registry.ask('GET', '/nacos/v1/ns/instance/list', serviceName='orders', clientIP='127.0.0.1')[1])
            return [(h['ip'], h['port'], h['healthy']) for h in answer['hosts']]

        def beat():
            return json.loads(registry.ask('PUT', '/nacos/v1/ns/instance/beat', **own)[1])['code']

        self.assertEqual(beat(), 20404)  # to be registered again
        times = json.dumps({'preserved.heart.beat.timeout': '300', 'preserved.ip.delete.timeout': '400'})
        self.assertEqual(registry.ask('POST', '/nacos/v1/ns/instance', **own)[:2], (200, 'ok'))
        self.assertEqual(hosts(), [('127.0.0.1', 4000, True)])
        self.assertEqual(beat(), 10200)
        self.assertEqual(registry.ask('DELETE', '/nacos/v1/ns/instance', **own)[:2], (200, 'ok'))
        self.assertEqual(hosts(), [])
        registry.ask('POST', '/nacos/v1/ns/instance', metadata=times, **own)
        deadline = time.monotonic() + 20
        while hosts() or beat() != 20404:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(1)
        self.assertEqual(registry.ask('POST', '/nacos/v1/ns/instance', serviceName='orders')[0], 400)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Etcd(unittest.TestCase):
    def test_the_client(self):
        etcd = shutil.which('etcd')
        if etcd is None:
            self.skipTest('etcd is not here: apt-get install etcd-server')
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        own, peer = (f'http://127.0.0.1:{free_port()}' for _ in range(2))
        server = subprocess.Popen([etcd, '--name', 'c', '--data-dir', folder, '--listen-client-urls', own,
                                   '--advertise-client-urls', own, '--listen-peer-urls', peer, '--log-level', 'error',
                                   '--initial-advertise-peer-urls', peer, '--initial-cluster', f'c={peer}'],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        for _ in range(200):
            try:
                urllib.request.urlopen(own + '/health', timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        done = subprocess.run([os.path.join(BIN, 'registries_test'), '--gtest_also_run_disabled_tests', '--gtest_filter=*Etcd*'],
                              env={**os.environ, 'TRACETAX_ETCD_PORT': own.rsplit(':', 1)[1]}, capture_output=True, text=True,
                              check=False, timeout=100)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn('[  PASSED  ] 1 test.', done.stdout)


if __name__ == '__main__':
    unittest.main()
