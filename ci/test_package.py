"""The packages that scripts/package made: the .deb is installed in a clean Debian, used there, and removed without traces;
the tarball runs where it is unpacked; a plugin is built against both. Not part of the normal tests: scripts/test -L package.

The clean Debian is made by debootstrap, which takes root and Debian's mirror, and kept as build/package/clean-debian.tar.
Everything is mounted in a namespace of its own, so nothing stays mounted whatever ends the test. With TRACETAX_SOURCE.
SPDX-License-Identifier: Apache-2.0
"""
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ['TRACETAX_SOURCE'])
BUILD = SOURCE / 'build/package'
# What the package manager and a look-up of names write down for themselves.
OF_DPKG = ('/var/lib/dpkg/', '/var/log/', '/var/cache/', '/etc/ld.so.cache', '/tmp', '/root', '/proc', '/sys', '/dev')
# The whole suite, shortened: 2 blocks of short segments.
SHORTENED = ' --out /tmp/out --set design.blocks=2 --set design.measure=400ms --set design.warmup=200ms'


def call(*command, **more):
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, **more)


def succeed(*command, **more):
    done = call(*command, **more)
    if done.returncode != 0:
        raise AssertionError(f'{command} ended with {done.returncode}:\n{done.stdout}')
    return done.stdout


def shown(heading):
    """The commands that docs/install.md has under this heading, word for word."""
    page = (SOURCE / 'docs/install.md').read_text('utf-8')
    return re.search(rf'\n## {heading}\n.*?```text\n(.*?)```', page, re.S)[1]


def the_one(pattern):
    found = list(BUILD.glob(pattern))
    if len(found) != 1:
        raise unittest.SkipTest(f'not run: {BUILD} has no one {pattern}; scripts/package makes it')
    return found[0]


def setUpModule():
    global folder, deb, tarball
    deb, tarball = the_one('*.deb'), the_one('*.tar.gz')
    folder = pathlib.Path(tempfile.mkdtemp(prefix='tracetax-package-'))
    unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)


class Contents(unittest.TestCase):
    def test_what_it_depends_on(self):
        self.assertRegex(succeed('dpkg-deb', '--field', deb, 'Depends'), r'^libc6 \(>= 2\.\d+\)$')
        self.assertRegex(succeed('dpkg-deb', '--field', deb, 'Version'), r'^\d+\.\d+\.\d+$')

    def test_a_plugin_is_built_against_each(self):
        from_deb, from_tarball = folder / 'of deb', folder / 'of tarball'
        succeed('dpkg', '-x', deb, from_deb)
        from_tarball.mkdir()
        succeed('tar', '-xzf', tarball, '-C', from_tarball, '--strip-components=1')
        for prefix in (from_deb / 'usr', from_tarball):
            build = prefix.parent / f'{prefix.name} plugin'
            succeed('cmake', '-S', prefix / 'share/tracetax/plugin_template', '-B', build, f'-DCMAKE_PREFIX_PATH={prefix}')
            succeed('cmake', '--build', build)
            said = succeed(prefix / 'bin/tracetax', 'list', 'scenarios', '--plugin', build / 'example_scenario.so', cwd='/')
            self.assertIn('example-users', said)
            for program in ('tracetax', 'tracetax-target'):
                needed = {line.split()[0] for line in succeed('ldd', prefix / 'bin' / program).splitlines()}
                self.assertLessEqual(needed, {'linux-vdso.so.1', 'libm.so.6', 'libc.so.6', '/lib64/ld-linux-x86-64.so.2',
                                              '/lib/ld-linux-aarch64.so.1'})


class CleanDebian(unittest.TestCase):
    def setUp(self):
        if os.geteuid() != 0:
            self.skipTest('not run: a clean Debian takes root')
        if call('unshare', '--mount', '--pid', '--fork', 'true').returncode != 0:
            self.skipTest('not run: this container may not mount anything')
        self.root = folder / 'root'
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        kept = BUILD / 'clean-debian.tar'
        if not kept.exists():
            if not shutil.which('debootstrap'):
                self.skipTest('not run: debootstrap is missing')
            made = folder / 'made'
            done = call('debootstrap', '--variant=minbase', 'bookworm', made, timeout=500)
            if done.returncode != 0:
                self.skipTest(f'not run: debootstrap failed: {done.stdout[-300:]}')
            succeed('tar', '-cf', f'{kept}.new', '-C', made, '.')
            os.rename(f'{kept}.new', kept)
            shutil.rmtree(made)
        self.root.mkdir()
        succeed('tar', '-xpf', kept, '-C', self.root)

    def inside(self, script, timeout=300):
        """In the clean Debian, with /proc, /sys and /dev. The namespace ends with its first process, and its mounts with it."""
        mounts = 'mount -t proc proc "$1/proc" && mount --rbind /sys "$1/sys" && mount --rbind /dev "$1/dev"'
        return call('unshare', '--mount', '--pid', '--fork', '--kill-child', 'sh', '-c',
                    f'{mounts} && exec chroot "$1" /usr/bin/env -i HOME=/root PATH=/usr/bin:/bin:/usr/sbin:/sbin sh -c "$2"',
                    'sh', self.root, script, timeout=timeout)

    def files(self):
        found = succeed('find', self.root, '-xdev', '-printf', '/%P\n').splitlines()
        return {path for path in found if not path.startswith(OF_DPKG)}

    def test_it_is_installed_used_and_removed(self):
        before = self.files()
        shutil.copy(deb, self.root / 'tmp')
        *install, run = shown('Debian package').splitlines()
        done = self.inside('cd /tmp && ' + ' && '.join([*install, 'tracetax list suites', 'tracetax-target gin --describe']))
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertRegex(done.stdout, r'\ntracetax \d+\.\d+\.\d+')
        self.assertIn('quick', done.stdout)
        self.assertIn('/usr/share/tracetax/suites/quick.json', self.files())
        self.assertEqual(run, 'tracetax run quick')
        done = self.inside(run + SHORTENED)
        self.assertIn(done.returncode, (0, 4), done.stdout)  # 4: the machine is too busy for a number
        self.assertTrue((self.root / 'tmp/out/result.json').is_file(), done.stdout)
        self.assertIn('spans expected', done.stdout)
        done = self.inside('dpkg --purge tracetax && ! command -v tracetax && ! dpkg -s tracetax')
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertEqual(self.files(), before)
        self.assertNotIn(str(self.root), pathlib.Path('/proc/self/mountinfo').read_text('utf-8'))

    def test_the_tarball_runs_where_it_is_unpacked(self):
        shutil.copy(tarball, self.root / 'tmp')
        done = self.inside(f"cd /tmp && set -e && {shown('Tarball')} tracetax gate selftest --dry-run")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn('quick', done.stdout)


if __name__ == '__main__':
    unittest.main()
