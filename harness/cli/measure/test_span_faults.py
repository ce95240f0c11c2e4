"""The faults of TRACETAX_FAULT, put into emulated services one at a time, against what `tracetax doctor --spans` names:
each is named rightly, and nothing else is. Prints the confusion matrix. Once more with services that do not say anything
about themselves: then several faults may look the same, and the right one is among those named.
SPDX-License-Identifier: Apache-2.0
"""
import collections
import concurrent.futures
import json
import os
import subprocess
import tempfile
import time
import unittest

BIN = os.environ['TRACETAX_BIN']
TRACETAX = os.path.join(BIN, 'tracetax')
TARGET = os.path.join(BIN, 'tracetax-target')
LONGEST = 30  # seconds of one diagnosis, as the program promises

HTTP = {'get': {'kind': 'http', 'path': '/users/42', 'expect': {'status': 200}}}
MICRO = {'echo': {'kind': 'gomicro', 'method': 'Echo', 'data': {'text': 'hello'}}}


# The six questions that people ask, and what is behind each.
QUESTIONS = {
    'no trace at all': ('no_shutdown', 'rate_zero', 'no_exporter'),
    'lost on the way': ('wrong_address', 'wrong_pipeline'),
    'context is broken': ('no_propagator', 'no_inject', 'background_context', 'ctx_shadow'),
    'slow': ('sync_exporter', 'many_attributes'),
    'memory, queues': ('unended', 'full_queue', 'leak'),
    'variables ignored': ('code_over_env',),
}


def one(fault, name='nethttp', **more):
    """A service by itself."""
    return {'targets': {'app': {'emulated': name, 'env': {'TRACETAX_FAULT': fault}, **more}}, 'scenarios': HTTP}


def with_steps(fault):
    """One whose application makes spans of its own."""
    return one(fault, 'gin', args=['--inner-spans', '3'], spans_per_request=4)


def two(front='', back=''):
    """One that calls another."""
    ready = 'tcp://127.0.0.1:{port}'
    return {'targets': {'shop': {'spans_per_request': 4, 'services': {
        'back': {'command': [TARGET, 'gomicro-chain-back', '--port', '{port}'], 'ready': ready,
                 'env': {'TRACETAX_FAULT': back}},
        'front': {'front': True, 'ready': ready, 'env': {'TRACETAX_FAULT': front},
                  'command': [TARGET, 'gomicro-chain', '--port', '{port}', '--back', '127.0.0.1:{port.back}']}}}},
            'scenarios': MICRO}


# row -> what is to be named (none: nothing), and the suite
ROWS = {
    'healthy': (None, one('')),
    'healthy, steps': (None, with_steps('')),
    'healthy, two services': (None, two()),
    'no_shutdown': ('no_shutdown', one('no_shutdown')),
    'rate_zero': ('rate_zero', one('rate_zero')),
    'no_exporter': ('no_exporter', one('no_exporter')),
    'wrong_address': ('wrong_address', one('wrong_address')),
    'no_propagator': ('no_propagator', one('no_propagator')),
    'no_propagator, behind': ('no_propagator', two(back='no_propagator')),
    'no_inject': ('no_inject', two(front='no_inject')),
    'background_context': ('background_context', with_steps('background_context')),
    'ctx_shadow': ('ctx_shadow', with_steps('ctx_shadow')),
    'sync_exporter': ('sync_exporter', one('sync_exporter')),
    'many_attributes': ('many_attributes', one('many_attributes')),
    'unended': ('unended', one('unended')),
    'unended, steps': ('unended', with_steps('unended')),
    'full_queue': ('full_queue', one('full_queue')),
    'leak': ('leak', one('leak')),
    'code_over_env': ('code_over_env', one('code_over_env')),
}


def mute(fault, name='nethttp', *options, spans=1):
    """One whose output nobody hears."""
    run = f'exec "{TARGET}" {name} --port {{port}} {" ".join(options)} >/dev/null 2>&1'
    return {'targets': {'app': {'command': ['sh', '-c', run], 'ready': 'http://127.0.0.1:{port}/healthz',
                                'env': {'TRACETAX_FAULT': fault}, 'spans_per_request': spans}}, 'scenarios': HTTP}


def mute_with_steps(fault):
    return mute(fault, 'gin', '--inner-spans', '3', spans=4)


# The suites of services like most: no counts of their own, and no words of their SDK.
MUTE_ROWS = {
    'healthy': (None, mute('')),
    'healthy, steps': (None, mute_with_steps('')),
    **{fault: (fault, mute(fault)) for fault in (
        'no_shutdown', 'rate_zero', 'no_exporter', 'wrong_address', 'no_propagator', 'sync_exporter', 'many_attributes',
        'unended', 'full_queue', 'leak', 'code_over_env')},
    **{fault: (fault, mute_with_steps(fault)) for fault in ('background_context', 'ctx_shadow')},
    'unended, steps': ('unended', mute_with_steps('unended')),
}


def diagnose(row, rest):
    """What is said of the row's traced arm, and how long it took."""
    suite = {'name': 'faults', **rest, 'arms': ['off', {'name': 'on', 'rate': '100%'}],
             'load': {'rate': '200/s', 'connections': 4}}
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'suite.json')
        with open(path, 'w') as file:
            json.dump(suite, file)
        done = subprocess.run([TRACETAX, 'doctor', '--spans', '--json', '--quiet', path], capture_output=True, text=True,
                              timeout=120, cwd=folder)
    took = time.monotonic() - began
    if done.returncode not in (0, 1):
        raise AssertionError(f'{row}: exit code {done.returncode}\n{done.stdout}{done.stderr}')
    arms = json.loads(done.stdout)['arms']
    if len(arms) != 1 or arms[0]['failed']:
        raise AssertionError(f'{row}: {json.dumps(arms, indent=1)}\n{done.stderr}')
    return {**arms[0], 'took': took, 'code': done.returncode}


def named(report):
    """Each finding as one word; one that leaves it open is no right name."""
    return ['|'.join(finding['faults']) for finding in report['findings']]


def is_exact(want, report):
    return named(report) == ([want] if want else [])


def is_among(want, report):
    """One finding and no other, which the fault is one of."""
    return [want in finding['faults'] for finding in report['findings']] == ([True] if want else [])


def all_rows(rows, is_right):
    """Two at a time: they mostly wait for batches. What was judged wrongly beside another is looked at again alone, as
    a person would."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = dict(zip(rows, pool.map(diagnose, rows, [rest for _, rest in rows.values()])))
    return {row: found[row] if is_right(want, found[row]) else diagnose(row, rest)
            for row, (want, rest) in rows.items()}


def matrix(rows, found):
    """By what was put in, and what was named."""
    columns = list(dict.fromkeys([name for name, _ in rows.values() if name] +
                                 [name for report in found.values() for name in named(report)]))
    width = max(map(len, found))
    lines = [f'{"":{width}}  ' + ' '.join(f'{number:>2}' for number in range(1, len(columns) + 1)) + '  seconds']
    for row, report in found.items():
        counted = collections.Counter(named(report))
        lines.append(f'{row:{width}}  ' + ' '.join(f'{counted[name] or ".":>2}' for name in columns) +
                     f'  {report["took"]:7.1f}')
    return '\n'.join(lines + [f'{number:>3} {name}' for number, name in enumerate(columns, 1)])


def by_question(rows, found):
    """The same by the question behind what was put in, and that behind what was named; "other": of none, or open."""
    def question_of(name):
        return next((number for number, names in enumerate(QUESTIONS.values(), 1) if name in names), 'other')
    counted = collections.Counter((question_of(rows[row][0]), question_of(name))
                                  for row, report in found.items() if rows[row][0] for name in named(report))
    columns = [*range(1, len(QUESTIONS) + 1), 'other']
    lines = [f'{"":20} ' + ' '.join(f'{column:>5}' for column in columns)]
    for number, question in enumerate(QUESTIONS, 1):
        lines.append(f'{number} {question:18} ' + ' '.join(f'{counted[number, column] or ".":>5}' for column in columns))
    return '\n'.join(lines)


class Matrix:
    rows = {}  # as ROWS
    is_right = staticmethod(is_exact)

    def test_each_fault_is_named_and_nothing_else(self):
        found = all_rows(self.rows, self.is_right)
        print(f'\n{matrix(self.rows, found)}\n\n{by_question(self.rows, found)}')
        for row, report in found.items():
            with self.subTest(row):
                want = self.rows[row][0]
                self.assertTrue(self.is_right(want, report), f'{named(report)}\n{json.dumps(report, indent=1)}')
                self.assertEqual(report['code'], 1 if want else 0)
                self.assertLess(report['took'], LONGEST + 5)  # and the start of the program on a busy machine


class SpanFaults(Matrix, unittest.TestCase):
    rows = ROWS


class SpanFaultsOfTheMute(Matrix, unittest.TestCase):
    rows = MUTE_ROWS
    is_right = staticmethod(is_among)


if __name__ == '__main__':
    unittest.main()
