import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logRatios, ratioInterval } from '../../../results/stats/log-ratio.ts';

test('blocks without both arms are left out, and zeros have no ratio', () => {
  const arm = new Map([
    [0, 2],
    [1, 4],
    [3, 8],
    [4, 5],
  ]);
  const baseline = new Map([
    [0, 1],
    [2, 9],
    [3, 2],
    [4, 0],
  ]);
  const values = logRatios(arm, baseline);
  assert.deepEqual([...values], [Math.log(2), Math.log(4)]);
});

test('drift common to both arms cancels in the ratio', () => {
  const blocks = Array.from({ length: 8 }, (_, block) => block);
  const baseline = new Map(blocks.map((block) => [block, 100 * 1.3 ** block]));
  const arm = new Map(blocks.map((block) => [block, 150 * 1.3 ** block]));
  const ratio = ratioInterval(logRatios(arm, baseline), 0.9875);
  assert.equal(ratio.kind, 'interval');
  if (ratio.kind === 'interval')
    for (const end of [ratio.lo, ratio.center, ratio.hi]) assert.ok(Math.abs(end - 1.5) < 1e-9);
});
