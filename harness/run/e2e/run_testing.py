"""A `tracetax run` under test, and the suites that the end-to-end tests of the runner give it.

Only for the tests of this folder.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'misbehaving_server.py')
CHAIN = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'chain_server.py')
READY = 'tcp://127.0.0.1:{port}'
QUICK = {'blocks': 1, 'warmup': '100ms', 'measure': '600ms', 'settle': '100ms', 'drain': '3s'}
LOAD = {'rate': '200/s', 'connections': 4, 'timeout': '500ms'}


def server(how, number=0, **more):
    return {'command': [sys.executable, SERVER, '{port}', how, str(number)],
            'ready': READY, **more}


def emulated(**more):
    return {'emulated': 'nethttp', 'env': {'OTEL_BSP_SCHEDULE_DELAY': '50'}, **more}


def chain(*options):
    return {'command': [sys.executable, CHAIN, '{port}', *options], 'ready': READY, 'spans_per_request': 3}


def suite(target, arms=('off', 'off2'), load=None, design=None, path='/', **more):
    return {'name': 'test', 'targets': {'victim': target},
            'scenarios': {'get': {'kind': 'http', 'path': path}}, 'arms': list(arms),
            'load': {**LOAD, **(load or {})}, 'design': {**QUICK, **(design or {})}, **more}


def descendants(pid):
    found = []
    for task in os.listdir(f'/proc/{pid}/task'):
        try:
            with open(f'/proc/{pid}/task/{task}/children') as f:
                for child in f.read().split():
                    found += [int(child), *descendants(child)]
        except OSError:
            pass
    return found


def command_of(pid):
    try:
        with open(f'/proc/{pid}/cmdline') as f:
            return f.read().replace('\0', ' ')
    except OSError:
        return ''


def runs(pid):
    try:
        with open(f'/proc/{pid}/stat') as f:
            return f.read().rsplit(')', 1)[1].split()[0] not in 'ZX'
    except OSError:
        return False


def until(condition, what, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f'waited {seconds} s for {what}')


class Run:
    """A `tracetax run` on its way, or ended."""

    def __init__(self, case, content, *options, out=None, programs=None):
        """`programs`: files to be made beside the suite, by name."""
        self.folder = tempfile.mkdtemp(prefix='tracetax-run-')
        case.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        for name, text in (programs or {}).items():
            program = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(program), exist_ok=True)
            with open(program, 'w') as f:
                f.write(text)
            os.chmod(program, 0o755)
        path = os.path.join(self.folder, 'suite.json')
        with open(path, 'w') as f:
            json.dump(content, f)
        self.out = out or os.path.join(self.folder, 'out')
        self.process = subprocess.Popen([TRACETAX, 'run', path, '--out', self.out, *options], text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        case.addCleanup(self.kill)
        self.ended = False

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        if not self.ended:
            self.process.communicate()

    def end(self, timeout=120):
        if not self.ended:
            self.stdout, self.stderr = self.process.communicate(timeout=timeout)
            self.ended = True
        return self.process.returncode

    def result(self):
        with open(os.path.join(self.out, 'result.json')) as f:
            return json.load(f)

    def saved_segments(self):
        try:
            return len(self.result()['segments'])
        except (OSError, ValueError):
            return -1

    def segments(self, arm=None):
        self.end()
        return [s for s in self.result()['segments'] if arm in (None, s['arm'])]

    def child(self, words):
        """The pid of a descendant whose command line contains the words, once there is one."""
        return until(lambda: next((p for p in descendants(self.process.pid) if words in command_of(p)), None),
                     words)


def rules(segment):
    return [v['rule'] for v in segment['voids']]


def detail(segment, rule):
    return next(v['detail'] for v in segment['voids'] if v['rule'] == rule)
