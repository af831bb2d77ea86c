import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesByBlock } from '../../../results/stats/lines.ts';

test('each block with every size has the line through its points; a single size has none', () => {
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
