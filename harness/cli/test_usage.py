"""What a newcomer gets wrong at the command line: output that goes nowhere, places that cannot be written to,
options that would be passed over. Measures nothing.
SPDX-License-Identifier: Apache-2.0
"""
import fcntl
import json
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import unittest

TRACETAX = os.path.join(os.environ['TRACETAX_BIN'], 'tracetax')
STORED = os.path.join(os.environ['TRACETAX_SOURCE'], 'reports', 'testdata', 'small-complete.json')
PASS, FAIL, USAGE, INVALID = 0, 1, 2, 4
RECORD = {'injection': 'aa', 'asked': 'aa', 'started_at': '2026-11-20T18:00:00.000Z', 'suite': 'selftest',
          'suite_digest': 'd', 'machine': 'm', 'cpu_model': 'c', 'cpus': 2, 'effort': 'quick', 'budget': '5%',
          'verdict': 'invalid', 'reason': 'driver_lag', 'seconds': 1, 'pairs': 0, 'truth_pct': 0, 'estimate_pct': None,
          'low_pct': None, 'high_pct': None, 'log_ratios': [], 'spans_expected': 0, 'spans_received': 0}


class Usage(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='tracetax-usage-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def call(self, *arguments, stdout=subprocess.PIPE, **more):
        return subprocess.run([TRACETAX, *arguments], text=True, stdout=stdout, stderr=subprocess.PIPE, timeout=60,
                              cwd=self.folder, env={**os.environ, 'GITHUB_ACTIONS': '', **more})

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, 'w') as f:
            f.write(text)
        return path

    def assert_refused(self, arguments, *words):
        done = self.call(*arguments)
        self.assertEqual((done.returncode, done.stdout), (USAGE, ''), f'{arguments}: {done.stderr}')
        for word in words:
            self.assertIn(word, done.stderr)
        return done.stderr


class Samplers(Usage):
    def test_coherence(self):
        done = self.call('list', 'samplers', '--coherence', '--rate', '10%')
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if line.startswith(('go ', 'js '))}
        self.assertEqual(rows['go'][:4], ['100', '50', '100', '10'])
        self.assertEqual(rows['js'][5:], ['100', '10'])
        self.assert_refused(('list', '--coherence'), 'tracetax list samplers --coherence')
        self.assert_refused(('list', 'samplers', '--coherence', '--rate', '0'), 'more than 0%')
        self.assert_refused(('list', 'samplers', '--rate', '2%'), '--coherence')


class Output(Usage):
    def test_what_did_not_arrive_is_no_success(self):
        for arguments in (('report', STORED, '--format', 'csv'), ('report', STORED, '--format', 'json'),
                          ('list',), ('--help',)):
            with open('/dev/full', 'w') as full:
                done = self.call(*arguments, stdout=full)
            self.assertEqual(done.returncode, USAGE, f'{arguments}: {done.stderr}')
            self.assertIn('standard output: cannot be written', done.stderr)

    def test_a_verdict_that_did_not_arrive_keeps_its_exit_code(self):
        with open('/dev/full', 'w') as full:
            done = self.call('gate', '--from', STORED, '--quiet', '--budget', 'cpu=50%', stdout=full)
        self.assertEqual(done.returncode, INVALID, done.stderr)
        self.assertIn('standard output: cannot be written', done.stderr)

    def test_a_reader_that_has_seen_enough_is_no_error(self):
        for arguments, code in ((('report', STORED, '--format', 'json'), -signal.SIGPIPE), (('--help',), -signal.SIGPIPE),
                                (('gate', '--from', STORED, '--quiet', '--budget', 'cpu=50%'), INVALID)):
            read, write = os.pipe()
            os.close(read)
            with os.fdopen(write, 'w') as gone:
                done = self.call(*arguments, stdout=gone)
            self.assertEqual((done.returncode, done.stderr.count('standard output')), (code, 0), arguments)

    def test_an_error_without_a_place_to_tell_it_is_still_one(self):
        with open('/dev/full', 'w') as full:
            done = subprocess.run([TRACETAX, 'runn'], stderr=full, timeout=60)
        self.assertEqual(done.returncode, USAGE)


class Gate(Usage):
    def test_one_mistake_is_told_once(self):
        told = self.assert_refused(('gate', 'quick', '--max-time', '5'), "'5' is not a duration")
        self.assertEqual(told.count('--max-time'), 1, told)

    def test_a_base_that_cannot_run_is_told_with_what_would_be_right(self):
        self.assert_refused(('gate', 'quick', '--base', self.write('notes', '')), 'cannot be executed; give a program')

    def test_from_passes_nothing_over(self):
        for option in (('--force',), ('--calibration', STORED), ('--seed', '1'), ('--dry-run',)):
            self.assert_refused(('gate', '--from', STORED, *option), f'{option[0]}: does not go with --from')

    def test_github_gets_no_number_of_an_invalid_run(self):
        with open(STORED) as f:
            result = json.load(f)
        result['segments'] += [{**s, 'block': s['block'] + 6} for s in result['segments']]
        outputs = os.path.join(self.folder, 'outputs')
        for voids, lines in (([], ['verdict', 'overhead_pct']),
                             ([{'rule': 'too_many_errors', 'detail': 'timeout'}], ['verdict'])):
            result['segments'][0]['voids'] = voids
            self.call('gate', '--from', self.write('result.json', json.dumps(result)), '--budget', 'cpu=50%', '--effort',
                      'quick', '--arm', 'on@100%', '--github', GITHUB_OUTPUT=outputs, GITHUB_STEP_SUMMARY='')
            with open(outputs) as f:
                self.assertEqual([line.split('=')[0] for line in f], lines)
            os.remove(outputs)


    def test_the_reports_of_an_earlier_run_do_not_stay_beside_the_result_of_this_one(self):
        out = os.path.join(self.folder, 'out')
        os.mkdir(out)
        for name in ('result.json', 'frameworks.md', 'notes.txt'):
            self.write(os.path.join('out', name), 'of an earlier run')
        done = self.call('gate', '--from', STORED, '--budget', 'cpu=50%', '--out', out)
        self.assertEqual(done.returncode, INVALID, done.stderr)
        kept, = [name for name in os.listdir(out) if name.startswith('result-')]
        self.assertEqual(sorted(os.listdir(out)), ['notes.txt', 'report.html', 'report.md', kept, 'result.json', 'verdict.md'])


class Help(Usage):
    def test_fits_a_terminal(self):
        told = self.call('--help').stdout
        self.assertLessEqual(told.count('\n'), 24)
        for command in ('', *re.findall(r'^  ([a-z]+) ', told, re.M)):
            for line in self.call(*filter(None, (command, '--help'))).stdout.splitlines():
                self.assertLessEqual(len(line), 80, command)

    def test_is_as_wide_as_the_terminal(self):
        widest = {}
        for columns in (60, 110):
            ours, theirs = pty.openpty()
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack('HHHH', 24, columns, 0, 0))
            child = subprocess.Popen([TRACETAX, 'gate', '--help'], stdout=theirs)
            os.close(theirs)
            shown = b''
            try:
                while part := os.read(ours, 65536):
                    shown += part
            except OSError:  # what Linux says of a terminal whose last user is gone
                pass
            os.close(ours)
            self.assertEqual(child.wait(timeout=30), 0)
            widest[columns] = max(len(line) for line in shown.decode().splitlines())
            self.assertLessEqual(widest[columns], columns)
        self.assertGreater(widest[110], 80)

    def test_says_each_default_once(self):
        for command in re.findall(r'^  ([a-z]+) ', self.call('--help').stdout, re.M):
            told = re.split(r'\n +-', self.call(command, '--help').stdout)
            for option in told:
                self.assertLessEqual(option.count('default'), 1, f'{command}: {option}')


class Repeated(Usage):
    # Lists: every value counts.
    LISTS = {'arm', 'budget', 'env', 'header', 'import-path', 'margin', 'plugin', 'proto', 'set', 'tag', 'threshold'}

    def test_an_option_that_takes_one_value_takes_no_second(self):
        commands = re.findall(r'^  ([a-z]+) ', self.call('--help').stdout, re.M)
        self.assertGreaterEqual(len(commands), 9)
        seen = 0
        for command in commands:
            told = self.call(command, '--help').stdout
            for name in re.findall(r'^  (?:-[A-Za-z], )?--([a-z-]+) \S+  ', told, re.M):
                if name in self.LISTS:
                    continue
                seen += 1
                with self.subTest(f'{command} --{name}'):
                    self.assert_refused((command, f'--{name}=a', f'--{name}', 'b'), f'--{name}: stands twice')
        self.assertGreater(seen, 60)

    def test_budgets_add_up(self):
        # A gate that kept only the last one passed what the first would have failed.
        both = ('gate', '--from', STORED, '--effort', 'quick', '--budget', 'cpu=0%', '--budget', 'memory=25%')
        told = self.call(*both).stdout
        self.assertIn('CPU per request', told)
        self.assertIn('peak memory', told)
        self.assert_refused((*both, '--budget', 'cpu=5%'), "'cpu' stands here twice, with 0% and 5%")
        self.assert_refused(('run', 'quick', '--set', 'load.rate=1k/s', '--set', 'load.rate=2k/s'), 'stands twice')
        self.assert_refused(('load', 'grpc://h:1/a.S/M', '-H', 'a: 1', '-H', 'a: 2'), "'a' stands twice")
        self.assert_refused(('measure', '--env', 'A=1', '--env', 'A=2', '--', 'x'), "'A' stands twice")

    def test_a_flag_takes_no_value(self):
        self.assert_refused(('gate', 'quick', '--force=false'), '--force: takes no value')


class Suites(Usage):
    def test_every_mistake_is_told_in_one_round_with_its_line(self):
        path = self.write('wrong.json', """{
  "name": "wrong",
  "targets": {
    "gin": {"emulated": "gni"}},
  "scenarios": {
    "get": {"kind": "http", "path": "/",
            "metod": "GET",
            "expect": {"status": "20x"}},
    "call": {"kind": "gprc"},
    "ask": {"kind": "http"}},
  "arms": ["off", "on@10%"],
  "load": {"rate": "fast"}
}""")
        told = self.assert_refused(('run', path), "wrong.json:4: targets.gin.emulated: unknown target 'gni'")
        for words in ("7: scenarios.get.metod: unknown key 'metod'; did you mean 'method'?",
                      '8: scenarios.get.expect.status: ', "9: scenarios.call.kind: unknown scenario kind 'gprc'",
                      "10: scenarios.ask: 'path' is missing", "12: load.rate: 'fast'"):
            self.assertIn(f'wrong.json:{words}', told)

    def test_what_is_no_json_is_named(self):
        for text, words in (('name: x\ntargets:\n', ':1: this is YAML'), ('{\n"name": "x",\n}', ':2: a comma stands before'),
                            ('{\n"name": "x"\n"arms": []}', ':2: a comma is missing after')):
            self.assert_refused(('run', self.write('s.json', text)), words)

    def test_a_password_is_not_shown(self):
        url = 'http://user:ge/heim@127.0.0.1:1'
        suite = """{"name": "s", "targets": {"t": {"attach": "%s"}}, "scenarios": {"g": {"path": "/"}},
                    "arms": ["off"]}""" % url
        for words in (('load', url), ('load', url.replace('ge/', 'ge').replace('http', 'grpc')), ('run', self.write('s.json', suite)), ('run', url),
                      ('run', 'quick', '--set', f'targets={{"t": {{"attach": "{url}"}}}}'), ('gate', '--from', url)):
            told = self.assert_refused(words, '***@127.0.0.1')
            self.assertNotIn('heim', told)


class Selftest(Usage):
    def test_what_would_be_passed_over_is_refused(self):
        self.assert_refused(('selftest', '--aa', '1', '--runs', '5'), '--runs: goes with --inject')
        told = self.assert_refused(('selftest', 'quick', '--effort', 'ci', '--budget', '5%'), '--effort: measures nothing')
        self.assertIn('SUITE: measures nothing without --aa or --inject', told)
        self.assert_refused(('selftest', '--aa', '1', '--budget', '5us'), "'5us' is no percentage")

    def test_a_log_that_cannot_be_used_is_told_before_anything_is_measured(self):
        self.assert_refused(('selftest', '--aa', '1', '--log', '/proc/none/log.jsonl'), '--log', 'cannot be written')
        self.assert_refused(('selftest', '--log', self.folder), '--log', 'is a folder')

    def test_runs_without_a_verdict_prove_nothing(self):
        log = self.write('log.jsonl', json.dumps(RECORD) + '\n')
        done = self.call('selftest', '--log', log)
        self.assertEqual(done.returncode, INVALID, done.stdout + done.stderr)
        self.assertIn('no run could be judged', done.stderr)
        judged = {**RECORD, 'verdict': 'pass', 'pairs': 10}
        log = self.write('log.jsonl', json.dumps(RECORD) + '\n' + json.dumps(judged) + '\n')
        self.assertEqual(self.call('selftest', '--log', log).returncode, PASS)
        log = self.write('log.jsonl', 3 * (json.dumps({**judged, 'verdict': 'fail'}) + '\n'))
        self.assertEqual(self.call('selftest', '--log', log).returncode, FAIL)


if __name__ == '__main__':
    unittest.main()
