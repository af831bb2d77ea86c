import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim as c06 } from '../../../report/claims/c06.ts';
import { claim as c08 } from '../../../report/claims/c08.ts';
import { claim as c10 } from '../../../report/claims/c10.ts';
import type { Params } from '../../../results/schema/shared.ts';
import { around, type MadeGroup, verdictOn } from './journal.ts';
import { BLOCKS, images, MS, type WalkTimes, walks } from './listings.ts';

const pinned: Params = { placement: 'same-cpu' };
const kernel = { 'erofs-overlay': 520, 'erofs-only': 400 };
test('kernel file systems are compared on one CPU if the run has that', () => {
  const noisy: WalkTimes = { 'erofs-overlay': [390, 620], 'erofs-only': [380, 560] };
  const judged = verdictOn(c06, {
    images,
    groups: [walks('walk-warm', noisy), walks('walk-warm', kernel, pinned)],
  });
  assert.equal(judged.verdict, 'supported');
  assert.match(judged.figures[0]!.what, /, on one CPU/);
  assert.equal(verdictOn(c06, { images, groups: [walks('walk-warm', noisy)] }).verdict, 'undecided');
});
test('two scenarios are compared in the same placement only', () => {
  const walk = walks('walk-cold', { 'erofs-overlay-loop': 500, 'erofs-overlay-loop-dio': 686 });
  const read: MadeGroup = {
    scenario: 'prefetch',
    params: pinned,
    time: { 'erofs-overlay-loop-dio': { prefetchedWalkWallNs: around(484 * MS, BLOCKS, 0.01) } },
  };
  const on = (groups: readonly MadeGroup[]) => verdictOn(c10, { images, groups }).verdict;
  assert.equal(on([walk, read]), 'undecided');
  assert.equal(on([{ ...walk, params: pinned }, read]), 'supported');
});
test('a run with groups on one CPU only answers claims that do not ask for a placement', () => {
  const lookups: MadeGroup = {
    scenario: 'lookup-trace',
    params: pinned,
    count: { 'erofs-overlay': { walkLookupCount: 0, openLookupCount: 155, openedFileCount: 87 } },
  };
  assert.equal(verdictOn(c08, { groups: [lookups] }).verdict, 'supported');
  const free = walks('walk-warm', kernel);
  assert.equal(verdictOn(c08, { groups: [lookups, free] }).verdict, 'not testable', 'the run has others');
});
