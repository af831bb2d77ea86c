import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openGarbage } from '../../../harness/sys/garbage.ts';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;
const MIB = 2 ** 20;

/** A heap of which `liveBytes` remain. */
const heapOf = (liveBytes: number) => {
  const heap = { usedBytes: liveBytes, liveBytes };
  const garbage = openGarbage(
    () => {
      heap.usedBytes = heap.liveBytes;
    },
    () => heap.usedBytes,
  );
  return { heap, garbage };
};

test('a small heap is collected when it has 8 MiB of garbage, and not before', () => {
  const { heap, garbage } = heapOf(4 * MIB);
  heap.usedBytes = 12 * MIB - 1;
  assert.equal(garbage.collect(), false);
  heap.usedBytes++;
  assert.equal(garbage.collect(), true);
  assert.equal(heap.usedBytes, 4 * MIB);
  assert.equal(garbage.collect(), false);
});

test('a large heap is collected when it has grown by half of what was alive after the last collection', () => {
  const { heap, garbage } = heapOf(100 * MIB);
  heap.usedBytes = 149 * MIB;
  assert.equal(garbage.collect(), false);
  heap.usedBytes = 160 * MIB;
  heap.liveBytes = 120 * MIB;
  assert.equal(garbage.collect(), true);
  heap.usedBytes = 179 * MIB;
  assert.equal(garbage.collect(), false);
  heap.usedBytes = 180 * MIB;
  assert.equal(garbage.collect(), true);
});

test('nothing is collected by a process without --expose-gc', () => {
  let usedBytes = 0;
  const garbage = openGarbage(undefined, () => usedBytes);
  usedBytes = 1000 * MIB;
  assert.equal(garbage.collect(), false);
});

test('the heap of this process is as large after a collection as before the garbage', () => {
  gc();
  const before = getHeapStatistics().used_heap_size;
  const garbage = openGarbage(gc);
  let made = Array.from({ length: 1_000_000 }, (_, i) => ({ i }));
  assert.ok(made.length > 0 && getHeapStatistics().used_heap_size - before > 20 * MIB);
  made = [];
  assert.equal(garbage.collect(), true);
  assert.ok(getHeapStatistics().used_heap_size - before < 4 * MIB);
});
