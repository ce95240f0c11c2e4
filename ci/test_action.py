"""The action and the GitLab template as a repository uses them, in a clean tree: a stand-in of the runner carries out the
steps of action.yml as they are written, with checkout, cache and upload done by hand, for the workflows that README.md
shows.

Most of it is asked of a tracetax that only writes down how it was called. Two cases measure for real: so shortly, and costs
so large, that a busy machine cannot turn the verdict round. With TRACETAX_BIN naming the folder of the built programs.
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tarfile
import tempfile
import unittest

import yaml  # Debian's python3-yaml: scripts/setup

ROOT = pathlib.Path(__file__).resolve().parents[1]
ACTION = ROOT / 'ci/action'
BIN = pathlib.Path(os.environ['TRACETAX_BIN'])
PASS, FAIL, USAGE, INCONCLUSIVE, INVALID = 0, 1, 2, 3, 4
NOISE = {'driver_lag', 'rate_not_achieved', 'driver_saturated', 'machine_stalled', 'not_warm'}
# Six short pairs, and room for what a busy machine does to them.
SHORT = '--set design.measure=250ms --set design.warmup=50ms --set \'gate.looks=[{"pairs":6,"alpha":0.05}]\''
EMULATED = '"service": {"emulated": "gin", "args": ["--work-per-request", "50us"]}'
SERVICE = ('"service": {"command": ["python3", "server.py", "{port}"], "ready": "http://127.0.0.1:{port}/healthz"}')
BUDGET = '"budget": "10%|5us", "regress": "3%"'
BURN = '    def do_GET(self):\n        end = time.thread_time_ns() + 1_000_000\n        while time.thread_time_ns() < end: pass\n'

# Writes down how it was called, and does what a measurement leaves behind.
STAND_IN = '''#!/usr/bin/env python3
import json, os, pathlib, sys
words = sys.argv[1:]
with open(os.environ['CALLS'], 'a') as calls:
    suite = open(words[1]).read() if words[:1] == ['gate'] else ''
    calls.write(json.dumps({'words': words, 'folder': os.getcwd(), 'suite': suite}) + '\\n')
if words[0] == 'report':
    pathlib.Path(words[-1]).write_text('<testsuites/>')
    sys.exit()
code = int(os.environ.get('CODE', '0'))
out = pathlib.Path(words[words.index('--out') + 1])
verdict = {0: 'pass', 1: 'fail', 3: 'inconclusive', 4: 'invalid'}.get(code)
if verdict is None:
    print('tracetax: `no` "such" option', file=sys.stderr)
    sys.exit(code)
for name in ('verdict.md', 'report.md', 'report.html', 'result.json'):
    (out / name).write_text(f'<!-- tracetax:gate:x -->\\n**{verdict}**\\n')
if os.environ.get('GITHUB_ACTIONS') == 'true':
    open(os.environ['GITHUB_STEP_SUMMARY'], 'a').write(f'**{verdict}**\\n')
    open(os.environ['GITHUB_OUTPUT'], 'a').write(f'verdict={verdict}\\noverhead_pct=4.20\\n')
sys.exit(code)
'''


def yaml_blocks(path):
    return re.findall(r'```yaml\n(.*?)```', path.read_text('utf-8'), re.S)


def load(text):
    """YAML 1.1 reads the key `on` as true."""
    return yaml.safe_load(re.sub(r'^on:', '"on":', text, flags=re.M))


def replaced(text, changes):
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


class Runner:
    """What a runner of GitHub does with a step that uses the action: as much of it as action.yml needs."""

    def __init__(self, workspace, origin, environment):
        self.workspace, self.origin = workspace, origin
        self.temp = workspace.parent / 'runner temp'
        self.artifacts = workspace.parent / 'artifacts'
        for folder in (workspace, self.temp, self.artifacts):
            folder.mkdir()
        self.summary = self.temp / 'summary'
        self.summary.touch()
        self.environment = {**environment, 'GITHUB_ACTIONS': 'true', 'GITHUB_WORKSPACE': str(workspace), 'CI': 'true',
                            'GITHUB_ACTION_PATH': str(ACTION), 'GITHUB_REPOSITORY': 'o/r', 'HOME': str(self.temp),
                            'GITHUB_WORKFLOW_REF': 'o/r/.github/workflows/gate.yml@refs/pull/7/merge',
                            'GITHUB_STEP_SUMMARY': str(self.summary)}
        self.log, self.cache_keys = '', []

    def value(self, expression, contexts):
        code = expression.replace('always()', 'True').replace('||', 'or').replace('&&', 'and')
        code = re.sub(r"inputs\.([\w-]+)", lambda m: repr(contexts['inputs'][m[1]]), code)
        code = re.sub(r"steps\.(\w+)\.outputs\.([\w-]+)",
                      lambda m: repr(contexts['steps'].get(m[1], {}).get(m[2], '')), code)
        code = re.sub(r"github\.event\.pull_request\.number", repr('7' if contexts['pull_request'] else ''), code)
        return eval(code, {'__builtins__': {}})  # pylint: disable=eval-used

    def filled(self, text, contexts):
        return re.sub(r'\$\{\{(.*?)\}\}', lambda m: str(self.value(m[1].strip(), contexts)), str(text))

    def check_out(self, revision, path, depth):
        path.mkdir(parents=True)
        for command in (['init', '--quiet'], ['remote', 'add', 'origin', f'file://{self.origin}'],
                        ['fetch', '--quiet', f'--depth={depth}', 'origin', revision],
                        ['checkout', '--quiet', '--detach', 'FETCH_HEAD']):
            subprocess.run(['git', *command], cwd=path, check=True)

    def upload(self, options):
        for name in options['path'].split('\n'):
            if name and (self.workspace / name).is_file():
                shutil.copy(self.workspace / name, self.artifacts)

    def run(self, action, inputs, event, revision):
        """The outputs of the action and whether the job went on. Nothing but known inputs may be given."""
        action = yaml.safe_load((action / 'action.yml').read_text('utf-8'))
        unknown = set(inputs) - set(action['inputs'])
        assert not unknown, unknown
        contexts = {'inputs': {name: inputs.get(name, spec['default']) for name, spec in action['inputs'].items()},
                    'steps': {}, 'pull_request': event == 'pull_request'}
        environment, good = {**self.environment, 'GITHUB_EVENT_NAME': event}, True
        for step in action['runs']['steps']:
            condition = step.get('if', 'True')
            if not (good or 'always()' in condition) or not self.value(condition, contexts):
                continue
            options = {name: self.filled(value, contexts) for name, value in step.get('with', {}).items()}
            uses = step.get('uses', '')
            if uses.startswith('actions/checkout@'):
                self.check_out(revision, self.workspace / options['path'], options['fetch-depth'])
            elif uses.startswith('actions/cache@'):
                self.cache_keys.append(options['key'])
            elif uses.startswith('actions/upload-artifact@'):
                self.upload(options)
            else:
                assert not uses, uses
                assert '${{' not in step['run'], 'a shell would carry out what an input says'
                good = self.shell(step, environment, contexts) and good
        return {name: self.filled(spec['value'], contexts) for name, spec in action['outputs'].items()}, good

    def shell(self, step, environment, contexts):
        outputs, path = self.temp / 'outputs', self.temp / 'path'
        for file in (outputs, path):
            file.write_text('')
        own = {name: self.filled(value, contexts) for name, value in step.get('env', {}).items()}
        done = subprocess.run(['bash', '--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', step['run']],
                              cwd=self.workspace, stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=200, check=False,
                              env={**environment, **own, 'GITHUB_OUTPUT': str(outputs), 'GITHUB_PATH': str(path)})
        self.log += done.stdout
        contexts['steps'][step.get('id', '')] = dict(line.split('=', 1) for line in outputs.read_text().splitlines())
        environment['PATH'] = ':'.join([*path.read_text().splitlines(), environment['PATH']])
        return done.returncode == 0


class Repository(unittest.TestCase):
    """A service with its suite in a folder with a space, and a pull request's merge commit to judge."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.origin, self.calls = self.folder / 'origin', self.folder / 'calls'
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(('GITHUB_', 'CI_', 'GATE_', 'TRACETAX'))}
        self.environment |= {'CALLS': str(self.calls)}
        for path in ('ci', '.github/workflows', 'my service'):
            (self.origin / path).mkdir(parents=True)
        self.server = self.origin / 'my service/server.py'
        self.server.write_text((ROOT / 'scenarios/examples/hello_server.py').read_text('utf-8'))
        self.suite = self.origin / 'ci/budget.json'
        self.suite.write_text(replaced((ROOT / 'ci/gate/budget.json').read_text('utf-8'),
                                       {EMULATED: SERVICE, BUDGET: '"budget": "60%", "regress": "50%"'}))
        self.workflow = self.origin / '.github/workflows/gate.yml'
        self.workflow.write_text(yaml_blocks(ACTION / 'README.md')[0])
        self.git('init', '--quiet', '--initial-branch=main')
        self.git('config', 'uploadpack.allowAnySHA1InWant', 'true')
        self.base = self.commit('a service')

    def git(self, *arguments, cwd=None):
        who = ('-c', 'user.name=a', '-c', 'user.email=a@localhost')
        return subprocess.run(['git', *who, *arguments], cwd=cwd or self.origin, check=True, text=True,
                              capture_output=True).stdout.strip()

    def commit(self, message):
        self.git('add', '--all')
        self.git('commit', '--quiet', '--allow-empty', '--message', message)
        return self.git('rev-parse', 'HEAD')

    def merge_commit(self):
        """Of what the work tree holds: the base and two commits of a pull request, merged as GitHub does it."""
        self.git('checkout', '--quiet', '-b', 'change')
        self.commit('first try')
        head = self.commit('a change')
        self.git('checkout', '--quiet', 'main')
        self.git('merge', '--quiet', '--no-ff', head, '--message', 'merge')
        return self.git('rev-parse', 'HEAD')

    def put_on_path(self, text):
        programs = self.folder / 'programs'
        programs.mkdir(exist_ok=True)
        (programs / 'tracetax').write_text(text)
        (programs / 'tracetax').chmod(0o755)
        self.environment['PATH'] = f'{programs}:{os.environ["PATH"]}'

    def on_github(self, inputs, event='pull_request', revision=None, code=0):
        runner = Runner(self.folder / 'work space', self.origin, {**self.environment, 'CODE': str(code)})
        outputs, good = runner.run(ACTION, inputs, event, revision or self.merge_commit())
        self.runner = runner
        return outputs, good

    def called(self):
        return [json.loads(line) for line in self.calls.read_text().splitlines()]

    def artifact(self, name):
        return (self.runner.artifacts / name).read_text('utf-8')


class Steps(Repository):
    """With a tracetax that writes down how it is called."""

    def setUp(self):
        super().setUp()
        self.put_on_path(STAND_IN)

    def test_the_workflow_of_the_readme(self):
        shutil.move(self.server, self.origin / 'server.py')
        self.base = self.commit('where the workflow has it')
        uses = load(self.workflow.read_text())['jobs']['tracing-gate']['steps'][0]
        self.assertEqual(uses['uses'], 'OWNER/tracetax/ci/action@v1')
        outputs, good = self.on_github(uses['with'])
        self.assertTrue(good, self.runner.log)
        self.assertEqual((outputs['verdict'], outputs['exit-code'], outputs['overhead_pct']), ('pass', '0', '4.20'))
        self.assertTrue(outputs['report'].endswith('/tracetax-gate/out/report.html'), outputs)
        measure = self.called()[0]
        words = measure['words']
        self.assertEqual(words[0], 'measure')
        self.assertEqual(words[words.index('--budget'):], ['--budget', 'cpu=5%', '--get', '/hello/ada', '--max-time', '20m',
                                                           '--', 'python3', 'server.py', '{port}'])
        self.assertEqual(measure['folder'], str(self.runner.workspace / 'tracetax-gate/head'))
        self.assertTrue(words[words.index('--base') + 1].endswith('/base/.'), words)
        self.assertEqual(self.runner.summary.read_text().split('\n')[0], '**pass**')
        self.assertEqual(self.artifact('pull-request'), '7\n')
        for name in ('report.html', 'report.md', 'result.json', 'verdict.md', 'junit.xml'):
            self.assertTrue(self.artifact(name), name)
        self.assertEqual(self.runner.cache_keys, [], 'what is on PATH is not built')

    def test_a_change_is_judged_by_the_budget_of_its_base(self):
        before = self.suite.read_text()
        self.suite.write_text(before.replace('60%', '1000%'))
        self.workflow.write_text('on: pull_request\n')
        outputs, good = self.on_github({'suite': 'ci/budget.json', 'working-directory': 'my service'}, code=1)
        self.assertFalse(good)
        self.assertEqual((outputs['verdict'], outputs['exit-code']), ('fail', '1'))
        gate = self.called()[0]
        self.assertEqual(gate['suite'], before)
        words = gate['words']
        self.assertTrue(words[words.index('--head') + 1].endswith('work space/tracetax-gate/head/my service'), words)
        self.assertTrue(words[words.index('--base') + 1].endswith('/base/my service'), words)
        summary = self.runner.summary.read_text()
        self.assertTrue(summary.startswith('**fail**\n'), summary)
        for text in (summary, self.artifact('verdict.md')):
            self.assertIn('This change edits `ci/budget.json`. It was judged by the suite of the base', text)
            self.assertIn('This change edits `.github/workflows/gate.yml`, which says what is measured', text)
        self.assertIn('::error title=Tracing gate::', self.runner.log)

    def test_the_first_suite_is_that_of_the_change(self):
        text = self.suite.read_text()
        self.suite.unlink()
        self.base = self.commit('not yet')
        self.suite.write_text(text)
        _, good = self.on_github({'suite': 'ci/budget.json', 'working-directory': 'my service'})
        self.assertTrue(good, self.runner.log)
        self.assertIn('The base revision has no `ci/budget.json`, so that of this change was used: once.',
                      self.runner.summary.read_text())

    def test_a_push_is_judged_alone(self):
        _, good = self.on_github({'suite': 'ci/budget.json'}, event='push', revision=self.base)
        self.assertTrue(good, self.runner.log)
        self.assertNotIn('--base', self.called()[0]['words'])
        self.assertNotIn('pull-request', os.listdir(self.runner.artifacts))

    def test_an_inconclusive_gate_warns(self):
        outputs, good = self.on_github({'suite': 'ci/budget.json'}, code=INCONCLUSIVE)
        self.assertTrue(good, self.runner.log)
        self.assertEqual((outputs['verdict'], outputs['exit-code']), ('inconclusive', '3'))
        self.assertIn('::warning title=Tracing gate::', self.runner.log)

    def test_what_could_not_be_measured_is_told(self):
        outputs, good = self.on_github({'suite': 'ci/budget.json'}, code=USAGE)
        self.assertFalse(good)
        self.assertEqual((outputs['verdict'], outputs['exit-code']), ('none', '2'))
        summary = self.runner.summary.read_text()
        self.assertTrue(summary.startswith('**Tracing gate: nothing was measured** (exit code 2)\n'), summary)
        self.assertIn('    tracetax: `no` "such" option\n', summary)

    def test_both_are_built_where_the_service_is(self):
        build = 'test "$(basename "$PWD")" = "my service" && echo "built $PWD" >>"$CALLS.built" && echo talk'
        _, good = self.on_github({'suite': 'ci/budget.json', 'working-directory': 'my service', 'build': build})
        self.assertTrue(good, self.runner.log)
        self.assertEqual(len(pathlib.Path(f'{self.calls}.built').read_text().splitlines()), 2)

    def test_builds_that_fail(self):
        (self.origin / 'new').touch()
        _, good = self.on_github({'suite': 'ci/budget.json', 'build': 'test -e new'})
        self.assertTrue(good, self.runner.log)
        self.assertNotIn('--base', self.called()[0]['words'])
        self.assertIn('The base revision could not be built', self.runner.summary.read_text())

    def test_a_head_that_does_not_build_fails(self):
        outputs, good = self.on_github({'suite': 'ci/budget.json', 'build': 'exit 7'})
        self.assertFalse(good)
        self.assertFalse(self.calls.exists())
        self.assertIn('the build failed with exit code 7', self.runner.log)

    def test_inputs_are_no_script(self):
        evil = '$(touch "$CALLS.evil") `touch $CALLS.evil`; touch "$CALLS.evil" #'
        inputs = {'command': f"./a\\ b 'x y' {{port}} '{evil}'", 'get': '/a b' + evil, 'budget': evil, 'options': f"--name '{evil}'",
                  'artifact': evil}
        _, good = self.on_github(inputs)
        self.assertTrue(good, self.runner.log)
        words = self.called()[0]['words']
        self.assertEqual(words[words.index('--') + 1:], ['./a b', 'x y', '{port}', evil])
        self.assertEqual(words[words.index('--name') + 1], evil)
        self.assertFalse(list(self.folder.glob('*.evil')))

    def test_what_is_asked_wrongly(self):
        gate = ACTION / 'gate-pull-request'
        for asked, words in (({}, 'give a suite'), ({'GATE_SUITE': 'a', 'GATE_COMMAND': 'b'}, 'do not go together'),
                             ({'GATE_SUITE': '/etc/passwd'}, 'is not below the checkout'),
                             ({'GATE_SUITE': 'a', 'GATE_FOLDER': 'x/../..'}, 'is not below the checkout'),
                             ({'GATE_SUITE': 'nowhere.json'}, 'there is no nowhere.json'),
                             ({'GATE_COMMAND': "'open"}, 'a quote is open'),
                             ({'GATE_SUITE': 'a', 'GITHUB_EVENT_NAME': 'pull_request_target'}, 'not for pull_request_target'),
                             ({'GATE_SUITE': 'a', 'GITHUB_EVENT_NAME': 'pull_request'}, 'give base too')):
            done = subprocess.run([gate], env={**self.environment, **asked}, cwd=self.origin, text=True,
                                  capture_output=True, check=False)
            self.assertEqual(done.returncode, USAGE, (asked, done.stderr))
            self.assertIn(words, done.stderr)
        self.assertIn('GATE_SUITE', subprocess.run([gate, '--help'], text=True, capture_output=True, check=True).stdout)

    def test_by_hand_against_a_revision(self):
        (self.origin / 'README').write_text('a change')
        self.commit('a change')
        done = subprocess.run([ACTION / 'gate-pull-request'], cwd=self.origin, text=True, capture_output=True, check=False,
                              env={**self.environment, 'GATE_SUITE': 'ci/budget.json', 'GATE_BASE': 'HEAD~1', 'CODE': '3'})
        self.assertEqual(done.returncode, INCONCLUSIVE, done.stderr)
        self.assertEqual(self.git('worktree', 'list').count('\n'), 0)

    def test_packages_that_are_none(self):
        odd = self.folder / 'odd.zip'
        odd.touch()
        for options, words in ((['--package', 'nowhere.deb'], 'nowhere.deb is not there'),
                               (['--package', 'http://localhost/x.deb'], 'x.deb is not there'),
                               (['--package', odd], 'neither a .deb nor a .tar.gz'),
                               (['--package', odd, '--sha256', '0' * 64], 'has another sha256'),
                               (['--pakage', odd], "unknown option '--pakage'")):
            done = subprocess.run([ACTION / 'install-tracetax', *options, '--into', self.folder], text=True,
                                  capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (USAGE, ''), done.stderr)
            self.assertIn(words, done.stderr)

    def test_what_would_be_built_has_a_name(self):
        keys = {subprocess.run([ACTION / 'install-tracetax', '--key'], env={'PATH': '/usr/bin:/bin', 'HOME': '/'}, text=True,
                               capture_output=True, check=True).stdout for _ in range(2)}
        self.assertEqual(len(keys), 1)
        key = keys.pop()
        self.assertRegex(key, r'^tracetax-\w+-[\w.]*-\w+-[0-9a-f]{20}\n$')
        cached = self.folder / 'cached build'
        cached.mkdir()
        (cached / 'built-of').write_text(key)
        found = subprocess.run([ACTION / 'install-tracetax', '--into', cached], env={'PATH': '/usr/bin:/bin', 'HOME': '/'},
                               text=True, capture_output=True, check=True).stdout
        self.assertEqual(found, f'{cached}/bin\n')

class Measured(Repository):
    """For real, by the installed programs as a package."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        tree = pathlib.Path(folder.name, 'tracetax')
        subprocess.run(['cmake', '--install', BIN.parent, '--prefix', tree], check=True, capture_output=True)
        cls.package = tree.with_name('tracetax package.tar.gz')
        with tarfile.open(cls.package, 'w:gz', compresslevel=1) as package:
            package.add(tree, 'tracetax')

    def check(self, code, expected, out, log):
        broken = set()
        if (out / 'result.json').is_file():
            result = json.loads((out / 'result.json').read_text('utf-8'))
            broken = {void['rule'] for segment in result['segments'] for void in segment['voids']}
        if code == INVALID and broken and broken <= NOISE:
            self.skipTest(f'the machine is too busy: {broken}')
        self.assertIn(code, expected, log)

    def test_a_slower_revision_that_loosens_its_budget_fails_on_github(self):
        self.server.write_text(replaced(self.server.read_text('utf-8'), {'    def do_GET(self):\n': BURN}))
        self.suite.write_text(replaced(self.suite.read_text(), {'"regress": "50%"': '"regress": "5000%"'}))
        outputs, good = self.on_github({'suite': 'ci/budget.json', 'working-directory': 'my service',
                                        'package': str(self.package), 'options': SHORT})
        out = self.runner.workspace / 'tracetax-gate/out'
        self.check(int(outputs['exit-code'] or '70'), [FAIL], out, self.runner.log)
        self.assertFalse(good)
        self.assertEqual(outputs['verdict'], 'fail')
        self.assertRegex(outputs['overhead_pct'], r'^-?\d+\.\d\d$')
        self.assertIn('against the base revision', self.runner.log)
        summary = self.runner.summary.read_text()
        self.assertTrue(summary.startswith('<!-- tracetax:gate:tracing-gate -->\n'), summary[:200])
        self.assertIn('It was judged by the suite of the base revision', summary)
        for name in ('report.html', 'report.md', 'result.json', 'verdict.md', 'junit.xml', 'pull-request'):
            self.assertTrue(self.artifact(name), name)

    def test_a_command_is_judged_against_a_revision_by_hand(self):
        self.server.write_text(replaced(self.server.read_text('utf-8'), {'    def do_GET(self):\n': BURN}))
        self.commit('slower')
        tree = self.folder / 'tracetax'
        with tarfile.open(self.package) as package:
            package.extractall(self.folder)
        done = subprocess.run([tree / 'share/tracetax/ci/action/gate-pull-request'], cwd=self.origin, text=True,
                              capture_output=True, timeout=200, check=False,
                              env={**self.environment, 'PATH': f'{tree}/bin:{os.environ["PATH"]}', 'GATE_BASE': self.base,
                                   'GATE_COMMAND': 'python3 server.py {port}', 'GATE_FOLDER': 'my service', 'GATE_GET': '/hello/ada',
                                   'GATE_BUDGET': 'cpu=1000%', 'GATE_OPTIONS': SHORT.replace('250ms', '500ms') + ' --arms off,on@100% --rate 300/s'})
        out = self.origin / 'tracetax-gate'
        self.check(done.returncode, [FAIL], out, done.stdout + done.stderr)
        arms = [arm['id'] for arm in json.loads((out / 'result.json').read_text('utf-8'))['arms']]
        self.assertEqual(arms, ['off', 'on@100%', 'base-on@100%'])

    def test_the_same_service_passes_on_gitlab(self):
        shutil.move(self.server, self.origin / 'server.py')
        self.base = self.commit('where the suite has it')
        (self.origin / 'README').write_text('a change that costs nothing\n')
        head = self.commit('a word')
        template = load((ACTION / 'gitlab.yml').read_text('utf-8'))['tracing-gate']
        own = load(yaml_blocks(ACTION / 'README.md')[-1])['tracing-gate']
        project = self.folder / 'project'
        self.git('clone', '--quiet', f'file://{self.origin}', str(project))
        self.git('checkout', '--quiet', head, cwd=project)
        sources = self.folder / 'builds/tracetax-1'
        (sources / 'ci').mkdir(parents=True)
        for name in ('action', 'gate'):
            (sources / 'ci' / name).symlink_to(ROOT / 'ci' / name)
        clone = [line for line in template['script'] if line.startswith('git clone')]
        self.assertEqual(len(clone), 1)
        environment = {**self.environment, **template['variables'], **own['variables'], 'CI_PROJECT_DIR': str(project),
                       'CI_BUILDS_DIR': str(self.folder / 'builds'), 'CI_JOB_ID': '1', 'TRACETAX_PACKAGE': str(self.package),
                       'CI_MERGE_REQUEST_DIFF_BASE_SHA': self.base, 'GATE_OPTIONS': SHORT, 'GATE_BUILD': 'python3 -m compileall -q .'}
        script = '\n'.join(line for line in template['script'] if line not in clone)
        done = subprocess.run(['bash', '-e', '-o', 'pipefail', '-c', script], cwd=project, env=environment, text=True,
                              capture_output=True, timeout=200, check=False)
        self.check(done.returncode, [PASS], project / 'tracetax-gate', done.stdout + done.stderr)
        self.assertTrue((project / 'tracetax-gate/junit.xml').is_file())


class Templates(unittest.TestCase):
    def test_inconclusive_is_yellow_on_gitlab(self):
        job = load((ACTION / 'gitlab.yml').read_text('utf-8'))['tracing-gate']
        self.assertEqual(job['allow_failure'], {'exit_codes': [INCONCLUSIVE]})
        self.assertEqual(job['artifacts']['when'], 'always')

    def test_commenting_runs_nothing_of_the_pull_request(self):
        action = load((ACTION / 'comment/action.yml').read_text('utf-8'))
        download, comment = action['runs']['steps']
        self.assertRegex(download['uses'], '^actions/download-artifact@')
        self.assertRegex(comment['uses'], '^actions/github-script@')
        # Nothing that a stranger wrote is pasted into the script.
        self.assertNotIn('${{', comment['with']['script'])
        self.assertIn('HEAD_SHA', comment['with']['script'])
        # What is read is what is uploaded.
        upload = load((ACTION / 'action.yml').read_text('utf-8'))['runs']['steps'][-1]['with']
        read = re.findall(r"'tracetax-gate/([\w./-]+)'", comment['with']['script'])
        self.assertEqual(sorted(read), ['pull-request', 'verdict.md'])
        for name in read:
            self.assertIn(f'tracetax-gate/out/{name}\n', upload['path'] + '\n')

    def test_the_readme_knows_all_inputs_and_outputs(self):
        text = (ACTION / 'README.md').read_text('utf-8')
        action = load((ACTION / 'action.yml').read_text('utf-8'))
        for name in [*action['inputs'], *action['outputs']]:
            self.assertIn(f'`{name}`', text)
        on = load(yaml_blocks(ACTION / 'README.md')[2])['on']
        self.assertEqual(list(on), ['workflow_run'])


if __name__ == '__main__':
    unittest.main()
