// Scripts that people type.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
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
