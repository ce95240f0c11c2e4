"""A service of the catalog (scenarios/services) by itself, for tests of what talks to it. What it needs and is not
here skips the test, with the package's name.

SPDX-License-Identifier: Apache-2.0
"""
import contextlib
import glob
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

SOURCE = pathlib.Path(os.environ['TRACETAX_SOURCE'])


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def read_entry(name):
    text = (SOURCE / f'scenarios/services/{name}.json').read_text('utf-8')
    return json.loads('\n'.join(line for line in text.splitlines() if not line.lstrip().startswith('//')))


def find_program(entry):
    for program in entry['program']:
        if program.startswith('$'):
            program = os.environ.get(program[1:], '')
        program = program.replace('{real}', str(SOURCE / 'build/real'))
        for found in reversed(sorted(glob.glob(program)) or [program]):
            if found and shutil.which(found):
                return shutil.which(found)
    raise unittest.SkipTest(f'{entry["program"][-1]} is not here; {entry["install"]}')


class CatalogService:
    """Running, with its data in a folder of its own that goes with it."""

    def __init__(self, name):
        self.entry = read_entry(name)
        program = find_program(self.entry)
        self.dir = tempfile.mkdtemp(prefix='tracetax-store-')
        self.port = free_port()
        self.places = {'{dir}': self.dir, '{port}': str(self.port), '{bin}': os.path.dirname(program)}
        self.places.update({f'{{port.{port}}}': str(free_port()) for port in self.entry.get('ports', [])})
        for file, text in self.entry.get('files', {}).items():
            lines = text if isinstance(text, list) else [text]
            pathlib.Path(self.dir, file).write_text(self.filled('\n'.join(lines)), 'utf-8')
        self.env = {**os.environ, **self.entry.get('env', {})}
        self.user = self.entry.get('user') if os.geteuid() == 0 else None
        if self.user:
            shutil.chown(self.dir, self.user)
        self.program = program
        for command in self.entry.get('prepare', []):
            self.run(command, check=True)
        self.log = tempfile.TemporaryFile()
        self.process = None
        self.start()

    def filled(self, text):
        for name, value in self.places.items():
            text = text.replace(name, value)
        return text

    def words(self, command):
        words = [self.filled(word) for word in command]
        if self.user:
            return ['setpriv', f'--reuid={self.user}', f'--regid={self.user}', '--init-groups', *words]
        return words

    def run(self, command, check=False):
        return subprocess.run(self.words(command), env=self.env, check=check, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=60, cwd=self.dir)

    def start(self):
        command = [self.program, *self.entry['command'][1:]]
        self.process = subprocess.Popen(self.words(command), env=self.env, stdout=self.log, stderr=self.log, cwd=self.dir)
        deadline = time.monotonic() + 30
        while (said := self.run(self.entry['ready_command'])).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.log.seek(0)
                raise AssertionError(said.stdout + self.log.read().decode(errors='replace'))
            time.sleep(0.05)
        for after in self.entry.get('after_ready', []):
            self.run(after)  # a database may be there already

    def signal_all(self, number):
        """To its children too: a backend of PostgreSQL is one."""
        pid = self.process.pid
        children = pathlib.Path(f'/proc/{pid}/task/{pid}/children').read_text('ascii').split()
        for one in [pid, *map(int, children)]:
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # it was about to go
                os.kill(one, number)
                while number == signal.SIGSTOP and self.is_running(one):  # a signal takes its time
                    time.sleep(0.01)

    @staticmethod
    def is_running(pid):
        """Any of its threads: neither stopped nor dead."""
        states = [stat.read_text('ascii').rpartition(') ')[2][0] for stat in pathlib.Path(f'/proc/{pid}/task').glob('*/stat')]
        return any(state not in 'TZX' for state in states)

    def stop(self, by=None):
        asked = by or getattr(signal, self.entry.get('stop_signal', 'SIGTERM'))
        self.process.send_signal(asked)
        self.process.wait(timeout=30)

    def close(self):
        if self.process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.stop()
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.dir)
        self.log.close()
