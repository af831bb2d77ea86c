// The package that people install: made, unpacked beside the npm packages of this checkout, and used with a home of its own.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { tooOld } from '../../harness/cli/node-version.ts';
import { needsCompiler, needsOtherUser } from '../harness/sys/support.ts';

const NOBODY = 65_534;
const CHECKOUT = resolve(import.meta.dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'cfsbench-package-'));
const installed = join(folder, 'lib', 'cfsbench');
const home = join(folder, 'home');
const work = join(folder, 'work');

const outside = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:npm_|XDG_)/.test(name)));

const cfsbenchAt = (HOME: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(installed, 'build/harness/cli/main.js'), ...args], {
    cwd: work,
    encoding: 'utf8',
    // Runs of other tests do not use this cache.
    env: { ...outside(), HOME, CFSBENCH_LOCKS: '' },
  });

const cfsbench = (...args: string[]) => cfsbenchAt(home, ...args);

before(() => {
  for (const path of [installed, home, work]) mkdirSync(path, { recursive: true });
  const [tarball = ''] = execFileSync('sh', [join(CHECKOUT, 'scripts/make-package'), 'made'], {
    cwd: folder,
    encoding: 'utf8',
    env: outside(),
  }).split('\n');
  // A relative folder is that of the caller.
  assert.equal(dirname(tarball), join(folder, 'made'));
  execFileSync('tar', ['xzf', tarball, '-C', installed, '--strip-components=1']);
  symlinkSync(join(CHECKOUT, 'node_modules'), join(installed, 'node_modules'));
});

after(() => rmSync(folder, { recursive: true }));

test('the first use compiles into the cache folder, and clean --cache removes it', {
  skip: needsCompiler,
}, () => {
  const cache = join(home, '.cache', 'cfsbench');
  assert.match(
    cfsbench('--version').stdout,
    /^cfsbench .* \(commit [0-9a-f]{12}(?:\+[0-9a-f]{8})?\)\ncfs-fuse: not compiled yet/,
  );
  const first = cfsbench('doctor', '--json', '--work', work);
  assert.match(
    first.stderr,
    /^compiling the FUSE server and the library of timed windows into .* \(first use\)$/m,
  );
  assert.equal(JSON.parse(first.stdout)['cfs-fuse'].ok, true, first.stdout);
  assert.equal(cfsbench('doctor', '--json', '--work', work).stderr, '');
  assert.match(
    cfsbench('--version').stdout,
    /^cfsbench [\d.]+ \(commit [0-9a-f]{12}(?:\+[0-9a-f]{8})?\)\ncfs-fuse [\d.]+\n$/,
  );
  assert.deepEqual(readdirSync(join(cache, 'native')).length, 1, 'one folder for this state of the sources');
  const [removed = ''] = cfsbench('clean', '--cache').stdout.split('\n');
  assert.match(removed, /^removed: \S+ \([\d.]+ MB\)$/);
  assert.ok(removed.includes(` ${cache} `));
  assert.equal(existsSync(cache), false);
});

test('a guest gets every part of an installed package, compiled at its first use', {
  skip: needsCompiler,
}, () => {
  cfsbench('doctor', '--json', '--work', work);
  const parts = [
    `import { programParts } from '${installed}/build/harness/vm/program-parts.js';`,
    `import { PACKAGE } from '${installed}/build/harness/native/paths.js';`,
    'for (const { from, to } of programParts(PACKAGE)) console.log(from, to);',
  ].join('\n');
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', parts], {
    encoding: 'utf8',
    // Runs of other tests do not use this cache.
    env: { ...outside(), HOME: home, CFSBENCH_LOCKS: '' },
  });
  const lines = stdout.trim().split('\n');
  assert.ok(lines.includes(`${installed}/fixtures fixtures`), stderr);
  assert.ok(
    lines.some((line) => /\/native\/[0-9a-f]+\/daemon\/cfs-fuse build\/daemon\/cfs-fuse$/.test(line)),
    stdout,
  );
  assert.ok(
    lines.some((line) => line.endsWith(' node_modules/koffi')),
    stdout,
  );
});

test('a file that others can write to is not used as a program', { skip: needsCompiler }, () => {
  cfsbench('doctor', '--json', '--work', work);
  const native = join(home, '.cache', 'cfsbench', 'native');
  const [id = ''] = readdirSync(native);
  execFileSync('chmod', ['0777', join(native, id)]);
  const { stdout } = cfsbench('--version');
  assert.match(stdout, /\ncfs-fuse: missing, and no run compiles it: others can write to \/.*native\//);
});

test('a user without a home is told that no run compiles the programs', {
  skip: needsOtherUser,
}, () => {
  chmodSync(folder, 0o755);
  const nobody = (...args: string[]) =>
    spawnSync(process.execPath, [join(installed, 'build/harness/cli/main.js'), ...args], {
      cwd: '/',
      uid: NOBODY,
      gid: NOBODY,
      encoding: 'utf8',
      env: { ...outside(), HOME: '/', CFSBENCH_LOCKS: '' },
    });
  const reason = 'no home folder belongs to this user';
  assert.match(
    nobody('--version').stdout,
    new RegExp(`cfs-fuse: missing, and no run compiles it: ${reason}\n$`),
  );
  const { stdout, stderr } = nobody('doctor', '--json', '--work', tmpdir());
  assert.match(
    stderr,
    new RegExp(`cannot be compiled: .* is skipped\n {2}${reason}\n {2}try: XDG_CACHE_HOME`),
  );
  assert.equal(JSON.parse(stdout)['cfs-fuse'].ok, false);
});

test('where the cache folder cannot be made, what needs the programs is missing, with the reason', () => {
  const odd = join(folder, 'odd-home');
  mkdirSync(odd);
  writeFileSync(join(odd, '.cache'), '');
  const { stdout, stderr } = cfsbenchAt(odd, 'doctor', '--json', '--work', work);
  assert.match(
    stderr,
    /^the FUSE server and the .* cannot be compiled: everything that needs them is skipped\n {2}\w+: .*\.cache.*\n {2}try: XDG_CACHE_HOME/,
  );
  assert.equal(JSON.parse(stdout)['cfs-fuse'].ok, false);
  assert.equal(cfsbenchAt(odd, 'list', '--work', work).status, 0);
});

/** Commands of npm that need no network; `npm ci` installs one file. */
const NPM = `#!/bin/sh
case $1 in
ci) mkdir -p "$3/node_modules/one" && echo '{}' >"$3/node_modules/one/package.json" ;;
*) exec "$REAL_NPM" "$@" ;;
esac
`;

test('all files of a Debian package can be read by all, whatever the umask of its builder', {
  skip:
    needsCompiler ||
    (spawnSync('dpkg-deb', ['--version']).status === 0 ? false : 'dpkg-deb is not installed'),
}, () => {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'npm'), NPM, { mode: 0o755 });
  const out = join(folder, 'packages');
  const made = execFileSync('sh', ['-c', 'umask 077; sh scripts/make-package deb "$1"', 'sh', out], {
    cwd: CHECKOUT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      ...outside(),
      PATH: `${bin}:${process.env['PATH']}`,
      REAL_NPM: execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim(),
    },
  });
  const [, deb = ''] = made.trim().split('\n');
  const lines = execFileSync('dpkg-deb', ['-c', deb], { encoding: 'utf8' }).trim().split('\n');
  assert.ok(lines.some((line) => line.endsWith('/usr/lib/cfsbench/node_modules/one/package.json')));
  const ends = (name: string): RegExp => new RegExp(`^(\\S+) .*/${name}$`);
  const modeOf = (name: string) => ends(name).exec(lines.find((line) => ends(name).test(line)) ?? '')?.[1];
  assert.equal(modeOf('cfs-fuse'), '-rwxr-xr-x');
  assert.equal(modeOf('cfsbench.1.gz'), '-rw-r--r--');
  assert.equal(modeOf('copyright'), '-rw-r--r--');
  for (const line of lines) assert.match(line, /^(?:drwxr-xr-x|-rw[-x]r-[-x]r-[-x]|l.{9}) root\/root /);
});

test('list names the shipped fixtures, and a missing run is not called a bug', () => {
  const { stdout, stderr, status } = cfsbench('list', '--work', work);
  assert.equal(status, 0, stderr);
  assert.match(stdout, /debian-12-base/);
  assert.match(
    cfsbench('report', '/none').stderr,
    /^cfsbench: cannot read \/none\/run.json: no such file or folder/,
  );
});

test('completions are scripts of their shells and know every command', (t) => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const file = join(installed, 'build/share', `completion.${shell}`);
    const { error, status, stderr } = spawnSync(shell, ['-n', file], { encoding: 'utf8' });
    if (error === undefined) assert.equal(status, 0, stderr);
    else t.diagnostic(`${shell} is not installed: its syntax is not checked`);
  }
  const words = (line: string): readonly string[] =>
    execFileSync(
      'bash',
      [
        '-c',
        `. "$1"; COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _cfsbench; echo "\${COMPREPLY[@]}"`,
        'bash',
        join(installed, 'build/share/completion.bash'),
      ],
      { encoding: 'utf8' },
    )
      .trim()
      .split(' ');
  assert.deepEqual(words('cfsbench comp'), ['compare', 'completion']);
  assert.deepEqual(words('cfsbench run --prof'), ['--profile']);
  assert.deepEqual(words("cfsbench image ''").slice(0, 1), ['build']);
});

/** The first completion of a shell whose `fpath` has the file, or that has read it: what it describes. */
const ZSH_COMPLETION = `
autoload -Uz _cfsbench
_describe() { local name=$2; print -l "\${(@P)name}"; }
_files() { : }
compdef() { print "compdef $*"; }
words=(cfsbench comp); CURRENT=2
if [[ $2 == read ]]; then . "$1/_cfsbench"; else fpath=("$1" $fpath); _cfsbench; fi`;

test('zsh completes at the first call already', (t) => {
  const text = readFileSync(join(installed, 'build/share/completion.zsh'), 'utf8');
  assert.match(text, /\nif \[\[ \$\{funcstack\[1\]-\} == _cfsbench \]\]; then\n {2}_cfsbench "\$@"\nelse\n/);
  const functions = join(folder, 'functions');
  mkdirSync(functions);
  writeFileSync(join(functions, '_cfsbench'), text);
  const zsh = (how: string) =>
    spawnSync('zsh', ['-f', '-c', ZSH_COMPLETION, 'zsh', functions, how], { encoding: 'utf8' });
  const called = zsh('call');
  if (called.error !== undefined) {
    t.diagnostic('zsh is not installed: only the text was looked at');
    return;
  }
  assert.match(called.stdout, /^compare:/m, called.stderr);
  assert.doesNotMatch(called.stdout, /compdef/);
  assert.equal(zsh('read').stdout, 'compdef _cfsbench cfsbench\n');
});

test('the manual page names every command and formats without a warning', (t) => {
  const page = join(installed, 'build/share/cfsbench.1');
  const groff = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-z', page], { encoding: 'utf8' });
  if (groff.error === undefined) assert.equal(groff.stderr, '');
  else t.diagnostic('groff is not installed: the page is not formatted');
  const source = execFileSync('cat', [page], { encoding: 'utf8' });
  for (const command of ['run', 'compare', 'image build', 'completion'])
    assert.ok(source.includes(`.SS cfsbench ${command}`), command);
});

test('an old Node.js is named with the way to a newer one', () => {
  assert.equal(tooOld('20.19.0'), null);
  assert.equal(tooOld('22.1.0'), null);
  for (const version of ['18.20.4', '20.18.9'])
    assert.match(tooOld(version) ?? '', /npx -y -p node@20 cfsbench/);
});
