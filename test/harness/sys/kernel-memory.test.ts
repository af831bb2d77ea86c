import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelMemory, processMemory } from '../../../harness/sys/kernel-memory.ts';

const TEXTS: Readonly<Record<string, string>> = {
  '/proc/meminfo': `MemTotal:        8000000 kB
MemAvailable:    6000000 kB
Cached:          1000000 kB
Slab:             100000 kB
KernelStack:        3000 kB
PageTables:         4000 kB
Percpu:             2000 kB
`,
  '/proc/vmstat': 'drop_pagecache 2\ndrop_slab 3\n',
  '/proc/slabinfo': `slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>
dentry               100    120    192   21    1 : tunables    0    0    0
erofs_inode_cache     10     20   1000    8    2 : tunables    0    0    0
`,
  '/proc/7/status': 'VmHWM:\t    5000 kB\n',
  '/proc/7/smaps_rollup': 'Rss:  4000 kB\nPss:                 3000 kB\n',
};

const readWithout =
  (...missing: readonly string[]) =>
  (path: string): string | null =>
    missing.includes(path) ? null : (TEXTS[path] ?? null);

test('memory of the kernel is read from meminfo, vmstat and slabinfo', () => {
  const { caches, ...sums } = kernelMemory(readWithout());
  assert.deepEqual(sums, {
    slabBytes: 102_400_000,
    percpuBytes: 2_048_000,
    stackBytes: 3_072_000,
    pageTableBytes: 4_096_000,
    cachedBytes: 1_024_000_000,
    availableBytes: 6_144_000_000,
    dropCount: 5,
    slabObjectBytes: 29_200,
  });
  assert.deepEqual(caches?.get('dentry'), { objectCount: 100, bytes: 19_200 });
});

test('without slabinfo the caches and their bytes are null, and no zero', () => {
  const { caches, slabObjectBytes, slabBytes } = kernelMemory(readWithout('/proc/slabinfo'));
  assert.deepEqual([caches, slabObjectBytes, slabBytes], [null, null, 102_400_000]);
});

test('a kernel without Percpu in meminfo has null', () => {
  const old = TEXTS['/proc/meminfo']!.replace(/^Percpu.*\n/m, '');
  const read = (path: string) => (path === '/proc/meminfo' ? old : readWithout()(path));
  assert.equal(kernelMemory(read).percpuBytes, null);
});

test('the peak of a process is not its share: without smaps_rollup the share is null', () => {
  assert.deepEqual(processMemory(7, readWithout()), { peakBytes: 5_120_000, shareBytes: 3_072_000 });
  assert.deepEqual(processMemory(7, readWithout('/proc/7/smaps_rollup')), {
    peakBytes: 5_120_000,
    shareBytes: null,
  });
  assert.equal(processMemory(7, readWithout('/proc/7/status')), null);
});
