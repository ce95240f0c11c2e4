"""End to end: targets of several processes, and companions: how they are started, metered and stopped.

Numbers are not looked at, for the machine may be busy. Companions of the catalog: test_companions.py.
SPDX-License-Identifier: Apache-2.0
"""
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock

import run_testing
from run_testing import CHAIN, SERVER, command_of, descendants, detail, emulated, rules, runs, server, suite, until


def Run(case, content, **more):
    """Without the look before the run, which refuses some of what is broken here on purpose."""
    return run_testing.Run(case, content, '--no-check', **more)


HERE = os.path.dirname(os.path.abspath(__file__))
RELAY = os.path.join(HERE, 'span_relay.py')
ROOT = os.geteuid() == 0
PROXY = {'use': 'nginx', 'front': True,
         'files': {'http.conf': 'upstream app { server 127.0.0.1:{port.app}; keepalive 32; }',
                   'server.conf': 'location / { proxy_pass http://app; }'}}
APP = {'command': [sys.executable, SERVER, '{port}', 'ok']}


def relay(*options, **more):
    return {'command': [sys.executable, RELAY, '{port}', '{sink_http}', *options], 'holds_spans': '250ms', **more}


def behind_a_relay(**more):
    return emulated(env={'OTEL_BSP_SCHEDULE_DELAY': '50',
                         'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://127.0.0.1:{port.collector}'}, **more)


def folders_of(pids):
    """Those that stand for {dir}, as the command lines of the processes name them."""
    return {path for pid in pids for path in re.findall(r'/tmp/tracetax-\w{6}\b', command_of(pid))}


class Services(unittest.TestCase):
    def test_each_is_metered_by_name_and_role(self):
        run = Run(self, suite({'services': {'app': APP, 'proxy': PROXY}},
                              companions={'bystander': {'command': ['sleep', '1000']}}))
        for segment in run.segments():
            used = {s['name']: s for s in segment['services']}
            self.assertEqual(list(used), ['bystander', 'app', 'proxy'])
            self.assertEqual([s['role'] for s in used.values()], ['companion', 'subject', 'subject'])
            self.assertGreater(used['app']['cpu_us'], 0)
            self.assertGreater(used['proxy']['cpu_us'], 0)
            subjects = used['app']['cpu_us'] + used['proxy']['cpu_us']
            self.assertAlmostEqual(segment['cpu_us']['total'] / subjects, 1, delta=0.2)
        self.assertIn('CPU per request by service', run.stdout)
        self.assertIn('all together', run.stdout)

    def test_in_turns_too(self):
        run = Run(self, suite({'services': {'app': {**APP, 'role': 'companion'}, 'proxy': PROXY}},
                              design={'slice': '100ms'}))
        for segment in run.segments():
            self.assertEqual(set(rules(segment)) - {'driver_lag', 'machine_stalled'}, set(), segment['voids'])
            self.assertEqual([s['role'] for s in segment['services']], ['companion', 'subject'])

    def test_files_commands_and_folder(self):
        shell = 'test "$(cat "$0/notes")" = "one two" && exec "$@"'
        ready = ['sh', '-c', 'test -e {dir}/made && test $SAID = {port.db}']
        target = {'services': {
            'db': {'command': ['sleep', '1000'], 'env': {'SAID': '{port}'}, 'files': {'in/notes': ['one two']},
                   'prepare': [['sh', '-c', 'grep -q one {dir}/in/notes && touch {dir}/made']], 'ready_command': ready,
                   'after_ready': [['touch', '{dir}/in/after']]},
            'app': {'command': ['sh', '-c', shell, '{dir}', sys.executable, SERVER, '{port}', 'ok'], 'front': True,
                    'env': {'DB': '{dir.db}:{port.db}'}, 'files': {'notes': 'one two'}}}}
        with tempfile.TemporaryDirectory() as temporary, unittest.mock.patch.dict(os.environ, TMPDIR=temporary):
            run = Run(self, suite(target, arms=['off']))
            self.assertEqual(len(run.segments()), 1)
            self.assertEqual(set(rules(run.segments()[0])) - {'driver_lag', 'rate_not_achieved'}, set(), run.stderr)
            self.assertEqual([name for name in os.listdir(temporary) if name != os.path.basename(run.folder)], [])

    def test_up_for_a_whole_block(self):
        for design, launches in (({'blocks': 2}, 2), ({'slice': '100ms'}, 1)):
            app = {**APP, 'per_block': True, 'role': 'companion', 'env': {'WHERE': '{dir}'}}
            app['prepare'] = [['sh', '-c', 'echo x >>./launches']]
            run = Run(self, suite({'services': {'app': app, 'proxy': PROXY}}, design=design))
            blocks = set()  # a busy machine may cost one, which is then measured again
            for segment in run.segments():
                blocks.add(segment['block'])
                self.assertEqual(set(rules(segment)) - {'driver_lag', 'machine_stalled'}, set(), segment['voids'])
                used = {s['name']: s['cpu_us'] for s in segment['services']}
                self.assertGreater(used['app'], 0)
            with open(os.path.join(run.folder, 'launches')) as f:
                self.assertEqual(len(f.readlines()), len(blocks))
            self.assertGreaterEqual(len(blocks), launches)

    def test_what_fails_is_named_with_its_last_words(self):
        cases = [({'prepare': [['sh', '-c', 'echo no room >&2; exit 3']]},
                  r"service db of target victim 'sh -c .*' exited with code 3; its last words: no room"),
                 ({'ready_command': ['false'], 'ready_within': '300ms'},
                  r"service db of target victim was not ready within 300 ms: 'false' exited with code 1"),
                 ({'command': ['sh', '-c', 'echo bye; exit 4'], 'ready_command': ['true']}, r'exited with code 4'),
                 ({'command': ['sh', '-c', 'sleep 0.5; echo bye; exit 4']},
                  r'service db of target victim exited with code 4; its last words: bye')]
        for more, words in cases:
            db = {'command': ['sleep', '1000'], **more}
            run = Run(self, suite({'services': {'db': db, 'app': {**APP, 'front': True}}}, arms=['off'],
                                  design={'measure': '800ms'}))
            run.end()
            self.assertRegex(run.stderr + run.stdout + str(run.result()), words)

    def test_a_program_that_is_missing_is_told_before_anything_runs(self):
        run = Run(self, suite(server('ok'), companions={'db': {'use': 'postgresql', 'program': 'no-such-postgres'},
                                                        'other': {'command': ['./no-such']}}))
        self.assertEqual(run.end(), 2)
        self.assertIn('companion db: none of no-such-postgres is here; apt-get install postgresql', run.stderr)
        self.assertIn("companion other: there is no program", run.stderr)

    def test_working_dir_is_relative_to_the_suite(self):
        serve = f'#!/bin/sh\nexec {sys.executable} {SERVER} "$1" ok\n'
        target = {'command': ['./serve', '{port}'], 'working_dir': 'sub', 'ready': 'tcp://127.0.0.1:{port}'}
        over = {'name': 'on', 'rate': '1%', 'per_target': {'victim': {'working_dir': './other'}}}
        run = Run(self, suite(target, arms=['off', over]), programs={'sub/serve': serve, 'other/serve': serve})
        self.assertEqual(len(run.segments()), 2, run.stderr)


class Relays(unittest.TestCase):
    ARMS = ['off', 'on@100%']

    def test_the_receipt_closes_behind_a_collector(self):
        run = Run(self, suite(behind_a_relay(), arms=self.ARMS, companions={'collector': relay()}, path='/users/42'))
        segment = run.segments('on@100%')[0]
        self.assertNotIn('receipt_open', rules(segment), segment['voids'])
        self.assertGreater(segment['spans']['received'], 100)
        self.assertEqual([s['role'] for s in segment['services']], ['companion', 'subject'])
        lines = run.stdout.splitlines()
        head = next(i for i, line in enumerate(lines) if 'spans expected' in line)
        columns = dict(zip(re.split('  +', lines[head]), re.split('  +', lines[head + 3])))
        self.assertEqual((columns['arm'], columns['spans/batch'], columns['bytes/span']), ('on@100%', '-', '-'))
        with open(os.path.join(run.out, 'report.md')) as report:
            self.assertIn('came through collector', report.read())

    def test_what_a_collector_says_of_itself_is_in_the_record_and_in_the_walk(self):
        for options, name in ((), 'sent'), (('drop',), 'lost'):
            companions = {'collector': relay(*options, metrics='http://127.0.0.1:{port}/metrics')}
            run = Run(self, suite(behind_a_relay(), arms=self.ARMS, companions=companions, path='/users/42',
                                  design={'drain': '1s', 'settle': '500ms'}))  # longer than the relay holds anything
            segment = run.segments('on@100%')[0]
            page = segment['service_metrics']['collector']
            accepted, sent = (page[f'otelcol_{what}_spans_total{{exporter="otlp_http"}}']
                              for what in ('receiver_accepted', 'exporter_sent'))
            # Warm-up and flush included, as the receipt is and the target's own counts are.
            self.assertEqual(accepted, segment['self_counts']['exported'])
            self.assertEqual(sent, segment['spans']['received'] + segment['spans']['uncertain_spans'])
            if name == 'lost':
                self.assertIn('first leak between collected and forwarded', detail(segment, 'receipt_open'))

    def test_a_collector_that_drops_is_named(self):
        run = Run(self, suite(behind_a_relay(), arms=self.ARMS, companions={'collector': relay('drop')},
                              path='/users/42', design={'drain': '1s'}))
        words = detail(run.segments('on@100%')[0], 'receipt_open')
        self.assertIn("pass through 'collector', which may drop some on purpose", words)


class Namespaces(unittest.TestCase):
    """As a container has it: the target's network is another one, and the sink is out of its reach."""

    HERE, THERE = '10.213.77.1', '10.213.77.2'

    def setUp(self):
        self.name = f'tracetax-{os.getpid()}'
        here, there = f'tt{os.getpid()}a', f'tt{os.getpid()}b'
        self.addCleanup(subprocess.run, ['ip', 'netns', 'del', self.name], capture_output=True, check=False)
        for command in (f'ip netns add {self.name}', f'ip link add {here} type veth peer name {there}',
                        f'ip link set {there} netns {self.name}', f'ip addr add {self.HERE}/30 dev {here}',
                        f'ip link set {here} up', f'ip netns exec {self.name} ip addr add {self.THERE}/30 dev {there}',
                        f'ip netns exec {self.name} ip link set {there} up'):
            done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
            if done.returncode != 0:
                self.skipTest(f'no network namespaces here: {command}: {done.stderr}')

    def test_a_target_in_another_network(self):
        target = {'command': ['ip', 'netns', 'exec', self.name, sys.executable, CHAIN, '{port}'],
                  'ready': f'tcp://{self.THERE}:{{port}}', 'spans_per_request': 3,
                  'env': {'BIND': self.THERE, 'OTEL_EXPORTER_OTLP_ENDPOINT': f'http://{self.HERE}:{{port.collector}}'}}
        collector = relay(env={'BIND': self.HERE}, ready=f'tcp://{self.HERE}:{{port}}')
        run = Run(self, suite(target, arms=['off', 'on@100%'], companions={'collector': collector}))
        segment = run.segments('on@100%')[0]
        self.assertNotIn('receipt_open', rules(segment), segment['voids'])
        self.assertGreater(segment['spans']['received'], 100)
        self.assertGreater(segment['cpu_us']['total'], 0)


class Endings(unittest.TestCase):
    def killed_in_the_middle(self, target, wait_for, **more):
        run = Run(self, suite(target, design={'measure': '20s'}, **more))
        run.child(wait_for)
        run.child(SERVER)
        time.sleep(0.3)
        pids = descendants(run.process.pid)
        folders = folders_of(pids)
        self.assertTrue(folders and all(map(os.path.isdir, folders)), folders)
        run.process.kill()
        until(lambda: not any(runs(p) for p in pids), f'the end of {[command_of(p) for p in pids if runs(p)]}')
        until(lambda: not any(map(os.path.exists, folders)), f'the end of {folders}')

    def test_nothing_is_left_when_the_driver_is_killed(self):
        self.killed_in_the_middle({'services': {'app': APP, 'proxy': PROXY}}, 'nginx: worker')

    @unittest.skipUnless(ROOT, 'only root can run a service as another user')
    def test_nor_of_another_user(self):
        escapes = "(setsid sh -c 'trap \"\" TERM HUP; while :; do sleep 1; done' &); touch {dir}/mine; exec sh -c 'sleep 1000; true' {dir}"
        db = {'command': ['sh', '-c', escapes], 'user': 'nobody', 'files': {'note': 'x'},
              'ready_command': ['sh', '-c', 'test -O {dir}/mine && test -O {dir}/note && test "$(id -un)" = nobody']}
        self.killed_in_the_middle({'services': {'db': db, 'app': {**APP, 'front': True}}}, 'sleep 1000')

    def test_a_service_that_ignores_its_signal_is_killed_and_told(self):
        deaf = {'command': ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done'], 'stop_within': '300ms'}
        run = Run(self, suite({'services': {'db': deaf, 'app': {**APP, 'front': True}}}, arms=['off']))
        self.assertIn('service db of target victim did not end by itself and was killed',
                      ' '.join(run.segments()[0]['warnings']))


if __name__ == '__main__':
    unittest.main()
