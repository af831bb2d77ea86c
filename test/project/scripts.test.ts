// Scripts that people type.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './sources.ts';

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

test('a corpus that cannot be made ends the fuzzing before its targets start', (t) => {
  const home = mkdtempSync(join(tmpdir(), 'cfsbench-fuzz-'));
  t.after(() => rmSync(home, { recursive: true }));
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
