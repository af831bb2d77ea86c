import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nowNs } from '../../../harness/sys/clock.ts';
import { HEAP_ENVIRONMENT, HEAP_OPTIONS, openGarbage } from '../../../harness/sys/garbage.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const MIB = 2 ** 20;

/** Prints the resident bytes of malloc's mappings with 128 MiB in small blocks, after half of them are free, and after a collection. */
const FRAGMENTS = `
  const { readFileSync } = await import('node:fs');
  const { bindAddress, bind } = await import('../../../harness/sys/libc.js');
  const { openGarbage } = await import('../../../harness/sys/garbage.js');
  const [malloc, free] = [bindAddress('malloc', 'size_t'), bind('free', 'intptr_t')];
  const memset = bindAddress('memset', 'intptr_t', 'int', 'size_t');
  const BYTES = 65536;
  const garbage = openGarbage();
  const blocks = Array.from({ length: 2048 }, () => malloc(BYTES));
  for (const block of blocks) memset(block, 1, BYTES);
  // Of the mappings with the blocks alone: V8 keeps pages of its own heap as it likes. Not all of them are [heap] where brk(2) cannot grow.
  const places = blocks.map(Number);
  const MAPPING = /^([0-9a-f]+)-([0-9a-f]+) .*\\n(?:.*\\n)*?Rss: *(\\d+) kB/gm;
  const read = () => [...readFileSync('/proc/self/smaps', 'latin1').matchAll(MAPPING)].reduce((sum, [, from, to, kb]) => {
    const [low, high] = [parseInt(from, 16), parseInt(to, 16)];
    return places.some((at) => at >= low && at < high) ? sum + 1024 * Number(kb) : sum;
  }, 0);
  const full = read();
  blocks.forEach((block, i) => i % 2 === 0 && free(block));
  const freed = read();
  const made = Array.from({ length: 300000 }, (_, i) => ({ i }));
  made.length = 0;
  if (!garbage.collect()) throw new Error('nothing was collected');
  console.log([full, freed, read()].join(" ")); // As text: numbers get colors in a terminal.
`;

const NO_WORK = { trim: () => {}, nowNs: () => 0 };

/** A heap of which `liveBytes` remain, and a clock that a collection moves by `tookNs`. */
const heapOf = (liveBytes: number) => {
  const heap = { bytes: liveBytes, liveBytes, atNs: 0, tookNs: 0, trimCount: 0 };
  const garbage = openGarbage({
    gc() {
      heap.bytes = heap.liveBytes;
      heap.atNs += heap.tookNs;
    },
    trim() {
      heap.trimCount++;
    },
    usedBytes: () => heap.bytes,
    nowNs: () => heap.atNs,
  });
  return { heap, garbage };
};

test('a heap is collected when it has 2 MiB of garbage, and not before', () => {
  const { heap, garbage } = heapOf(4 * MIB);
  heap.bytes = 6 * MIB - 1;
  assert.equal(garbage.collect(), false);
  heap.bytes++;
  heap.liveBytes = 5 * MIB;
  assert.equal(garbage.collect(), true);
  assert.equal(heap.bytes, 5 * MIB);
  heap.bytes = 6.5 * MIB;
  assert.equal(garbage.collect(), false);
  heap.bytes = 7 * MIB;
  assert.equal(garbage.collect(), true);
  assert.equal(heap.trimCount, 2, 'malloc returns its free pages with each collection');
});

test('garbage of the preparation that V8 collects itself does not hide that of later slots', () => {
  const { heap, garbage } = heapOf(150 * MIB);
  const other = openGarbage({ ...NO_WORK, gc: () => {}, usedBytes: () => heap.bytes });
  heap.bytes = 20 * MIB;
  assert.deepEqual([garbage.collect(), other.collect()], [false, false]);
  heap.bytes = 22 * MIB;
  assert.deepEqual([garbage.collect(), other.collect()], [true, true]);
});

test('the next collection waits fifty times the duration of the last one', () => {
  const { heap, garbage } = heapOf(4 * MIB);
  heap.tookNs = 200e6;
  heap.bytes = 100 * MIB;
  assert.equal(garbage.collect(), true);
  heap.bytes = 100 * MIB;
  heap.atNs += 9.9e9;
  assert.equal(garbage.collect(), false);
  heap.atNs += 0.1e9;
  assert.equal(garbage.collect(), true);
});

test('nothing is collected by a process without --expose-gc', () => {
  let bytes = 0;
  const garbage = openGarbage({ ...NO_WORK, gc: undefined, usedBytes: () => bytes });
  bytes = 1000 * MIB;
  assert.equal(garbage.collect(), false);
});

test('the heap of this process is as large after a collection as before the garbage', () => {
  const usedBytes = (): number => getHeapStatistics().used_heap_size;
  gc();
  const before = usedBytes();
  const garbage = openGarbage({ ...NO_WORK, gc, usedBytes, nowNs });
  let made = Array.from({ length: 1_000_000 }, (_, i) => ({ i }));
  assert.ok(made.length > 0 && usedBytes() - before > 20 * MIB);
  made = [];
  assert.equal(garbage.collect(), true);
  assert.ok(usedBytes() - before < 4 * MIB);
});

test('free pages of malloc go back to the kernel', () => {
  // One arena, as in the process that measures. Every other block stays in use, so that the end of the heap cannot shrink.
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...HEAP_OPTIONS, '--input-type=module', '-e', FRAGMENTS],
    {
      cwd: import.meta.dirname,
      env: { ...process.env, ...HEAP_ENVIRONMENT },
      encoding: 'utf8',
    },
  );
  assert.equal(status, 0, stderr);
  const [full, freed, collected] = stdout.trim().split(' ').map(Number) as [number, number, number];
  assert.ok(full - freed < 20 * MIB, stdout);
  assert.ok(full - collected > 40 * MIB, stdout);
});

test('this Node.js accepts the heap options', () => {
  const { status, stdout } = spawnSync(process.execPath, [...HEAP_OPTIONS, '-p', 'typeof gc'], {
    encoding: 'utf8',
  });
  assert.deepEqual([status, stdout], [0, 'function\n']);
});
