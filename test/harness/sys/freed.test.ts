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
import { needsRoot } from './support.ts';

const FILES = 5000;
/** The dentries and inodes of the files take twenty times as much. */
const SLACK_BYTES = 256 * 1024;
const LATER_MS = 200;
/** Other processes allocate and free memory, too: take a median. */
const ATTEMPTS = 5;
/** Parallel tests drop caches, too: then try again. */
const MOST_TRIES = 25;
/** Number of drops of the page cache and of slabs. */
const OWN_DROPS = 2;

const heldBytes = (): number => kernelMemory().slabObjectBytes;

test('after the wait the kernel has freed all dropped objects', { skip: needsRoot }, async (t) => {
  const dir = diskFolder(t);
  const paths = Array.from({ length: FILES }, (_, i) => join(dir, `f${i}`));
  for (const path of paths) writeFileSync(path, '');
  const freedLater: number[] = [];
  for (let tries = 0; freedLater.length < ATTEMPTS; tries++) {
    assert.ok(tries < MOST_TRIES, 'others drop the caches all the time');
    const drops = kernelMemory().dropCount;
    for (const path of paths) statSync(path);
    const before = heldBytes();
    dropCaches();
    waitForFreed();
    const after = heldBytes();
    await setTimeout(LATER_MS);
    const later = heldBytes();
    // The kernel counts a drop at its end.
    if (kernelMemory().dropCount > drops + OWN_DROPS) continue;
    assert.ok(before - after > SLACK_BYTES, `${before} before the drop, ${after} after it`);
    freedLater.push(after - later);
  }
  assert.ok(medianOf(freedLater) < SLACK_BYTES, `freed after the wait, bytes: ${freedLater.join(', ')}`);
});
