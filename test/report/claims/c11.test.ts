import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c11.ts';
import { IMAGE, verdictOn } from './journal.ts';
import { images, type WalkTimes, walks } from './listings.ts';

interface CachedPages {
  readonly once?: number | readonly number[];
  readonly twice?: number | readonly number[];
  readonly inFile?: number | readonly number[];
  readonly direct?: WalkTimes[string];
  /** Cached bytes of the timed passes. */
  readonly timed?: number;
}
const on = ({ once = 1000, twice = 1970, inFile = 0, direct = 600, timed }: CachedPages) => {
  const group = walks('walk-cold', {
    'erofs-overlay': 500,
    'erofs-overlay-loop': 500,
    'erofs-overlay-loop-dio': direct,
  });
  const loop = group.time!['erofs-overlay-loop']!;
  return verdictOn(claim, {
    images: [{ name: IMAGE, entryCount: 4188 }],
    groups: [
      {
        ...group,
        time: {
          ...group.time,
          'erofs-overlay-loop': timed === undefined ? loop : { ...loop, metadataCachedBytes: timed },
        },
        count: {
          'erofs-overlay': { metadataCachedBytes: once },
          'erofs-overlay-loop': { metadataCachedBytes: twice },
          'erofs-overlay-loop-dio': { manifestCachedBytes: inFile },
        },
      },
    ],
  });
};
test('supported: the buffered loop caches twice, the direct one once but slower; cached bytes decide', () => {
  const judged = on({});
  assert.ok(judged.verdict === 'supported');
  assert.match(judged.decidedBy!.what, /erofs-overlay-loop ÷ erofs-overlay/);
  assert.equal(judged.decidedBy!.value, 1.97);
});
test('not supported: each part alone refutes the claim and is printed', () => {
  for (const [part, because, value] of [
    [{ twice: 1000 }, /does not cache twice/, 1],
    [{ inFile: 500 }, /cached, too/, 500],
    [{ direct: 450 }, /not slower/, 0.9],
  ] as const) {
    const judged = on(part);
    assert.ok(judged.verdict === 'not supported');
    assert.match(judged.because, because);
    assert.ok(Math.abs(judged.decidedBy!.value - value) < 0.02);
  }
});
test('undecided: pages are cached neither once nor twice, or the time is uncertain', () => {
  assert.equal(on({ twice: 1500 }).verdict, 'undecided');
  assert.equal(on({ direct: [450, 600] }).verdict, 'undecided');
  assert.equal(on({ direct: [505, 540] }).verdict, 'undecided', 'slower by less than the bound');
});
test('undecided: pages differ between passes, counted or timed', () => {
  for (const part of [
    { once: [1000, 1000, 1004] },
    { twice: [1970, 1974, 1970] },
    { inFile: [0, 4, 0] },
    { timed: 1966 },
  ]) {
    const judged = on(part);
    assert.equal(judged.verdict, 'undecided');
    assert.match(judged.because, /differs between \d+ passes/);
  }
});
test('undecided: a mount from the file left nothing in the page cache, which is no lack of the kernel', () => {
  const judged = on({ once: 0 });
  assert.ok(judged.verdict === 'undecided');
  assert.match(
    judged.because,
    /^a walk over erofs-overlay left nothing of the manifest in the page cache, so/,
  );
  assert.match(judged.wouldDecide, /nothing else drops caches/);
  assert.match(on({ once: [0, 1000, 1000] }).because, /in the page cache in some passes/);
});
test('undecided: pages were read in fewer than three passes', () => {
  const judged = on({ once: [1000, 1000] });
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /page cache of erofs-overlay: fewer than three passes/);
});
test('not testable if the kernel does not report cached pages', () => {
  const times = { 'erofs-overlay': 500, 'erofs-overlay-loop': 500, 'erofs-overlay-loop-dio': 600 };
  const judged = verdictOn(claim, { images, groups: [walks('walk-cold', times)] });
  assert.equal(judged.verdict, 'not testable');
});
test('missing: not testable if the run says why, else undecided', () => {
  const groups = [walks('walk-cold', { 'erofs-overlay': 500 })];
  assert.equal(verdictOn(claim, { images, groups }).verdict, 'undecided');
  const skipped = [
    {
      kind: 'arm' as const,
      arm: 'erofs-overlay-loop',
      backend: 'erofs-overlay-loop',
      need: 'EROFS over loop devices',
      reason: 'EPERM',
    },
  ];
  assert.equal(verdictOn(claim, { images, groups, skipped }).verdict, 'not testable');
});
