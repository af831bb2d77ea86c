import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c21.ts';
import { figureText } from '../../../report/claims/words.ts';
import { HIGHEST_PER_SECOND, LOWEST_PER_SECOND } from '../../../report/ladder.ts';
import { RATES } from '../../../scenarios/ladder.ts';
import { type MadeGroup, refutedBy, type Series, verdictOn } from './journal.ts';

const sustains = (perSecond: number): Series => ({ below50MsCount: 0, sustained50MsPerSecond: perSecond });
const BELOW: Series = { below50MsCount: 1 };

const group = (time: Readonly<Record<string, Series>>): MadeGroup => ({
  scenario: 'serverless-open',
  params: { local: 'files', workers: 16 },
  time,
});

const verdict = (checkout: Series, manifest: Series) =>
  verdictOn(claim, {
    groups: [
      group({
        'erofs-overlay': manifest,
        'composefs-fuse': manifest,
        'hardlink-checkout': checkout,
        'reflink-checkout': checkout,
      }),
    ],
  });

test('supported: the ratio is below a tenth even if the true rates are up to the next rung', () => {
  const judged = verdict(sustains(32), sustains(1024));
  assert.equal(judged.verdict, 'supported');
  assert.match(judged.because, /rate of hardlink-checkout is 0\.0\d+ to 0\.0\d+ of that of erofs-overlay/);
  // 64 may be 127, and 1024 may be 1024: more than a tenth.
  assert.equal(verdict(sustains(64), sustains(1024)).verdict, 'undecided');
});

test('not supported: the ratio is at least a tenth even if the true rates are up to the next rung', () => {
  assert.ok(refutedBy(verdict(sustains(512), sustains(1024))) >= 0.1);
  assert.equal(verdict(sustains(128), sustains(1024)).verdict, 'undecided');
});

test('the ends of the ladder are those of the scenario', () => {
  assert.deepEqual([LOWEST_PER_SECOND, HIGHEST_PER_SECOND], [RATES[0], RATES.at(-1)]);
});

test('a checkout below the ladder counts with its lowest rate, a manifest below it as equal', () => {
  assert.equal(verdict(BELOW, sustains(512)).verdict, 'supported');
  assert.equal(verdict(BELOW, sustains(128)).verdict, 'undecided');
  assert.equal(verdict(sustains(8), BELOW).verdict, 'not supported');
});

test('undecided: a rate outside of the ladder can support, and refutes nothing', () => {
  const outside = /8 or from 4,096 on lies outside of the ladder and refutes nothing/;
  for (const [checkout, manifest] of [
    [BELOW, sustains(32)],
    [BELOW, BELOW],
    [sustains(2048), sustains(4096)],
    [sustains(4096), sustains(4096)],
  ] as const) {
    const judged = verdict(checkout, manifest);
    assert.equal(judged.verdict, 'undecided');
    assert.match(judged.because, outside);
  }
  assert.equal(verdict(sustains(32), sustains(4096)).verdict, 'supported');
  assert.doesNotMatch(verdict(sustains(64), sustains(1024)).because, /outside/);
});

test('one of eight blocks outside of the ladder is enough to refute nothing, one of 24 is not', () => {
  const manifest = (blocks: number): Series => ({
    below50MsCount: 0,
    sustained50MsPerSecond: Array.from({ length: blocks }, (_, block) => (block === 3 ? 4096 : 1024)),
  });
  const checkout = (blocks: number): Series => ({
    below50MsCount: Array(blocks).fill(0),
    sustained50MsPerSecond: Array(blocks).fill(1024),
  });
  const on = (blocks: number) =>
    verdictOn(claim, {
      blocks,
      groups: [group({ 'erofs-overlay': manifest(blocks), 'hardlink-checkout': checkout(blocks) })],
    });
  assert.equal(on(8).verdict, 'undecided');
  assert.equal(on(24).verdict, 'not supported');
});

test('not supported: one checkout sustains as much as the manifest', () => {
  const judged = verdictOn(claim, {
    groups: [
      group({
        'erofs-overlay': sustains(1024),
        'hardlink-checkout': BELOW,
        'reflink-checkout': sustains(1024),
      }),
    ],
  });
  assert.ok(refutedBy(judged) >= 0.1);
});

test('undecided: a backend of the claim failed in every slot', () => {
  const measured = { 'erofs-overlay': sustains(1024), 'hardlink-checkout': sustains(32) };
  assert.equal(verdictOn(claim, { groups: [group(measured)] }).verdict, 'supported');
  for (const arm of ['reflink-checkout', 'composefs-fuse']) {
    const judged = verdictOn(claim, { groups: [{ ...group(measured), failed: [arm] }] });
    assert.equal(judged.verdict, 'undecided');
    assert.equal(judged.because, `no value of ${arm}: its slots failed`);
  }
});

test('the largest image decides, whatever the order of the journal', () => {
  const on = (image: string, checkout: number): MadeGroup => ({
    ...group({ 'erofs-overlay': sustains(1024), 'hardlink-checkout': sustains(checkout) }),
    image,
  });
  const both = (small: number, large: number) => [on('small', small), on('large', large)];
  const images = [
    { name: 'small', entryCount: 1000 },
    { name: 'large', entryCount: 60_000 },
  ];
  // 32 is supported, 64 undecided.
  for (const groups of [both(32, 64), both(32, 64).reverse()]) {
    const judged = verdictOn(claim, { groups, images });
    assert.equal(judged.verdict, 'undecided');
    assert.match(judged.because, /^large: .*; the smaller small: supported/);
  }
  for (const groups of [both(64, 32), both(64, 32).reverse()])
    assert.equal(verdictOn(claim, { groups, images }).verdict, 'supported');
});

test('undecided: nothing was measured', () => {
  const judged = verdictOn(claim, { groups: [] });
  assert.equal(judged.verdict, 'undecided');
});

test('the rate that is shown of an arm below the ladder in some blocks is not that of its other blocks', () => {
  const some = (below: readonly number[]): Series => ({
    below50MsCount: below,
    sustained50MsPerSecond: below.map((count) => (count > 0 ? 0 : 512)),
  });
  const shown = (checkout: Series): string => {
    const figure = verdict(checkout, sustains(1024)).figures.find(
      ({ metric, what }) => metric === 'sustained50MsPerSecond' && what.startsWith('hardlink-checkout'),
    );
    return `${figure!.what}: ${figureText(figure!)}`;
  };
  assert.match(shown(some([1, 0, 1, 0, 1, 0, 1, 0])), /fewer than 8 in 4 of 8 blocks: <8\/s$/);
  assert.match(shown(some([1, 0, 0, 0, 0, 0, 0, 0])), /fewer than 8 in 1 of 8 blocks: 512\/s$/);
  assert.match(shown(BELOW), /fewer than 8 in 8 of 8 blocks: <8\/s$/);
  assert.doesNotMatch(shown(sustains(64)), /fewer/);
});
