import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCold } from '../../../harness/runner/cold.ts';

const MEMORY = '/dev/shm';
const TMPFS_MAGIC = 0x01021994;

test('a slot with cold caches is skipped, not failed, where the files are in memory', {
  skip: statfsSync(MEMORY).type !== TMPFS_MAGIC && `${MEMORY} is no tmpfs`,
}, async (t) => {
  const folder = mkdtempSync(join(MEMORY, 'cfsbench-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'manifest');
  writeFileSync(path, 'x');
  await assert.rejects(makeCold([path], null), {
    code: 'skip',
    message: 'files in memory cannot be made cold',
    facts: [`on a tmpfs: ${path}`],
  });
});
