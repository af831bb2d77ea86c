import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockOrder } from '../../../report/analysis/block-order.ts';
import { percentilesOf } from '../../../report/analysis/percentiles.ts';

test('positions follow the numbers of the blocks, have no gaps, and are the same for every arm', () => {
  const one = new Map([
    [2 ** 20, 30],
    [0, 10],
  ]);
  const other = new Map([
    [0, 1],
    [7, 2],
    [2 ** 20, 3],
  ]);
  assert.deepEqual(blockOrder([one, other]), {
    joined: 1,
    blockCount: 3,
    inOrder: [
      [
        [1, 10],
        [3, 30],
      ],
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    ],
  });
});

test('of very many blocks the smallest and the largest of each part remain, also a single outlier', () => {
  const values = new Map(Array.from({ length: 5000 }, (_, block) => [block, block === 1234 ? 9e9 : 5]));
  const { joined, inOrder } = blockOrder([values]);
  assert.equal(joined, 209);
  assert.deepEqual(
    inOrder[0]!.filter(([, value]) => value !== 5),
    [[Math.floor(1234 / 209) + 1, 9e9]],
  );
  assert.equal(inOrder[0]!.length, Math.ceil(5000 / 209) + 1);
});

test('a percentile is given when a value lies beyond it', () => {
  const upTo = (n: number) => percentilesOf(Array.from({ length: n }, (_, index) => n - index));
  assert.equal(percentilesOf([]), null);
  assert.deepEqual(upTo(9), { n: 9, p50: 5, p90: null, p99: null, max: 9 });
  assert.deepEqual(upTo(10), { n: 10, p50: 5.5, p90: 9, p99: null, max: 10 });
  assert.deepEqual(upTo(99), { n: 99, p50: 50, p90: 90, p99: null, max: 99 });
  const hundred = upTo(100)!;
  assert.deepEqual([hundred.p90, hundred.p99, hundred.max], [90, 99, 100]);
});
