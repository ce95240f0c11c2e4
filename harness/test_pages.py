"""What tracetax says of itself: completions, asked for in the shells themselves, and manual pages, checked by
mandoc and man. zsh, fish and mandoc are Debian packages that scripts/setup installs.
SPDX-License-Identifier: Apache-2.0
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

BIN = pathlib.Path(os.environ['TRACETAX_BIN'])
PAGES = BIN.parent / 'pages'
BASH = r"""
source <(tracetax completion bash)
COMP_LINE="$1"; COMP_POINT=${#COMP_LINE}; COMP_WORDBREAKS=$' \t\n"\x27><=;|&(:'
# As readline takes a line apart: at blanks, and at "=", which is a word.
read -ra COMP_WORDS <<< "${1//=/ = }"
[[ $1 == *[[:space:]] ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
compopt() { :; }
_tracetax
printf '%s\n' "${COMPREPLY[@]}"
"""
# A terminal inside of zsh: what ^D shows there, as soon as $3 is among it.
ZSH = r"""
zmodload zsh/zpty
zpty shell zsh -f
zpty -w shell 'PS1=; fpath=($2 $fpath); autoload -U compinit; compinit -u -D; zstyle ":completion:*" list-colors ""'
zpty -w shell 'stty columns 200; setopt NO_ALWAYS_LAST_PROMPT; print READY'
while zpty -r shell line; do [[ $line == READY* ]] && break; done
zpty -w -n shell "$1"$'\C-d'
shown=
for turn in {1..150}; do
  while zpty -r -t shell line; do shown+=$line; done
  [[ $shown == *$3* ]] && break
  sleep 0.2
  # What is typed before the shell edits its line is taken by the terminal.
  (( turn % 10 == 0 )) && zpty -w -n shell $'\C-d'
done
sleep 0.3
while zpty -r -t shell line; do shown+=$line; done
print -r -- "$shown"
zpty -d shell
"""


def call(*words, **more):
    environment = {**os.environ, 'PATH': f'{BIN}:{os.environ["PATH"]}', **more.pop('env', {})}
    return subprocess.run([str(word) for word in words], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60, env=environment, **more)


def need(test, *tools):
    for tool in tools:
        if not shutil.which(tool):
            test.fail(f'{tool} is missing: run scripts/setup, which installs it (this test is never skipped)')


class Completion(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='tracetax-pages-')
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / 'mine.json').write_text('{}')
        (self.folder / 'results').mkdir()

    def in_bash(self, line):
        done = call('bash', '--norc', '-c', BASH, 'bash', line, cwd=self.folder)
        self.assertEqual(done.stderr, '')
        return done.stdout.split()

    def in_fish(self, line):
        need(self, 'fish')
        done = call('fish', '--no-config', '-c', f'tracetax completion fish | source; complete -C "{line}"',
                    cwd=self.folder, env={'HOME': str(self.folder)})
        self.assertEqual(done.stderr, '')
        return [row.split('\t')[0] for row in done.stdout.splitlines()]

    def in_zsh(self, line, word):
        need(self, 'zsh')
        functions = self.folder / 'functions'
        functions.mkdir(exist_ok=True)
        (functions / '_tracetax').write_text(call('tracetax', 'completion', 'zsh').stdout)
        done = call('zsh', '-f', '-c', ZSH.replace('$2', str(functions)), 'zsh', line, '', word, cwd=self.folder)
        return re.sub(r'\x1b\[[0-9;?]*[a-zA-Z]|[\r\x07]', '', done.stdout).split()

    def check(self, complete, behind_equals=''):
        self.assertLessEqual({'run', 'report', 'gate', 'completion'}, set(complete('tracetax ')))
        self.assertLessEqual({'quick', 'mine.json'}, set(complete('tracetax run ')))
        self.assertLessEqual({'text', 'hgrm'}, set(complete('tracetax report --format ')))
        self.assertIn('--dry-run', complete('tracetax run --d'))
        self.assertEqual({'always', 'auto'} & set(complete('tracetax run --color ')), {'always', 'auto'})
        self.assertIn(f'{behind_equals}always', complete('tracetax run --color=al'))
        self.assertIn('suites', complete('tracetax list s'))
        self.assertTrue(any(word.startswith('results') for word in complete('tracetax run --out ')))
        self.assertNotIn('mine.json', complete('tracetax run --out '))

    def test_bash(self):
        self.check(self.in_bash)

    def test_fish(self):
        self.check(self.in_fish, '--color=')

    def test_zsh(self):
        need(self, 'zsh')
        shown = self.in_zsh('tracetax ', 'selftest')
        self.assertLessEqual({'run', 'report', 'gate'}, set(shown), shown)
        shown = self.in_zsh('tracetax run ', 'quick')
        self.assertLessEqual({'quick', 'mine.json'}, set(shown), shown)
        shown = self.in_zsh('tracetax run --color=', 'never')
        self.assertLessEqual({'always', 'auto', 'never'}, set(shown), shown)

    def test_every_command_is_there_with_every_option(self):
        commands = self.in_bash('tracetax ')
        for command in commands:
            if command.startswith('-'):
                continue
            told = call('tracetax', command, '--help').stdout
            options = re.findall(r'^  (?:-[A-Za-z], )?(--[a-z0-9-]+)', told, re.M)
            self.assertEqual(sorted(set(options)), sorted(self.in_bash(f'tracetax {command} -')), command)


class Manual(unittest.TestCase):
    def test_pages_are_right_roff(self):
        need(self, 'mandoc', 'man')
        pages = sorted((PAGES / 'man1').glob('*.1'))
        commands = re.findall(r'^  ([a-z]+) ', call('tracetax', '--help').stdout, re.M)
        self.assertEqual(sorted(page.stem for page in pages),  # delay and tail are tools of suites, which --help leaves out
                         sorted(['tracetax', 'tracetax-target', 'tracetax-delay', 'tracetax-tail'] + [f'tracetax-{name}' for name in commands]))
        for page in pages:
            with self.subTest(page.name):
                lint = call('mandoc', '-T', 'lint', '-W', 'warning', page)
                self.assertEqual((lint.returncode, lint.stdout), (0, ''))
                shown = call('man', '--warnings', '-l', page, env={'MANWIDTH': '80', 'LC_ALL': 'C.UTF-8'})
                self.assertEqual((shown.returncode, shown.stderr), (0, ''))

    def test_a_page_says_what_the_help_says(self):
        shown = call('man', '-l', PAGES / 'man1/tracetax-gate.1', env={'MANWIDTH': '200', 'LC_ALL': 'C.UTF-8'}).stdout
        for words in ('--budget BUDGETS', '(default: warn)', 'EXIT STATUS', 'tracetax gate quick --budget cpu=5%'):
            self.assertIn(words, shown)
        self.assertEqual(call('tracetax', 'help', 'gate', '--man').stdout,
                         (PAGES / 'man1/tracetax-gate.1').read_text())
        self.assertEqual(call('tracetax', 'help', 'gate').stdout, call('tracetax', 'gate', '--help').stdout)


class Version(unittest.TestCase):
    def test_says_what_it_is_made_of(self):
        self.assertRegex(call('tracetax', '--version').stdout, r'^tracetax [0-9.]+\n$')
        self.assertRegex(call('tracetax-target', '--version').stdout, r'^tracetax-target [0-9.]+\n$')
        told = call('tracetax', '--version', '--verbose').stdout
        for words in (r'revision: \S+', r'built: \w+, (g\+\+|clang) ', r'OpenSSL 3\.', r'kinds of scenarios: http, grpc',
                      r'real-time priority here: (yes|no)', r'hardware counters here: (yes|no)'):
            self.assertRegex(told, words)
        self.assertEqual(call('tracetax', '--version', '--verbos').returncode, 2)


if __name__ == '__main__':
    unittest.main()
