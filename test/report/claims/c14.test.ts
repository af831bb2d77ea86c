import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c14.ts';
import { type MadeGroup, refutedBy, type Series, verdictOn } from './journal.ts';

const verdict = (groups: readonly MadeGroup[]): string => verdictOn(claim, { groups }).verdict;

const cache = (count: Readonly<Record<string, Series>>, versions = 'certs'): MadeGroup => ({
  scenario: 'sharing-cache',
  params: { versions },
  count,
});

const disk = (series: Series, versions = 'certs'): MadeGroup => ({
  scenario: 'sharing-disk',
  params: { local: 'nothing', versions },
  count: { 'erofs-overlay': series },
});
const LITTLE = { firstDiskBytes: 1e6, addedDiskBytes: 60_000, newContentBytes: 20_000 };
const once = cache({ 'erofs-overlay': { mountCopiesRatio: 1 } });
const twice = cache({ 'erofs-overlay': { mountCopiesRatio: 2 } });

test('supported: common contents are held once in memory and on disk', () => {
  const judged = verdictOn(claim, { groups: [once, disk(LITTLE)] });
  assert.equal(judged.verdict, 'supported');
  assert.deepEqual([judged.figures[0]!.metric, judged.figures[0]!.value], ['mountCopiesRatio', 1]);
});

test('not supported: a second copy in memory or on disk, whose number stands first', () => {
  const memory = verdictOn(claim, { groups: [twice, disk(LITTLE)] });
  assert.deepEqual([memory.verdict, memory.figures[0]!.value], ['not supported', 2]);
  const copied = verdictOn(claim, { groups: [once, disk({ ...LITTLE, addedDiskBytes: 80_000 })] });
  assert.deepEqual([copied.verdict, copied.figures[0]!.metric], ['not supported', 'addedDiskBytes']);
  assert.match(copied.because, /on disk$/);
  assert.deepEqual([refutedBy(memory), refutedBy(copied)], [2, 80_000]);
  // Pairs that disagree in memory decide nothing there: the disk does.
  const split = cache({ 'erofs-overlay': { mountCopiesRatio: 2 } }, 'base');
  const both = verdictOn(claim, { groups: [once, split, disk({ ...LITTLE, addedDiskBytes: 80_000 })] });
  assert.equal(refutedBy(both), 80_000);
});

test('undecided: without the disk, with passes that differ, or with pairs that disagree', () => {
  assert.equal(verdict([once]), 'undecided');
  const some = cache({ 'erofs-overlay': { mountCopiesRatio: [1, 1.4, 1] } });
  assert.equal(verdict([some, disk(LITTLE)]), 'undecided');
  const evicted = cache({ 'erofs-overlay': { mountCopiesRatio: 0.5 } });
  assert.equal(verdict([evicted, disk(LITTLE)]), 'undecided', 'half of the pages are in memory');
  const onTheLine = disk({ ...LITTLE, addedDiskBytes: [60_000, 80_000, 60_000] });
  assert.equal(verdict([once, onTheLine]), 'undecided');
  const split = [once, cache({ 'erofs-overlay': { mountCopiesRatio: 2 } }, 'base'), disk(LITTLE)];
  assert.match(verdictOn(claim, { groups: split }).because, /supported on .*certs; not supported on .*base/);
  assert.equal(verdict([]), 'not testable');
});

test('undecided: fewer than three counting passes, whatever they counted', () => {
  for (const groups of [
    [once, disk(LITTLE)],
    [twice, disk(LITTLE)],
    [once, disk({ ...LITTLE, addedDiskBytes: 80_000 })],
  ]) {
    const judged = verdictOn(claim, { groups, passes: 2 });
    assert.equal(judged.verdict, 'undecided');
    assert.equal(judged.because, 'fewer than three counting passes');
  }
});

test('undecided: slots of another pair failed, which may differ; the other half still refutes', () => {
  const failing = (scenario: string, versions: string): MadeGroup => ({
    scenario,
    params: { versions },
    failed: ['erofs-overlay'],
  });
  for (const [groups, scenario] of [
    [[once, disk(LITTLE)], 'sharing-cache'],
    [[once, disk(LITTLE)], 'sharing-disk'],
    [[twice, disk(LITTLE)], 'sharing-cache'],
  ] as const) {
    const judged = verdictOn(claim, { groups: [...groups, failing(scenario, 'base')] });
    assert.ok(judged.verdict === 'undecided');
    assert.match(judged.because, /: erofs-overlay on made, versions=base$/);
    assert.match(judged.wouldDecide, /without failed slots/);
  }
  assert.equal(verdict([twice, disk(LITTLE), failing('sharing-disk', 'base')]), 'not supported');
  assert.equal(verdict([twice, disk(LITTLE), failing('sharing-cache', 'certs')]), 'not supported');
});

test('names what unpacked layers of one base share', () => {
  const layered = cache(
    { 'erofs-overlay': { mountCopiesRatio: 1 }, 'unpacked-overlay': { mountCopiesRatio: 1.04 } },
    'same-base',
  );
  const { because } = verdictOn(claim, { groups: [once, layered, disk(LITTLE)] });
  assert.match(because, /unpacked layers share .* \(1\.04 copies\)/);
});
