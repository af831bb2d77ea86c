import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot, temporaryFolder } from './support.ts';

const check = (...words: readonly string[]): void => {
  const main = join(import.meta.dirname, 'bpf-recorder-main.js');
  const argv = ['--pid', '--fork', '--kill-child', '--mount-proc', process.execPath, main, ...words];
  const { status, stderr } = spawnSync('unshare', argv, { encoding: 'utf8', timeout: 60_000 });
  assert.equal(status, 0, stderr);
};

test(
  'calls of this process and of a command are recorded with their times, in their order',
  {
    skip: needsRoot,
  },
  (t) => check('order', temporaryFolder(t)),
);

test('calls beyond the capacity are not recorded, and isFull is set', { skip: needsRoot }, () =>
  check('full'),
);
