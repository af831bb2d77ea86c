import assert from 'node:assert/strict';
import { test } from 'node:test';
import { droppedLines, droppedText } from '../../results/not-measured.ts';
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

test('a pool says in how many of its runs a group had no time', () => {
  assert.match(
    droppedText({ ...dropped, inRuns: { dropped: 3, of: 7 } }),
    /^tamper on base: not measured: no time in 3 of 7 runs \(needed/,
  );
});

test('groups with equal parameters count once, however many entries they have', () => {
  const runs = [1e9, 2e9, 3e9].map((leftNs) => ({ ...dropped, params: { local: 'files' }, leftNs }));
  assert.deepEqual(droppedLines(runs), [droppedText(runs[0]!)]);
  const other = { ...dropped, params: { local: 'image' } };
  assert.match(droppedLines([...runs, other])[0]!, /, and 1 more with other parameters$/);
});

test('groups of one scenario on one image have one line if they ended together', () => {
  const groups = [
    { ...dropped, params: { local: 'files' } },
    { ...dropped, params: { local: 'image' } },
    { ...dropped, params: { local: 'nothing' }, passes: 1 },
  ];
  assert.deepEqual(
    droppedLines(groups).map((line) => line.replace(/ \(.*\)/, '')),
    [
      'tamper local=files on base: not measured: no time, and 1 more with other parameters',
      'tamper local=nothing on base: counted in 1 pass, not timed: no time',
    ],
  );
});
