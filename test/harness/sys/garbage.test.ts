import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { nowNs } from '../../../harness/sys/clock.ts';
import { HEAP_OPTIONS, openGarbage } from '../../../harness/sys/garbage.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const MIB = 2 ** 20;

/** A heap of which `liveBytes` remain, and a clock that a collection moves by `tookNs`. */
const heapOf = (liveBytes: number) => {
  const heap = { bytes: liveBytes, liveBytes, atNs: 0, tookNs: 0 };
  const garbage = openGarbage({
    gc() {
      heap.bytes = heap.liveBytes;
      heap.atNs += heap.tookNs;
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
});

test('garbage of the preparation that V8 collects itself does not hide that of later slots', () => {
  const { heap, garbage } = heapOf(150 * MIB);
  const other = openGarbage({ gc: () => {}, usedBytes: () => heap.bytes, nowNs: () => 0 });
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
  const garbage = openGarbage({ gc: undefined, usedBytes: () => bytes, nowNs: () => 0 });
  bytes = 1000 * MIB;
  assert.equal(garbage.collect(), false);
});

test('the heap of this process is as large after a collection as before the garbage', () => {
  const usedBytes = (): number => getHeapStatistics().used_heap_size;
  gc();
  const before = usedBytes();
  const garbage = openGarbage({ gc, usedBytes, nowNs });
  let made = Array.from({ length: 1_000_000 }, (_, i) => ({ i }));
  assert.ok(made.length > 0 && usedBytes() - before > 20 * MIB);
  made = [];
  assert.equal(garbage.collect(), true);
  assert.ok(usedBytes() - before < 4 * MIB);
});

test('this Node.js accepts the heap options', () => {
  const { status, stdout } = spawnSync(process.execPath, [...HEAP_OPTIONS, '-p', 'typeof gc'], {
    encoding: 'utf8',
  });
  assert.deepEqual([status, stdout], [0, 'function\n']);
});
