// A work folder whose paths are longer than a mount option can be (255 bytes), on every backend.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needsRoot } from '../harness/sys/support.ts';
import { diskFolder, leftOf, program, readRun } from './support.ts';

const PATH_BYTES = 300;

test('a work folder with a path of 300 bytes works on every backend', { skip: needsRoot }, async (t) => {
  const home = diskFolder(t);
  const part = 'x'.repeat(Math.ceil((PATH_BYTES - home.length - 2) / 2));
  const work = join(home, part, part);
  assert.ok(Buffer.byteLength(work) >= PATH_BYTES);
  mkdirSync(work, { recursive: true });
  const out = join(home, 'results');
  const { code, stderr } = await program(t, [
    ...['run', '--images', 'synthetic:files=60,layers=3,seed=1', '--scenarios', 'churn'],
    ...['--work', work, '--out', out],
  ]);
  assert.equal(code, 0, stderr);
  const { proofs, status } = readRun(out);
  assert.equal(status, 'complete');
  assert.equal(proofs.length, 3);
  assert.deepEqual(leftOf(home), []);
  assert.deepEqual(readdirSync(work), []);
});
