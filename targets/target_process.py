"""tracetax-target as a process, for tests.

SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import signal
import subprocess

PROGRAM = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax-target')


class Target:
    """One running target. Stopped, it gives its exit code and its span counts."""

    def __init__(self, *arguments, receiver=None, **variables):
        environment = {k: v for k, v in os.environ.items() if not k.startswith(('OTEL_', 'TRACETAX_STATE', 'TRACETAX_FAULT'))}
        if receiver is not None:
            environment['OTEL_EXPORTER_OTLP_ENDPOINT'] = f'http://127.0.0.1:{receiver.port}'
        environment.update(variables)
        self.process = subprocess.Popen([PROGRAM, *arguments, '--port', '0'], env=environment, text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.stderr.read())
        self.port = json.loads(line)['port']

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def stop(self, by=signal.SIGTERM):
        self.process.send_signal(by)
        out, self.errors = self.process.communicate(timeout=30)
        self.output = out
        spans = json.loads(out.splitlines()[-1])['tracetax_spans']
        self.in_force = {name: spans.pop(name) for name in ('sampler', 'exporter', 'processor')}
        return self.process.returncode, spans


def counts(started=0, sampled=0, ended=0, dropped=0, exported=0, failed=0, set_after_end=0):
    return dict(started=started, sampled=sampled, ended=ended, dropped=dropped, exported=exported,
                failed=failed, set_after_end=set_after_end)


def all_sent(n):
    return counts(started=n, sampled=n, ended=n, exported=n)


def run_program(*arguments, **variables):
    """A run that ends by itself."""
    return subprocess.run([PROGRAM, *arguments], env={**os.environ, **variables}, text=True, capture_output=True,
                          timeout=20)
