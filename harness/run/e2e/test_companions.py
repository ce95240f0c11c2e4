"""End to end: a companion of the catalog, the one that TRACETAX_COMPANION names. It is started with a run, answers, is metered and
stopped, and leaves no process, port, folder or shared memory behind: not after Ctrl-C, and not after `kill -9`.

Ends with 77 where it is not there; in CI those that scripts/setup installs have to be. What was found of it is also
written into companions.txt beside the programs, for scripts/test.
SPDX-License-Identifier: Apache-2.0
"""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

from run_testing import Run, command_of, descendants, rules, runs, suite, until

NAME = os.environ['TRACETAX_COMPANION']
BIN = os.environ['TRACETAX_BIN']
FILE = os.path.join(os.environ['TRACETAX_SOURCE'], 'scenarios', 'services', f'{NAME}.json')
IN_CI = os.environ.get('CI') == 'true' and NAME in ('postgresql', 'redis', 'rabbitmq', 'nginx', 'nginx-front')
APP = {'command': [os.path.join(BIN, 'tracetax-target'), 'nethttp', '--port', '{port}'], 'role': 'subject'}


def target():
    """It stands before a service, where it is one that passes requests on, and else beside it."""
    with open(FILE) as f:
        passes_on = '{port.app}' in f.read()
    services = {'it': {'use': NAME, **({'front': True} if passes_on else {})},
                'app': {**APP, **({} if passes_on else {'front': True})}}
    return {'services': services}


def of_package(program):
    """The package and its version, as far as Debian knows the file."""
    owner = subprocess.run(['dpkg-query', '-S', os.path.realpath(program)], capture_output=True, text=True, check=False)
    name = owner.stdout.split(':')[0]
    if not name:
        return program
    return subprocess.run(['dpkg-query', '-W', '-f', '${Package} ${Version}', name], capture_output=True, text=True,
                          check=False).stdout


def listening_sockets(pids=None):
    """Their inodes, of all or of some processes."""
    with open('/proc/net/tcp') as tcp, open('/proc/net/tcp6') as tcp6:
        listening = {f[9] for f in map(str.split, [*tcp, *tcp6]) if f[3] == '0A'}
    if pids is None:
        return listening
    own = set()
    for pid in pids:
        try:
            for fd in os.listdir(f'/proc/{pid}/fd'):
                own |= set(re.findall(r'socket:\[(\d+)\]', os.readlink(f'/proc/{pid}/fd/{fd}')))
        except OSError:
            pass
    return own & listening


def shared_memory(pids):
    """Segments of System V that one of them made."""
    with open('/proc/sysvipc/shm') as f:
        return [line for line in f if line.split()[4] in map(str, pids)]


class Companion(unittest.TestCase):
    def watch(self, **design):
        """A run, and all that can be seen of it once its processes are up."""
        run = Run(self, suite(target(), arms=['off'], path='/users/42', design=design))
        self.seen = {'pids': set(), 'folders': set(), 'sockets': set()}
        return run

    def look(self, run):
        pids = descendants(run.process.pid)
        self.seen['pids'] |= set(pids)
        self.seen['sockets'] |= listening_sockets(pids)
        self.seen['folders'] |= {path for pid in pids for path in re.findall(r'/tmp/tracetax-\w{6}\b', command_of(pid))}

    def up(self, run):
        """Until the load runs, which is when the app does and the companion has been ready."""
        def measures():
            self.look(run)
            return run.process.poll() is not None or any('tracetax-target' in command_of(p) for p in self.seen['pids'])
        until(measures, 'the service', 90)
        time.sleep(0.3)
        self.look(run)

    def assert_nothing_left(self):
        pids, folders, sockets = self.seen['pids'], self.seen['folders'], self.seen['sockets']
        self.assertGreater(len(pids), 2)
        until(lambda: not any(map(runs, pids)), f'the end of {[command_of(p) for p in pids if runs(p)]}')
        until(lambda: not any(map(os.path.exists, folders)), f'the end of {folders}')
        self.assertEqual(sockets & listening_sockets(), set())
        self.assertEqual(shared_memory(pids), [])

    def test_answers_is_metered_and_leaves_nothing(self):
        run = self.watch(measure='300ms')
        while run.process.poll() is None:
            self.look(run)
            time.sleep(0.02)
        segments = run.segments()
        self.assertEqual(len(segments), 1, run.stderr)
        self.assertEqual(set(rules(segments[0])) & {'target_failed', 'companion_failed', 'too_many_errors', 'target_restarted',
                                                    'target_killed'}, set(), segments[0]['voids'])
        self.assertEqual({s['name']: s['role'] for s in segments[0]['services']}, {'it': 'companion', 'app': 'subject'})
        self.assertEqual(segments[0]['warnings'], [])
        self.assert_nothing_left()

    def test_ctrl_c_leaves_nothing(self):
        run = self.watch(blocks=20, measure='300ms')
        self.up(run)
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.end(), 130, run.stderr)
        self.assert_nothing_left()

    def test_nor_when_it_comes_twice(self):
        run = self.watch(measure='30s')
        self.up(run)
        run.process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        run.process.send_signal(signal.SIGINT)
        self.assertEqual(run.end(), 130, run.stderr)
        self.assert_nothing_left()

    def test_nor_when_the_driver_is_killed(self):
        run = self.watch(measure='30s')
        self.up(run)
        self.assertIsNone(run.process.poll())
        run.process.kill()
        self.assert_nothing_left()


def find():
    """Its program, or None and what tracetax says of it."""
    probe = unittest.TestCase()
    run = Run(probe, suite(target(), arms=['off'], design={'measure': '100ms'}))
    run.end()
    words = re.search(r'none of .* is here; (.*)', run.stderr)
    probe.doCleanups()
    return (None, words[1]) if words else (path_of_program(), '')


def path_of_program():
    """As tracetax chooses it."""
    with open(FILE) as f:
        service = json.loads(re.sub(r'^ *//.*$', '', f.read(), flags=re.M))
    programs = service.get('program') or service['command'][:1]
    for word in [programs] if isinstance(programs, str) else programs:
        if word.startswith('$'):
            word = os.environ.get(word[1:], '')
        path = shutil.which(word) or max(glob.glob(word), default=None)
        if path:
            return path
    return programs


def tell(line):
    print(line, file=sys.stderr)
    with open(os.path.join(BIN, '..', 'companions.txt'), 'a') as f:
        f.write(f'{NAME}: {line}\n')


if __name__ == '__main__':
    PROGRAM, WORDS = find()
    if PROGRAM is None:
        tell(f'not there: {WORDS}')
        sys.exit(1 if IN_CI else 77)
    tell(of_package(PROGRAM))
    unittest.main()
