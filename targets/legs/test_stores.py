"""Legs against real stores: what steps come to, their spans, and what happens when a store dies. The expected spans are
what programs in Go left whose spans were captured: otelsql 0.40 over pgx 5.7 and go-sql-driver 1.9, gorm 1.31 with its
plugin 0.1.16, go-redis 9.17, otelmongo 0.70.

Usage: test_stores.py [NAME...]: postgresql, redis, mariadb, etcd, ferretdb. All without a name.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import signal
import subprocess
import sys
import time
import unittest

from catalog_service import CatalogService, free_port

PROBE = os.path.join(os.environ['TRACETAX_BIN'], 'leg_probe')
CLIENT, UNSET, OK, ERROR = 3, 0, 1, 2
SELECT = {'statements': ['SELECT n FROM stock WHERE sku = ?'], 'arguments': ['{sku}'], 'as': 'n'}
UPDATE = {'statements': ['UPDATE stock SET n = n - 1 WHERE sku = ? AND n > 0'], 'arguments': ['{sku}']}
BOTH = {'statements': UPDATE['statements'] + ['INSERT INTO orders VALUES (?, ?)'], 'arguments': ['{sku}', '{uuid}', '1'],
        'none': True}
ONE = {'sku': '1'}
SETUP = ['CREATE TABLE stock (sku varchar(40) PRIMARY KEY, n int)', "INSERT INTO stock VALUES ('1', 1000)",
         'CREATE TABLE orders (id varchar(40) PRIMARY KEY, n int)']
BEGIN = ['sql.conn.reset_session', 'sql.conn.begin_tx']


class Leg:
    """leg_probe, talking to a store."""

    def __init__(self, kind, port, traced_as='', connections=3, setup=()):
        self.process = subprocess.Popen([PROBE, kind, traced_as, str(port), str(connections), *setup], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.ready = json.loads(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=60)
        self.process.stdout.close()

    def step(self, step, **values):
        self.process.stdin.write(json.dumps({**step, 'values': values}) + '\n')
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def tree(answer):
    """Names, with the parent where that is not the root."""
    return [span['name'] if span['parent'] == 'root' else f'{span["parent"]} > {span["name"]}' for span in answer['spans']]


class StoreTest(unittest.TestCase):
    name = kind = None
    setup = ()

    @classmethod
    def setUpClass(cls):
        cls.service = CatalogService(cls.name)
        cls.addClassCleanup(cls.service.close)

    def leg(self, traced_as='', **options):
        leg = Leg(self.kind, self.service.port, traced_as, setup=self.setup, **options)
        self.addCleanup(leg.__exit__, None, None, None)
        self.assertEqual(leg.ready.get('error'), None)
        return leg

    def expect(self, leg, step, end, spans, **values):
        answer = leg.step(step, **values)
        self.assertEqual((answer['end'], answer['error']), (end, ''))
        self.assertEqual(tree(answer), spans)
        self.assertEqual({span['kind'] for span in answer['spans']}, {CLIENT} if spans else set())
        return answer

    def expect_failure(self, leg, step, why, **values):
        answer = leg.step(step, **values)
        self.assertEqual(answer['end'], 'failed')
        self.assertRegex(answer['error'], '^db: .*' + why)
        self.assertNotIn('\n', answer['error'])
        return answer

    def dies_and_comes_back(self, step, **values):
        leg = self.leg()
        self.assertEqual(leg.step(step, **values)['end'], 'done')
        self.service.stop(signal.SIGKILL)
        began = time.monotonic()
        for _ in range(3):
            self.expect_failure(leg, step, '', **values)
        self.assertEqual(leg.step({**step, 'threads': 8, 'times': 2}), {'done': 0, 'none': 0, 'failed': 16})
        self.assertLess(time.monotonic() - began, 30)
        return leg

    def hangs(self, step, **values):
        """A store that is stopped keeps nobody for ever."""
        leg = self.leg(connections=1)
        try:
            self.service.signal_all(signal.SIGSTOP)
            began = time.monotonic()
            self.expect_failure(leg, step, '', **values)
            self.assertLess(time.monotonic() - began, 25)
        finally:
            self.service.signal_all(signal.SIGCONT)


class SqlTest(StoreTest):
    setup = SETUP
    again = []  # what is done beside otelsql's first way, with arguments
    reads = ['sql.conn.query', 'sql.rows']
    writes = ['sql.conn.exec']

    def test_otelsql(self):
        leg = self.leg()
        answer = self.expect(leg, SELECT, 'done', ['sql.conn.reset_session', *self.reads], **ONE)
        self.assertEqual(answer['values']['n'].isdigit(), True)
        self.assertIn('db.statement', answer['spans'][1]['attributes'])
        self.expect(leg, SELECT, 'none', ['sql.conn.reset_session', *self.reads], sku='nope')
        self.expect(leg, UPDATE, 'done', ['sql.conn.reset_session', *self.writes], **ONE)
        self.expect(leg, UPDATE, 'none', ['sql.conn.reset_session', *self.writes], sku='nope')
        self.expect(leg, {'statements': ['SELECT 1']}, 'done', ['sql.conn.reset_session', 'sql.conn.query', 'sql.rows'])
        self.expect(leg, {'statements': ['UPDATE stock SET n = n - 1']}, 'done', ['sql.conn.reset_session', 'sql.conn.exec'])

    def test_a_transaction_and_who_decides(self):
        leg = self.leg()
        self.expect(leg, BOTH, 'done', [*BEGIN, *self.writes, *self.writes, 'sql.tx.commit'], **ONE)
        self.expect(leg, BOTH, 'none', [*BEGIN, *self.writes, 'sql.tx.rollback'], sku='nope')
        count = {'statements': ['SELECT count(*) FROM orders'], 'as': 'count'}
        before = leg.step(count)['values']['count']
        twice = {**BOTH, 'statements': BOTH['statements'] + BOTH['statements'][1:], 'arguments': ['{sku}', 'x', '1', 'x', '1']}
        failed = self.expect_failure(leg, twice, 'SQLSTATE 23', **ONE)
        self.assertEqual(tree(failed)[-1], 'sql.tx.rollback')
        self.assertEqual(leg.step(count)['values']['count'], before)

    def test_otelgorm(self):
        leg = self.leg('otelgorm')
        answer = self.expect(leg, SELECT, 'done', ['select stock'], **ONE)
        attributes = answer['spans'][0]['attributes']
        self.assertEqual(attributes, {
            'server.address': f'127.0.0.1:{self.service.port}', 'db.system.name': self.system,
            'db.query.text': "SELECT n FROM stock WHERE sku = '1'", 'db.operation.name': 'select',
            'db.collection.name': 'stock', 'db.query.summary': 'select stock', 'db.rows_affected': 1})
        self.expect(leg, UPDATE, 'done', ['update stock'], **ONE)
        self.expect(leg, UPDATE, 'none', ['update stock'], sku='nope')
        self.expect(leg, BOTH, 'done', ['update stock', 'insert orders'], **ONE)

    def test_otelgorm_over_otelsql(self):
        leg = self.leg('otelgorm+otelsql')
        below = lambda name, spans: [f'{name} > {span}' for span in spans]
        self.expect(leg, SELECT, 'done',
                    ['select stock', *below('select stock', ['sql.conn.reset_session', *self.reads])], **ONE)
        update = ['update stock', *below('update stock', self.writes)]
        self.expect(leg, UPDATE, 'done', [*BEGIN, *update, 'sql.tx.commit'], **ONE)
        self.expect(leg, UPDATE, 'none', [*BEGIN, *update, 'sql.tx.commit'], sku='nope')
        self.expect(leg, BOTH, 'done',
                    [*BEGIN, *update, 'insert orders', *below('insert orders', self.writes), 'sql.tx.commit'], **ONE)

    def test_gozero(self):
        leg = self.leg('gozero')
        answer = self.expect(leg, SELECT, 'none', ['sql'], sku='nope')
        self.assertEqual((answer['spans'][0]['attributes'], answer['spans'][0]['status']), ({'sql.method': 'QueryRow'}, OK))
        self.expect(leg, UPDATE, 'done', ['sql'], **ONE)
        answer = self.expect(leg, BOTH, 'done', ['sql', 'sql > sql', 'sql > sql'], **ONE)
        self.assertEqual([span['attributes']['sql.method'] for span in answer['spans']], ['Transact', 'Exec', 'Exec'])

    def test_no_spans(self):
        self.expect(self.leg('none'), SELECT, 'done', [], **ONE)
        answer = self.leg().step({**SELECT, 'traces': False}, **ONE)
        self.assertEqual((answer['end'], answer['spans']), ('done', []))

    def test_errors_name_the_store_and_the_state(self):
        leg = self.leg()
        answer = self.expect_failure(leg, {'statements': ['UPDATE nostock SET n = 1']}, r'SQLSTATE 42[PS]0')
        self.assertEqual(tree(answer), ['sql.conn.reset_session', 'sql.conn.exec'])
        self.assertEqual((answer['spans'][1]['status'], answer['spans'][1]['message']), (ERROR, ''))
        self.assertEqual(answer['spans'][1]['events'][0]['exception.type'], self.error_type)
        self.expect_failure(leg, {**SELECT, 'arguments': []}, 'the statements have 1 \\?, and there are 0 arguments')
        self.expect_failure(leg, {'command': ['GET', 'x']}, 'takes statements of SQL')
        self.assertEqual(leg.step(SELECT, **ONE)['end'], 'done')

    def test_rows_are_inserted_at_once(self):
        leg = self.leg()
        self.assertEqual(leg.step({'statements': ['INSERT INTO orders VALUES (?, 7)'], 'arguments': ['{uuid}'], 'rows': 100})
                         ['end'], 'done')
        counted = leg.step({'statements': ['SELECT count(*) FROM orders WHERE n = 7'], 'as': 'count'})
        self.assertEqual(counted['values']['count'], '100')

    def test_many_threads_lose_nothing(self):
        leg = self.leg(connections=2)
        step = {'statements': ['UPDATE stock SET n = n - 1 WHERE sku = ?'], 'arguments': ['many']}
        leg.step({'statements': ["INSERT INTO stock VALUES ('many', 1000)"]})
        self.assertEqual(leg.step({**step, 'threads': 8, 'times': 20}), {'done': 160, 'none': 0, 'failed': 0})
        self.assertEqual(leg.step(SELECT, sku='many')['values']['n'], '840')

    def test_services_that_start_at_once_set_up_once(self):
        legs = [Leg(self.kind, self.service.port, setup=self.setup) for _ in range(4)]
        for leg in legs:
            with leg:
                self.assertEqual(leg.ready.get('error'), None)

    def test_a_schema_that_is_wrong_ends_the_service(self):
        """The first test in the order of names, for a setup is done once."""
        with Leg(self.kind, self.service.port, setup=['CREATE TABEL x']) as leg:
            self.assertRegex(leg.ready.get('error'), '^db: .*SQLSTATE 42')
        self.leg()

    def test_z_dies_and_comes_back(self):
        leg = self.dies_and_comes_back({'statements': ['SELECT 1']})
        self.service.start()
        answer = leg.step({'statements': ['SELECT 1']})
        self.assertEqual((answer['end'], tree(answer)), ('done', ['sql.connector.connect', 'sql.conn.query', 'sql.rows']))

    def test_y_hangs(self):
        self.hangs({'statements': ['SELECT 1']})


class PostgresqlTest(SqlTest):
    name = kind = 'postgresql'
    system, error_type = 'postgresql', '*pgconn.PgError'

    def test_z_a_server_that_is_started_again_is_found_again(self):
        leg = self.leg()
        self.service.stop()
        self.service.start()
        self.assertEqual(leg.step(SELECT, **ONE)['end'], 'done')
        self.assertEqual(leg.step(SELECT, **ONE)['end'], 'done')


class MariadbTest(SqlTest):
    name = kind = 'mariadb'
    system, error_type = 'mysql', '*mysql.MySQLError'
    reads = ['sql.conn.query', 'sql.conn.prepare', 'sql.stmt.query', 'sql.rows']
    writes = ['sql.conn.exec', 'sql.conn.prepare', 'sql.stmt.exec']

    def test_the_first_way_is_an_error(self):
        answer = self.leg().step(SELECT, **ONE)
        self.assertEqual([span['status'] for span in answer['spans']], [UNSET, ERROR, UNSET, UNSET, UNSET])
        self.assertEqual(answer['spans'][1]['events'][0]['exception.message'],
                         'driver: skip fast-path; continue as if unimplemented')


class RedisTest(StoreTest):
    name = kind = 'redis'
    setup = ('SET stock:1 5', "SET text 'two words'")
    script = {'script': "local n = tonumber(redis.call('GET', KEYS[1]) or '0') if n < tonumber(ARGV[1]) then return -1 end "
                        "return redis.call('DECRBY', KEYS[1], ARGV[1])",
              'keys': 1, 'command': ['scripted:{sku}', '1'], 'as': 'left'}

    def test_commands(self):
        leg = self.leg()
        answer = self.expect(leg, {'command': ['GET', 'stock:{sku}'], 'as': 'n'}, 'done', ['get'], **ONE)
        self.assertEqual(answer['values']['n'], '5')
        attributes = answer['spans'][0]['attributes']
        self.assertEqual(attributes['db.statement'], 'get stock:1')
        self.assertEqual(attributes['db.connection_string'], f'redis://127.0.0.1:{self.service.port}')
        self.assertEqual(set(attributes), {'server.address', 'server.port', 'db.system', 'db.connection_string', 'code.function',
                                           'code.filepath', 'code.lineno', 'db.statement'})
        self.expect(leg, {'command': ['GET', 'none']}, 'none', ['get'])
        self.expect(leg, {'command': ['INCRBY', 'down', '-1']}, 'none', ['incrby'])
        self.expect(leg, {'command': ['SET', 'new', 'a b']}, 'done', ['set'])
        self.assertEqual(leg.step({'command': ['MGET', 'new', 'none', 'text'], 'as': 'all'})['values']['all'],
                         'a b,,two words')
        failed = self.expect_failure(leg, {'command': ['LPUSH', 'new', 'x']}, 'WRONGTYPE')
        self.assertEqual((failed['spans'][0]['status'], failed['spans'][0]['message'][:9]), (ERROR, 'WRONGTYPE'))
        self.expect_failure(leg, SELECT, 'takes commands')

    def test_scripts(self):
        leg = self.leg()
        leg.step({'command': ['SET', 'scripted:1', '2']})
        for left in '1', '0':  # the last is a branch too: 0 is none
            self.assertEqual(leg.step(self.script, **ONE)['values']['left'], left)
        self.expect(leg, self.script, 'none', ['evalsha'], **ONE)
        leg.step({'command': ['SCRIPT', 'FLUSH']})
        self.expect(leg, self.script, 'none', ['evalsha', 'eval'], **ONE)
        self.expect(leg, self.script, 'none', ['evalsha'], **ONE)

    def test_gozero(self):
        answer = self.expect(self.leg('gozero'), {'command': ['GET', 'none']}, 'none', ['redis'])
        self.assertEqual((answer['spans'][0]['attributes'], answer['spans'][0]['status']), ({'redis.cmds': ['get']}, OK))

    def test_none_and_unknown(self):
        self.expect(self.leg('none'), {'command': ['GET', 'text']}, 'done', [])
        with Leg('redis', self.service.port, 'redisotle') as leg:
            self.assertRegex(leg.ready['error'], "store 'db'.*did you mean 'redisotel'")

    def test_the_pool_waits_for_its_turn(self):
        leg = self.leg(connections=1)
        self.assertEqual(leg.step({'command': ['INCR', 'counted'], 'threads': 8, 'times': 50}),
                         {'done': 400, 'none': 0, 'failed': 0})
        self.assertEqual(leg.step({'command': ['GET', 'counted'], 'as': 'n'})['values']['n'], '400')

    def test_a_store_that_is_not_there(self):
        with Leg('redis', free_port()) as leg:
            self.assertEqual(leg.ready, {'error': 'db: Connection refused'})

    def test_z_dies_and_comes_back(self):
        leg = self.dies_and_comes_back({'command': ['SET', 'x', '1']})
        self.service.start()
        self.expect(leg, {'command': ['SET', 'x', '1']}, 'done', ['set', 'set > redis.dial'])

    def test_y_hangs(self):
        self.hangs({'command': ['PING']})


class EtcdTest(StoreTest):
    name = kind = 'etcd'
    setup = ('put stock/1 5',)

    def test_commands(self):
        leg = self.leg()
        answer = self.expect(leg, {'command': ['get', 'stock/{sku}'], 'as': 'n'}, 'done', ['etcdserverpb.KV/Range'], **ONE)
        self.assertEqual(answer['values']['n'], '5')
        self.assertEqual(answer['spans'][0]['attributes'],
                         {'rpc.method': 'etcdserverpb.KV/Range', 'rpc.system.name': 'grpc', 'server.address': '127.0.0.1',
                          'server.port': self.service.port, 'rpc.response.status_code': 'OK'})
        self.expect(leg, {'command': ['get', 'none']}, 'none', ['etcdserverpb.KV/Range'])
        self.expect(leg, {'command': ['put', 'x', '1']}, 'done', ['etcdserverpb.KV/Put'])
        self.expect(leg, {'command': ['del', 'x']}, 'done', ['etcdserverpb.KV/DeleteRange'])
        self.expect(leg, {'command': ['del', 'x']}, 'none', ['etcdserverpb.KV/DeleteRange'])
        self.expect_failure(leg, {'command': ['pop', 'x']}, 'etcd knows')
        self.expect(self.leg('none'), {'command': ['get', 'stock/1']}, 'done', [])

    def test_z_dies(self):
        self.dies_and_comes_back({'command': ['put', 'x', '1']})


class FerretdbTest(StoreTest):
    name, kind = 'ferretdb', 'mongodb'
    setup = ("insert stock 1 '{\"n\": 2}'",)
    update = {'command': ['update', 'stock', '{sku}', 'n', '-1', '0']}

    def test_commands(self):
        leg = self.leg()
        find = {'command': ['find', 'stock', '{sku}'], 'as': 'document'}
        answer = self.expect(leg, find, 'done', ['stock.find'], **ONE)
        self.assertEqual(json.loads(answer['values']['document'])['_id'], '1')
        self.assertEqual(answer['spans'][0]['attributes'],
                         {'db.system.name': 'mongodb', 'db.operation.name': 'find', 'db.namespace': 'bench',
                          'network.transport': 'tcp', 'network.peer.port': self.service.port,
                          'network.peer.address': f'127.0.0.1:{self.service.port}', 'db.collection.name': 'stock'})
        self.expect(leg, find, 'none', ['stock.find'], sku='nope')
        for end in 'done', 'done', 'none':
            self.expect(leg, self.update, end, ['stock.update'], **ONE)
        self.expect(leg, {'command': ['insert', 'users', 'ann', '{"sku": "{sku}"}']}, 'done', ['users.insert'], **ONE)
        again = self.expect_failure(leg, {'command': ['insert', 'users', 'ann']}, 'duplicate key|E11000')
        self.assertEqual(again['spans'][0]['status'], UNSET)  # the command itself went well
        self.expect_failure(leg, {'command': ['drop', 'users', 'x']}, 'knows')

    def test_gozero(self):
        answer = self.expect(self.leg('gozero'), {'command': ['find', 'stock', 'nope']}, 'none', ['mongo'])
        self.assertEqual((answer['spans'][0]['attributes'], answer['spans'][0]['status']), ({'mongo.cmd': 'FindOne'}, OK))

    def test_z_dies(self):
        leg = self.leg()
        self.service.stop(signal.SIGKILL)
        began = time.monotonic()
        self.expect_failure(leg, {'command': ['find', 'stock', '1']}, '')
        self.assertLess(time.monotonic() - began, 20)


TESTS = {'postgresql': PostgresqlTest, 'redis': RedisTest, 'mariadb': MariadbTest, 'etcd': EtcdTest, 'ferretdb': FerretdbTest}


def load_tests(loader, *_):
    wanted = [name for name in TESTS if name in sys.argv] or list(TESTS)
    return unittest.TestSuite(loader.loadTestsFromTestCase(TESTS[name]) for name in wanted)


if __name__ == '__main__':
    names = [word for word in sys.argv[1:] if word in TESTS]
    result = unittest.main(argv=[word for word in sys.argv if word not in TESTS], exit=False).result
    # All of one store skipped is a skipped test, and not one that passed: SKIP_RETURN_CODE in CMakeLists.txt.
    sys.exit(1 if not result.wasSuccessful() else 77 if result.skipped else 0)
