import assert from 'node:assert/strict';
import { test } from 'node:test';
import { droppedLines, droppedText, droppedTexts } from '../../results/not-measured.ts';
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
  const time = '(3 s were left; with all that ranks higher it needed 12 s)';
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
    /^tamper on base: not measured: no time in 3 of 7 runs \(3 s were left;/,
  );
});

test('the short text says what a group got, without the times', () => {
  const short = (...all: readonly Partial<DroppedGroup>[]): readonly string[] =>
    droppedTexts(all.map((got) => ({ ...dropped, ...got }))).map((texts) => texts.short);
  const params = { second: 'ext4', levels: 2 };
  assert.deepEqual(short({ params }), ['tamper levels=2 second=ext4 on base (not measured)']);
  assert.deepEqual(short({ passes: 1 }), ['tamper on base (counted once, not timed)']);
  assert.deepEqual(short({ passes: 2, neededBlocks: 0 }), ['tamper on base (counted in 2 passes)']);
  assert.deepEqual(short({ blocks: 4, inRuns: { dropped: 3, of: 7 } }), [
    'tamper on base (4 of 8 blocks, in 3 of 7 runs)',
  ]);
  assert.deepEqual(short({ params }, { params: { second: 'xfs' } }), [
    'tamper levels=2 second=ext4 on base (not measured), and 1 more with other parameters',
  ]);
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
