import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c10.ts';
import { IMAGE, refutedBy, verdictOn } from './journal.ts';
import { ENTRIES, images, type WalkTimes, walks } from './listings.ts';

const on = (direct: WalkTimes[string], prefetched: WalkTimes[string], entryCount = ENTRIES) => {
  const read = walks('prefetch', { 'erofs-overlay-loop-dio': prefetched });
  const { walkWallNs } = read.time!['erofs-overlay-loop-dio']!;
  return verdictOn(claim, {
    images: [{ name: IMAGE, entryCount }],
    groups: [
      // The mount from its file has its own readahead and is no control for a loop device.
      walks('walk-cold', {
        'erofs-overlay': 300,
        'erofs-overlay-loop': 500,
        'erofs-overlay-loop-dio': direct,
      }),
      { ...read, time: { 'erofs-overlay-loop-dio': { prefetchedWalkWallNs: walkWallNs! } } },
    ],
  });
};
test('supported: the gap is closed, and the remaining ratio decides', () => {
  const judged = on(686, 484);
  assert.ok(judged.verdict === 'supported');
  assert.match(judged.decidedBy!.what, /read first, the reading included, ÷ erofs-overlay-loop on/);
  assert.ok(Math.abs(judged.decidedBy!.value - 484 / 500) < 0.01);
});
test('not supported: a gap is left', () => assert.ok(refutedBy(on(686, 600)) > 1.1));
test('undecided: no gap, an uncertain gap, or an uncertain remainder', () => {
  assert.match(on(450, 500).because, /nothing to explain/);
  assert.match(on(490, 500).because, /nothing to explain/);
  assert.match(
    on([480, 700], 500).because,
    /direct loop device: the effect may be anything from -\d+ % to \+\d+ %; the bound is 17 %/,
  );
  assert.match(
    on(686, [480, 600]).because,
    /read first, the effect may be anything from .*; the bound is \d+ %/,
  );
  for (const judged of [on(450, 500), on([480, 700], 500), on(686, [480, 600])])
    assert.equal(judged.verdict, 'undecided');
});
test('measured too small', () =>
  assert.equal(on(686, 484, 4188).because, 'measured too small, 4,188 entries: --profile full'));
test('missing: without the buffered loop device there is no control', () => {
  const judged = verdictOn(claim, {
    images,
    groups: [walks('walk-cold', { 'erofs-overlay': 500, 'erofs-overlay-loop-dio': 600 })],
  });
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /erofs-overlay-loop/);
});
