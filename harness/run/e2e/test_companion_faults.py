"""End to end: companions that fail in mid-run, and what must hold in their data.

Every fault is done from outside, by the companion's own command. What is there is tested: Redis and PostgreSQL in CI.
SPDX-License-Identifier: Apache-2.0
"""
import glob
import os
import shutil
import sys
import time
import unittest

from run_testing import Run, command_of, descendants, detail, rules, runs, suite, until

HERE = os.path.dirname(os.path.abspath(__file__))
STORE = os.path.join(HERE, 'store_server.py')
POSTGRES = os.path.dirname(max(glob.glob('/usr/lib/postgresql/*/bin/postgres'), default=''))
REDIS = shutil.which('redis-server')
IN_CI = os.environ.get('CI') == 'true'
needs_redis = unittest.skipUnless(REDIS or IN_CI, 'apt-get install redis-server')
needs_postgres = unittest.skipUnless(POSTGRES or IN_CI, 'apt-get install postgresql')
GET = ['redis-cli', '-p', '{port}', 'get']


def shop(db, *store, **more):
    app = {'command': [sys.executable, STORE, '{port}', *store], 'front': True, 'ready': 'http://127.0.0.1:{port}/healthz',
           'stop_within': '2s', 'env': {'PGPASSWORD': 'bench'}}
    return {'services': {'db': {**db, **more}, 'app': app}}


def redis(**more):
    return shop({'use': 'redis'}, 'redis', '{port.db}', **more)


# Not before the load is measured, and in the middle of it: after so many writes.
UNTIL_SOLD = 'while test "$(redis-cli -p $0 get sold)0" -lt 600; do sleep 0.02; done'


def fault(signal):
    """Redis, to which `signal` comes in the middle of a segment."""
    shell = f'redis-server --port $0 --save "" & {UNTIL_SOLD}; kill -{signal} $!; wait $!'
    return {'program': None, 'command': ['sh', '-c', shell, '{port}']}


class Faults(unittest.TestCase):
    def ends(self, run, code, within=60):
        """Whatever happens, a run ends in time, and nothing is left of it."""
        began = time.monotonic()
        pids = set()
        while run.process.poll() is None:
            pids |= set(descendants(run.process.pid))
            self.assertLess(time.monotonic() - began, within, 'it hangs')
            time.sleep(0.02)
        self.assertEqual(run.end(), code, run.stderr)
        until(lambda: not any(map(runs, pids)), f'the end of {[command_of(p) for p in pids if runs(p)]}')

    def assert_blames(self, run, words, rule='companion_failed'):
        for segment in run.segments():
            self.assertIn(rule, rules(segment), segment['voids'])
            self.assertRegex(detail(segment, rule), words)
        with open(os.path.join(run.out, 'report.md')) as report:
            self.assertRegex(report.read(), words.replace("'", '.'))

    @needs_redis
    def test_a_companion_that_dies(self):
        run = Run(self, suite(redis(**fault('KILL')), arms=['off'], design={'measure': '1s'}))
        self.ends(run, 4)
        self.assert_blames(run, 'service db of target victim exited with code 137')

    @needs_redis
    def test_a_companion_that_stops_answering(self):
        run = Run(self, suite(redis(**fault('STOP')), design={'measure': '1s'}))
        self.ends(run, 4)
        self.assert_blames(run, "service db of target victim no longer answers .'redis-cli .* ping' did not end within 5 s")
        self.assertIn('so would the next segment', run.stderr)

    @needs_redis
    def test_what_was_measured_before_stays_and_the_next_one_starts_afresh(self):
        """The second database that is started dies: that of one segment, or of a block in turns."""
        for per_block, design in ((False, {}), (True, {'slice': '100ms'})):
            shell = ('echo x >>./launches; test $(wc -l <./launches) != 2 && exec redis-server --port $0 --save ""; '
                     f'redis-server --port $0 --save "" & {UNTIL_SOLD}; kill -KILL $!; wait $!')
            run = Run(self, suite(redis(program=None, command=['sh', '-c', shell, '{port}'], per_block=per_block),
                                  arms=['off', 'off2'] if per_block else ['off'],
                                  design={'blocks': 3, 'measure': '1s', **design}))
            run.end()
            failed = [s for s in run.segments() if 'companion_failed' in rules(s)]
            fine = [s for s in run.segments() if 'companion_failed' not in rules(s)]
            self.assertIn(len(failed), (1, 2), [s['voids'] for s in run.segments()])
            self.assertEqual({s['block'] for s in failed}, {1})
            self.assertLessEqual({0, 2}, {s['block'] for s in fine}, run.stderr)
            for segment in fine:
                self.assertNotIn('too_many_errors', rules(segment), segment['voids'])

    @needs_postgres
    def test_a_table_that_is_not_there(self):
        run = Run(self, suite(shop({'use': 'postgresql'}, 'psql', f'{POSTGRES}/psql', '-h', '127.0.0.1', '-p', '{port.db}', '-U', 'bench',
                                   '--sql', 'insert into missing values (1)'), arms=['off']))
        self.ends(run, 4)
        self.assert_blames(run, r'answered status 503.*Meanwhile service db of target victim wrote: .*ERROR:  relation "missing" does '
                           'not exist', 'target_failed')

    @needs_postgres
    def test_a_disk_that_is_full(self):
        """A file system of 60 MB that only the database sees."""
        if os.geteuid() != 0:
            self.skipTest('only root can mount a small disk')
        shell = ('chmod 755 "$0" && mkdir "$0/data" && mount -t tmpfs -o size=60m,mode=0777 none "$0/data" && '
                 'D="$0/data/d" P="setpriv --reuid=postgres --regid=postgres --init-groups" && '
                 '$P BIN/initdb -D "$D" -U bench --auth=trust -E UTF8 --no-sync >/dev/null && '
                 'exec $P BIN/postgres -D "$D" -h 127.0.0.1 -p $1 -k "" -c fsync=off -c dynamic_shared_memory_type=mmap')
        ask = [f'{POSTGRES}/psql', '-h', '127.0.0.1', '-p', '{port}', '-U', 'bench', '-d', 'postgres', '-Atc']
        db = {'command': ['unshare', '--mount', 'sh', '-c', shell.replace('BIN', POSTGRES), '{dir}', '{port}'], 'role': 'companion',
              'ready_command': [*ask, 'select 1'], 'after_ready': [[*ask, 'create table sold (what text)']],
              'stop_signal': 'SIGINT'}
        rows = "insert into sold select string_agg(md5(random()::text), '') from generate_series(1, 4000)"
        run = Run(self, suite(shop(db, 'psql', f'{POSTGRES}/psql', '-h', '127.0.0.1', '-p', '{port.db}', '-U', 'bench', '-d', 'postgres',
                                   '--sql', rows), arms=['off'], design={'measure': '2s'}))
        self.ends(run, 4, within=120)
        for segment in run.segments():
            self.assertTrue(any('service db of target victim' in void['detail'] and 'No space left on device' in void['detail']
                                for void in segment['voids']), segment['voids'])


class Invariants(unittest.TestCase):
    def invariants(self, run):
        run.end()
        return [s.get('invariants') for s in run.segments()]

    def report(self, run):
        with open(os.path.join(run.out, 'report.md')) as f:
            return f.read()

    @needs_redis
    def test_are_asked_in_every_segment(self):
        asked = [{'name': 'no oversell', 'command': [*GET, 'oversold'], 'expects': ''},
                 {'name': 'type', 'command': ['redis-cli', '-p', '{port}', 'type', 'sold'], 'expects': 'string'}]
        for design, more in (({'blocks': 2}, {}), ({'slice': '100ms'}, {}), ({'slice': '100ms'}, {'per_block': True}),
                             ({'blocks': 2, 'processes': 'kept', 'fresh_every': 2}, {})):
            run = Run(self, suite(redis(invariants=asked, **more), design=design))
            segments = self.invariants(run)
            self.assertGreaterEqual(len(segments), 2, run.stderr)
            for seen in segments:
                self.assertEqual(seen, [{'service': 'db', 'name': 'no oversell', 'holds': True, 'saw': ''},
                                        {'service': 'db', 'name': 'type', 'holds': True, 'saw': 'string'}])
            self.assertIn(f'no oversell (db) holds in all {len(segments)} segments', self.report(run))

    @needs_redis
    def test_one_that_is_broken_voids_the_segment(self):
        asked = [{'name': 'no oversell', 'command': [*GET, 'sold'], 'expects': '7'},
                 {'name': 'hangs', 'command': ['sleep', '100'], 'expects': ''}]
        run = Run(self, suite(redis(invariants=asked, ready_within='2s')))
        self.assertEqual(run.end(), 4)
        for segment in run.segments():
            found = [v['detail'] for v in segment['voids'] if v['rule'] == 'invariant_broken']
            self.assertEqual(len(found), 2)
            self.assertRegex(found[0], r"'redis-cli -p \d+ get sold' of service db of target victim must print '7' and printed '\d+'")
            self.assertRegex(found[1], "'sleep 100' of .* gave no answer: 'sleep 100' did not end within 2 s")
            self.assertEqual([i['holds'] for i in segment['invariants']], [False, False])
        self.assertRegex(self.report(run), r'no oversell \(db\) is broken in 2 of 2 segments; first in block 1, \w+: \d+')

    def test_a_service_may_say_so_itself(self):
        line = '{"tracetax_invariants": [{"name": "books", "holds": %s, "saw": "sum 3"}]}'
        for holds, kept in (('true', {}), ('false', {}), ('false', {'processes': 'kept', 'blocks': 2, 'fresh_every': 2})):
            shell = f"trap 'echo '\"'\"'{line % holds}'\"'\"'; exit' TERM; while :; do sleep 0.05; done"
            app = {'command': [sys.executable, STORE, '{port}', 'nothing'], 'front': True}
            run = Run(self, suite({'services': {'clerk': {'command': ['sh', '-c', shell], 'role': 'companion'}, 'app': app}}, path='/healthz',
                                  design=kept))
            segments = self.invariants(run)
            self.assertGreaterEqual(len(segments), 2)
            for seen, segment in zip(segments, run.segments()):
                self.assertEqual(seen, [{'service': 'clerk', 'name': 'books', 'holds': holds == 'true', 'saw': 'sum 3'}])
                if holds == 'false':
                    self.assertEqual(detail(segment, 'invariant_broken'),
                                     "service clerk says of itself that 'books' does not hold: sum 3")
                else:
                    self.assertNotIn('invariant_broken', rules(segment))


if __name__ == '__main__':
    unittest.main()
