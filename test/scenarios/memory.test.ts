// Memory metrics where the kernel does not report all of its memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KernelMemory, ProcessMemory } from '../../harness/model/machine.ts';
import { kernelShare, serverBytes, serverShare } from '../../scenarios/live-mounts.ts';
import { growth } from '../../scenarios/memory.ts';

const at = (bytes: number, without: Partial<KernelMemory> = {}): KernelMemory => ({
  slabBytes: bytes,
  slabObjectBytes: bytes,
  percpuBytes: bytes,
  stackBytes: bytes,
  pageTableBytes: bytes,
  cachedBytes: bytes,
  availableBytes: bytes,
  dropCount: 1,
  caches: new Map([['dentry', { objectCount: bytes, bytes }]]),
  ...without,
});

const shareOf = (without: Partial<KernelMemory>) =>
  kernelShare({ first: at(100, without), before: at(101, without), after: at(201, without) }, 10);

test('memory of one mount is the growth divided by the mounts', () => {
  assert.deepEqual(shareOf({}), {
    slabObjectPerMountBytes: 10,
    slabObjectPerMountCount: 10,
    slabPerMountBytes: 10,
    percpuPerMountBytes: 10,
    kernelPerMountBytes: 40,
  });
});

test('without slabinfo nothing is said of slab objects, not even a bound of 0', () => {
  const names = Object.keys(shareOf({ caches: null, slabObjectBytes: null }));
  assert.deepEqual(names, ['slabPerMountBytes', 'percpuPerMountBytes', 'kernelPerMountBytes']);
});

test('without per-CPU memory in meminfo its metric and the sum with it are absent', () => {
  const names = Object.keys(shareOf({ percpuBytes: null }));
  assert.deepEqual(names, ['slabObjectPerMountBytes', 'slabObjectPerMountCount', 'slabPerMountBytes']);
});

test('growth by a listing leaves out what the kernel does not report', () => {
  assert.equal(growth(at(100), at(300), 4)['slabPerEntryBytes'], 50);
  assert.equal(growth(at(100), at(300), 4)['dentryCount'], 200);
  const hidden = { caches: null, slabObjectBytes: null };
  assert.deepEqual(growth(at(100, hidden), at(300, hidden), 4), {
    slabTotalBytes: 200,
    pageCacheBytes: 200,
  });
});

test('the share of servers is absent if one of them has none; without servers it is 0', () => {
  const memory: Readonly<Record<number, ProcessMemory>> = {
    1: { peakBytes: 50, shareBytes: 30 },
    2: { peakBytes: 60, shareBytes: null },
  };
  const meters = { processMemory: (pid: number) => memory[pid] ?? null };
  const bytesOf = (...servers: readonly number[]) => serverBytes({ meters }, [{ mounted: { servers } }]);
  assert.deepEqual(bytesOf(1), { peak: 50, share: 30 });
  assert.deepEqual(bytesOf(1, 2), { peak: 110, share: null });
  assert.deepEqual(serverShare(bytesOf(1, 2).share, 2), {});
  assert.deepEqual(serverShare(bytesOf().share, 2), { serverPerMountBytes: 0 });
});
