import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c03.ts';
import { type MadeGroup, printedOf, refutedBy, type Series, verdictOn } from './journal.ts';

const verdict = (groups: readonly MadeGroup[]): string => verdictOn(claim, { groups }).verdict;

const cache = (count: Readonly<Record<string, Series>>, versions = 'certs'): MadeGroup => ({
  scenario: 'sharing-cache',
  params: { versions },
  count,
});

const checkouts = (links: Series, reflinks: Series, versions = 'certs'): readonly MadeGroup[] => [
  cache({ 'hardlink-checkout': links, 'reflink-checkout': reflinks }, versions),
];

const TWICE = { mountCopiesRatio: 2, wrongLinkCount: 0 };
/** Links can merge files with 800 of 1,000 common pages. */
const ONCE_WRONG = {
  mountCopiesRatio: 1.2,
  mountFrameCount: 1200,
  sharedPageCount: 1000,
  alikePageCount: 800,
  wrongLinkCount: 120,
};

test('supported: reflinks hold a page twice, hard links once with wrong link counts', () => {
  const judged = verdictOn(claim, { groups: checkouts(ONCE_WRONG, TWICE) });
  assert.equal(judged.verdict, 'supported');
  assert.deepEqual([judged.figures[0]!.metric, judged.figures[0]!.value], ['mountCopiesRatio', 2]);
  assert.equal(verdict(checkouts(ONCE_WRONG, { ...TWICE, mountCopiesRatio: 1.985 })), 'supported');
});

test('not supported: reflinks share, hard links do not, or link counts are right', () => {
  for (const [links, reflinks, what, value] of [
    [ONCE_WRONG, { ...TWICE, mountCopiesRatio: 1 }, /^reflink-checkout: copies/, 1],
    [{ ...ONCE_WRONG, mountFrameCount: 2000 }, TWICE, /^hardlink-checkout: copies .* equal metadata/, 2],
    [{ ...ONCE_WRONG, wrongLinkCount: 0 }, TWICE, /^hardlink-checkout: files whose link count/, 0],
  ] as const) {
    const judged = verdictOn(claim, { groups: checkouts(links, reflinks) });
    assert.equal(refutedBy(judged), value);
    assert.match(printedOf(judged).what, what);
  }
});

test('undecided: passes differ, or pages are in memory neither once nor twice', () => {
  const undecided = (links: Series, reflinks: Series) =>
    assert.equal(verdict(checkouts(links, reflinks)), 'undecided');
  undecided(ONCE_WRONG, { ...TWICE, mountCopiesRatio: [2, 1.7, 2] });
  undecided(ONCE_WRONG, { ...TWICE, mountCopiesRatio: [2, 1.99, 2] });
  undecided(ONCE_WRONG, { ...TWICE, mountCopiesRatio: 1.5 });
  undecided(ONCE_WRONG, { ...TWICE, mountCopiesRatio: 0.5 });
  undecided({ ...ONCE_WRONG, wrongLinkCount: [120, 0, 120] }, TWICE);
  undecided({ ...ONCE_WRONG, mountFrameCount: [1200, 1300, 1200] }, TWICE);
});

test('undecided: fewer than three counting passes, whatever they counted', () => {
  for (const links of [ONCE_WRONG, { ...ONCE_WRONG, wrongLinkCount: 0 }]) {
    const judged = verdictOn(claim, { groups: checkouts(links, TWICE), passes: 2 });
    assert.ok(judged.verdict === 'undecided');
    assert.equal(judged.because, 'fewer than three counting passes: made, versions=certs');
    assert.match(judged.wouldDecide, /--count-passes 3/);
  }
});

test('undecided: links can merge few pages, so that the others would decide', () => {
  const few = (alikePageCount: number, mountFrameCount: number): Series => ({
    ...ONCE_WRONG,
    sharedPageCount: 10_000,
    alikePageCount,
    mountFrameCount,
  });
  // Nothing is shared: not even the 50 pages.
  for (const frames of [20_000, 19_950])
    assert.equal(verdict(checkouts(few(50, frames), TWICE)), 'undecided');
  // The tolerance is a share of the 600 pages, not of all.
  assert.equal(verdict(checkouts(few(600, 19_400), TWICE)), 'supported');
  assert.equal(verdict(checkouts(few(600, 19_450), TWICE)), 'undecided');
  assert.equal(verdict(checkouts(few(600, 20_000), TWICE)), 'not supported');
});

test('undecided: links have nothing to merge, or two pairs of images disagree', () => {
  const nothing = { ...ONCE_WRONG, mountFrameCount: 2000, alikePageCount: 0 };
  assert.equal(verdict(checkouts(nothing, TWICE)), 'undecided');
  const shared = checkouts(ONCE_WRONG, { ...TWICE, mountCopiesRatio: 1 }, 'base');
  const judged = verdictOn(claim, { groups: [...checkouts(ONCE_WRONG, TWICE), ...shared] });
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /^supported on made, versions=certs; not supported on made, versions=base/);
});

test('undecided: slots of another pair failed, whose result may differ', () => {
  const failing = (arm: string, versions: string): MadeGroup => ({ ...cache({}, versions), failed: [arm] });
  for (const reflinks of [TWICE, { ...TWICE, mountCopiesRatio: 1 }]) {
    const groups = [...checkouts(ONCE_WRONG, reflinks), failing('reflink-checkout', 'base')];
    const judged = verdictOn(claim, { groups });
    assert.ok(judged.verdict === 'undecided');
    assert.match(judged.because, /^slots failed .*: reflink-checkout on made, versions=base$/);
    assert.match(judged.wouldDecide, /without failed slots/);
  }
  const beside = (arm: string, links: Series, versions: string): string =>
    verdict([...checkouts(links, TWICE), failing(arm, versions)]);
  assert.equal(beside('erofs-full', ONCE_WRONG, 'base'), 'supported', 'the claim is not about it');
  assert.equal(beside('hardlink-checkout', ONCE_WRONG, 'certs'), 'undecided');
  const right = { ...ONCE_WRONG, wrongLinkCount: 0 };
  assert.equal(beside('hardlink-checkout', right, 'certs'), 'not supported', 'other passes refute it');
});

test('not testable without reflinks, with the reason that the run recorded', () => {
  const skipped = [
    {
      kind: 'arm' as const,
      arm: 'reflink-checkout',
      backend: 'reflink-checkout',
      need: 'XFS on a loop file',
      reason: 'not installed',
    },
  ];
  const judged = verdictOn(claim, { groups: [cache({ 'hardlink-checkout': ONCE_WRONG })], skipped });
  assert.equal(judged.verdict, 'not testable');
  assert.equal(judged.because, 'reflink-checkout: XFS on a loop file: not installed');
});
