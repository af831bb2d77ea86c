import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { medianOf } from '../../../harness/model/repeated.ts';
import { dropCaches } from '../../../harness/sys/caches.ts';
import { waitForFreed } from '../../../harness/sys/freed.ts';
import { kernelMemory } from '../../../harness/sys/kernel-memory.ts';
import { diskFolder } from '../../end-to-end/support.ts';
import { besideNeighbours } from '../../neighbours.ts';
import { needsRoot } from './support.ts';

const FILES = 5000;
/** The dentries and inodes of the files take twenty times as much. */
const SLACK_BYTES = 256 * 1024;
const LATER_MS = 200;
/** Other processes allocate and free memory, too: take medians. */
const ATTEMPTS = 5;

const heldBytes = (): number => kernelMemory().slabObjectBytes ?? 0;

test('after the wait the kernel has freed all dropped objects', { skip: needsRoot }, (t) => {
  const dir = diskFolder(t);
  const paths = Array.from({ length: FILES }, (_, i) => join(dir, `f${i}`));
  for (const path of paths) writeFileSync(path, '');
  return besideNeighbours(t, 'memory of the kernel', async () => {
    const freed: number[] = [];
    const freedLater: number[] = [];
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      for (const path of paths) statSync(path);
      const before = heldBytes();
      dropCaches();
      waitForFreed();
      const after = heldBytes();
      await setTimeout(LATER_MS);
      freed.push(before - after);
      freedLater.push(after - heldBytes());
    }
    assert.ok(medianOf(freed) > SLACK_BYTES, `freed by the drop, bytes: ${freed.join(', ')}`);
    assert.ok(medianOf(freedLater) < SLACK_BYTES, `freed after the wait, bytes: ${freedLater.join(', ')}`);
  });
});
