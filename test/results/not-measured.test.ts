import assert from 'node:assert/strict';
import { test } from 'node:test';
import { droppedText, enoughMinutes } from '../../results/not-measured.ts';
import type { DroppedGroup } from '../../results/schema/not-measured.ts';

const dropped: DroppedGroup = {
  kind: 'group',
  scenario: 'tamper',
  params: {},
  image: 'base',
  passes: 0,
  blocks: 0,
  neededBlocks: 8,
  neededNs: 12e9,
  leftNs: 3e9,
};

test('a group that was counted before its time ended is not called unmeasured', () => {
  const time = '(needed, with higher ranks: 12 s; left: 3 s)';
  const texts: readonly [Partial<DroppedGroup>, string][] = [
    [{}, 'not measured: no time'],
    [{ passes: 1 }, 'counted in 1 pass, not timed: no time'],
    [{ passes: 2, neededBlocks: 0 }, 'counted in 2 passes: no time for more'],
    [{ passes: 3, blocks: 4 }, 'no time after 4 of 8 blocks'],
  ];
  for (const [got, text] of texts)
    assert.equal(droppedText({ ...dropped, ...got }), `tamper on base: ${text} ${time}`);
});

test('the proposed budget adds the largest missing time of the dropped groups, and a tenth', () => {
  const MINUTE_NS = 60e9;
  const all = [5, 25, 12].map((missing) => ({
    ...dropped,
    leftNs: 2 * MINUTE_NS,
    neededNs: (2 + missing) * MINUTE_NS,
  }));
  assert.equal(enoughMinutes(all, 30 * MINUTE_NS), 61);
  assert.equal(enoughMinutes([{ kind: 'passes', done: 3, planned: 5 }], 30 * MINUTE_NS), null);
  assert.equal(enoughMinutes(all, Number.POSITIVE_INFINITY), null);
});
