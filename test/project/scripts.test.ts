// Scripts that people type.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../harness/sys/support.ts';
import { read, root } from './sources.ts';

/** Sourced by others, or started by action.yml. */
const NOT_TYPED = new Set(['help.sh', 'c-build.sh', 'ci-action']);

test('every script prints its usage for --help and does nothing else', () => {
  const scripts = readdirSync(join(root, 'scripts')).filter(
    (name) => !NOT_TYPED.has(name) && !name.endsWith('.mjs'),
  );
  assert.ok(scripts.length > 0);
  for (const name of scripts) {
    const { status, stdout, stderr } = spawnSync('sh', [join(root, 'scripts', name), '--help'], {
      encoding: 'utf8',
      cwd: root,
    });
    assert.deepEqual([name, status, stderr], [name, 0, '']);
    assert.match(stdout, /^(?:Usage: | {2}(?:sh|npm) |Usage)/m, name);
  }
});

/** A function of `scripts/fresh-roots`. */
const freshRoots = (name: string): string => {
  const [text] = new RegExp(`^${name}\\(\\) \\{(?:.*\\}\\n|\\n[\\s\\S]*?^\\}\\n)`, 'm').exec(
    read('scripts/fresh-roots'),
  )!;
  return text;
};

/** What a script prints that finds `text` in $TEXT. */
const shell = (script: string, text = ''): string =>
  execFileSync('sh', ['-eu'], { input: script, encoding: 'utf8', env: { ...process.env, TEXT: text } });

test('a benchmark on a fresh machine that prints no table is not recorded as one', () => {
  const words = (text: string): string =>
    shell(`plain() { printf '%s\\n' "$TEXT"; }\n${freshRoots('bench_words')}bench_words\n`, text).trim();
  const table = 'debian-12-base (4188 entries), 8 to 12 blocks\n\n  unpacked-overlay null\n  mount 1 us 1.00';
  assert.equal(words(''), 'no table');
  assert.equal(words('cfsbench: no space left on device'), 'no table');
  assert.equal(words(table), 'a table without ratios');
  assert.equal(words(`${table}\n  mount 1 us 2 us 2.00 (1.90..2.10) slow 1.00`), '1 rows of ratios');
});

test('fresh machines get the registries of npm and no token', (t) => {
  const home = temporaryFolder(t);
  const kept = 'registry=https://npm.example/\n@scope:registry = https://scope.example/\n';
  writeFileSync(
    join(home, 'rc'),
    `${kept}//npm.example/:_authToken=secret\n_auth=secret\nemail=a@example.org\n`,
  );
  writeFileSync(join(home, 'tokens'), '_auth=secret\n');
  const lines = (name: string): string =>
    shell(`${freshRoots('registry_lines')}registry_lines '${join(home, name)}'\n`);
  assert.equal(lines('rc'), kept);
  assert.equal(lines('tokens'), '');
  assert.equal(lines('none'), '');
});

test('a script that removes its files at the end removes them after a signal, too', () => {
  for (const name of readdirSync(join(root, 'scripts'))) {
    const text = read(join('scripts', name));
    if (/^ *trap .* EXIT$/m.test(text)) assert.match(text, /^trap 'exit \d+' (?:HUP )?INT TERM$/m, name);
  }
});

test('a corpus that cannot be made ends the fuzzing before its targets start', (t) => {
  const home = temporaryFolder(t);
  for (const folder of ['scripts', 'daemon', 'build/test/daemon'])
    mkdirSync(join(home, folder), { recursive: true });
  for (const name of ['fuzz', 'help.sh'])
    copyFileSync(join(root, 'scripts', name), join(home, 'scripts', name));
  const fuzz = (corpus: string) => {
    writeFileSync(join(home, 'build/test/daemon/fuzz-corpus-main.js'), corpus);
    return spawnSync('sh', [join(home, 'scripts/fuzz'), '1', 'image'], {
      encoding: 'utf8',
      env: { ...process.env, CLANG: join(home, 'compiler') },
    });
  };
  // Its programs end at once.
  const compiler = `#!/bin/sh
while [ "$1" != -o ]; do shift; done
ln -sf /bin/true "$2"
`;
  writeFileSync(join(home, 'compiler'), compiler, { mode: 0o755 });
  const made = fuzz('console.log("3 files");');
  assert.equal(made.status, 0, made.stdout + made.stderr);
  assert.match(made.stdout, /corpus: 3 files\n.*image for 1 seconds\n/);
  const failed = fuzz('process.exit(1);');
  assert.equal(failed.status, 1);
  assert.match(failed.stdout, /^cfsbench: fuzz: the corpus cannot be made \(errors are above\)\n$/);
});
