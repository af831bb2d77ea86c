import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesByBlock, lineThrough } from '../../../results/stats/lines.ts';

test('a line goes through its points', () => {
  assert.deepEqual(lineThrough([1, 3], [5, 9]), { start: 3, slope: 2 });
});

test('a block without one of the sizes has no line, and one size gives none', () => {
  const small = new Map([
    [0, 10],
    [1, 20],
    [2, 30],
  ]);
  const large = new Map([
    [2, 130],
    [0, 110],
  ]);
  const lines = linesByBlock([100, 200], [small, large]);
  assert.deepEqual(
    [...lines],
    [
      [0, { start: -90, slope: 1 }],
      [2, { start: -70, slope: 1 }],
    ],
  );
  assert.equal(linesByBlock([100], [small]).size, 0);
  assert.equal(linesByBlock([], []).size, 0);
});
