// Values by block, compared with the map that they stand for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { BlockRows, Column } from '../../../results/compare/columns.ts';

const compared = (blocks: readonly number[]): void => {
  const rows = new BlockRows();
  const [column, map] = [new Column(rows), new Map<number, number>()];
  blocks.forEach((block, at) => {
    const row = rows.rowOf(block);
    if (at % 3 === 1) return;
    column.set(row, at);
    map.set(block, at);
  });
  const byBlock = (entries: Iterable<[number, number]>) => [...entries].sort(([a], [b]) => a - b);
  assert.deepEqual(byBlock(column), byBlock(map));
  assert.equal(column.size, map.size);
  assert.deepEqual(
    [...column.values()],
    [...column.entries()].map(([, value]) => value),
  );
  for (const block of [-1, ...blocks, 1e9]) assert.equal(column.get(block), map.get(block));
};

test('blocks that ascend, with gaps and with values that are missing', () =>
  compared(Array.from({ length: 500 }, (_, at) => at * 3 + 2 ** 21)));

test('blocks in any order, some of them twice', () => {
  const random = xoroshiro128plus(7);
  compared(Array.from({ length: 500 }, () => uniformInt(random, 0, 200)));
});

test('an arm without a block has no value', () => compared([]));
