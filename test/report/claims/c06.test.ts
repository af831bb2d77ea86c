import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c06.ts';
import { claim as c18 } from '../../../report/claims/c18.ts';
import { IMAGE, type MadeGroup, refutedBy, verdictOn } from './journal.ts';
import { BLOCKS, ENTRIES, images, type WalkTimes, walks } from './listings.ts';

const on = (times: WalkTimes) => verdictOn(claim, { images, groups: [walks('walk-warm', times)] });
const two = (large: WalkTimes, other: WalkTimes, blocks = BLOCKS) =>
  verdictOn(claim, {
    images: [
      { name: 'largest', entryCount: ENTRIES },
      { name: 'other', entryCount: ENTRIES / 2 },
    ],
    groups: [
      {
        ...walks('walk-warm', large),
        image: 'largest',
        time: Object.fromEntries(
          Object.entries(walks('walk-warm', large).time!).map(([arm, { walkWallNs }]) => [
            arm,
            { walkWallNs: (walkWallNs as readonly number[]).slice(0, blocks) },
          ]),
        ),
      },
      { ...walks('walk-warm', other), image: 'other' },
    ],
  });

test('supported: the whole interval lies above half of the smallest published effect; the ratio decides', () => {
  const judged = on({ 'erofs-overlay': 520, 'erofs-only': 400 });
  assert.ok(judged.verdict === 'supported');
  assert.ok(Math.abs(judged.decidedBy!.value - 1.3) < 0.01);
  assert.equal(judged.decidedBy!.metric, 'walkRatio');
});
test('the whole interval must lie on one side of the bound', () => {
  assert.equal(on({ 'erofs-overlay': [490, 500], 'erofs-only': 400 }).verdict, 'supported');
  assert.equal(on({ 'erofs-overlay': [401, 455], 'erofs-only': 400 }).verdict, 'undecided');
  assert.ok(refutedBy(on({ 'erofs-overlay': [385, 398], 'erofs-only': 400 })) < 1);
});
test('published ratios inside the interval are named and decide nothing', () => {
  const inside = on({ 'erofs-overlay': [500, 560], 'erofs-only': 400 });
  assert.match(
    inside.because,
    /of the published ratios 1\.28 \(T2, ext4\) and 1\.36 \(T2, xfs\) and 1\.38 \(T4\) lie inside/,
  );
  const none = on({ 'erofs-overlay': 1000, 'erofs-only': 400 });
  assert.equal(none.verdict, 'supported');
  assert.match(none.because, /none of the published ratios lies inside: 1\.28/);
});
test('a large image that had no time is named as the reason', () => {
  const ended = { scenario: 'walk-warm', params: {}, image: 'large', passes: 3, blocks: 0, neededBlocks: 8 };
  const on = (image: string) =>
    verdictOn(claim, {
      images: [
        { name: IMAGE, entryCount: 4188 },
        { name: 'large', entryCount: 62_964 },
      ],
      groups: [walks('walk-warm', { 'erofs-overlay': 520, 'erofs-only': 400 })],
      dropped: [{ kind: 'group', ...ended, image, neededNs: 2e9, leftNs: 1e9 }],
    });
  const late = on('large');
  assert.ok(late.verdict === 'undecided');
  assert.equal(late.because, 'measured too small, 4,188 entries: no time for the large image');
  assert.match(late.wouldDecide, /longer --budget/);
  assert.match(on(IMAGE).because, /--profile full$/);
});

test('19,999 entries decide nothing, 20,000 do', () => {
  const of = (entryCount: number) =>
    verdictOn(claim, {
      images: [{ name: IMAGE, entryCount }],
      groups: [walks('walk-warm', { 'erofs-overlay': 520, 'erofs-only': 400 })],
    });
  const small = of(19_999);
  assert.ok(small.verdict === 'undecided');
  assert.equal(small.because, 'measured too small, 19,999 entries: --profile full');
  assert.equal(small.wouldDecide, 'cfsbench run --profile full');
  assert.ok(small.figures.length > 0, 'the measured ratio is shown');
  assert.equal(of(20_000).verdict, 'supported');
});
test('two images that disagree decide nothing and both are named; an undecided image contradicts none', () => {
  const costs: WalkTimes = { 'erofs-overlay': 520, 'erofs-only': 400 };
  const none: WalkTimes = { 'erofs-overlay': 390, 'erofs-only': 400 };
  const disagree = two(costs, none);
  assert.equal(disagree.verdict, 'undecided');
  assert.match(disagree.because, /images disagree: largest: supported .*; other: not supported/);
  assert.equal(two(none, none).verdict, 'not supported');
  assert.equal(two(costs, { 'erofs-overlay': [380, 560], 'erofs-only': 400 }).verdict, 'supported');
  const open = two({ 'erofs-overlay': [380, 560], 'erofs-only': 400 }, costs);
  assert.equal(open.verdict, 'undecided');
  assert.match(open.because, /the smaller other: supported/);
});
test('an image with only two blocks does not replace one with enough blocks', () => {
  const cut = two(
    { 'erofs-overlay': 401, 'erofs-only': 400 },
    { 'erofs-overlay': 520, 'erofs-only': 400 },
    2,
  );
  assert.equal(cut.verdict, 'supported');
  assert.ok(cut.figures.every(({ what }) => !/largest/.test(what)));
});
test('the order of T2’s rows is shown, with ~ between rows that are too close', () => {
  const clear = on({ 'erofs-overlay': 520, 'erofs-only': 400, 'plain-directory': 440 });
  assert.match(clear.because, /fastest first: erofs-only < plain-directory < erofs-overlay$/);
  const near = on({ 'erofs-overlay': 520, 'erofs-only': 400, 'plain-directory': [380, 421] });
  assert.match(near.because, /\(~: undecided\): erofs-only ~ plain-directory < erofs-overlay$/);
});
test('not testable if the run says why, else undecided', () => {
  const alone = { images, groups: [walks('walk-warm', { 'erofs-overlay': 520 })] };
  const skipped = [
    {
      kind: 'arm' as const,
      arm: 'erofs-only',
      backend: 'erofs-only',
      need: 'EROFS mounts',
      reason: 'EINVAL',
    },
  ];
  const judged = verdictOn(claim, { ...alone, skipped });
  assert.deepEqual([judged.verdict, judged.because], ['not testable', 'erofs-only: EROFS mounts: EINVAL']);
  assert.equal(verdictOn(claim, alone).verdict, 'undecided');
});
test('undecided: the scenario was dropped for lack of time, so a longer budget decides', () => {
  const dropped = [
    {
      kind: 'text' as const,
      scenario: 'walk-servers-cold',
      text: 'scenario walk-servers-cold: 8 blocks with it take about 103 s, the budget leaves 82 s',
    },
  ];
  const judged = verdictOn(c18, { groups: [], dropped });
  assert.ok(judged.verdict === 'undecided');
  assert.match(judged.because, /^left out: scenario walk-servers-cold/);
  assert.match(judged.wouldDecide, /longer --budget/);
});

test('undecided: slots failed on the large image, which is no reason to ask for a large one', () => {
  const small: MadeGroup = {
    ...walks('walk-warm', { 'erofs-overlay': 520, 'erofs-only': 400 }),
    image: 'small',
  };
  const sizes = [
    { name: 'small', entryCount: 4000 },
    { name: 'large', entryCount: ENTRIES },
  ];
  const failing = (arm: string, params: MadeGroup['params'] = {}): MadeGroup => ({
    ...walks('walk-warm', arm === 'erofs-only' ? { 'erofs-overlay': 520 } : { 'erofs-only': 400 }, params),
    image: 'large',
    failed: [arm],
  });
  for (const params of [{}, { placement: 'same-cpu' }]) {
    const judged = verdictOn(claim, { images: sizes, groups: [small, failing('erofs-only', params)] });
    assert.ok(judged.verdict === 'undecided');
    assert.equal(judged.because, 'measured too small, 4,000 entries: slots of erofs-only on large failed');
    assert.match(judged.wouldDecide, /without failed slots/);
    assert.ok(judged.figures.length > 0, 'the small image is shown');
  }
  const other = verdictOn(claim, { images: sizes, groups: [small, { ...failing('erofs-full'), time: {} }] });
  assert.match(other.because, /--profile full$/);
});
