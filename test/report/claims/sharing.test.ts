// Every verdict that the rules about sharing, stores, lookups and tampering can give, each from a journal made to order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim as c3 } from '../../../report/claims/c03.ts';
import { claim as c4 } from '../../../report/claims/c04.ts';
import { claim as c8 } from '../../../report/claims/c08.ts';
import { claim as c13 } from '../../../report/claims/c13.ts';
import { claim as c14 } from '../../../report/claims/c14.ts';
import type { Claim } from '../../../report/claims/claim.ts';
import { type Made, type MadeGroup, type Series, verdictOn } from './journal.ts';

const verdict = (claim: Claim, groups: readonly MadeGroup[], more: Partial<Made> = {}): string =>
  verdictOn(claim, { groups, ...more }).verdict;

const cache = (count: Readonly<Record<string, Series>>): MadeGroup => ({
  scenario: 'sharing-cache',
  params: { versions: 'made' },
  count,
});

const checkouts = (links: Series, reflinks: Series): readonly MadeGroup[] => [
  cache({ 'hardlink-checkout': links, 'reflink-checkout': reflinks }),
];

const TWICE = { mountCopiesRatio: 2, wrongLinkCount: 0 };
/** Of 1,000 common pages 800 lie in files that a link can merge. */
const ONCE_WRONG = {
  mountCopiesRatio: 1.2,
  mountFrameCount: 1200,
  sharedPageCount: 1000,
  alikePageCount: 800,
  wrongLinkCount: 120,
};

test('C3 stands where reflinks hold a page twice and hard links once with other link counts', () => {
  assert.equal(verdict(c3, checkouts(ONCE_WRONG, TWICE)), 'supported');
  assert.equal(
    verdict(c3, checkouts(ONCE_WRONG, { ...TWICE, mountCopiesRatio: [1.99, 2, 1.985] })),
    'supported',
  );
});

test('C3 falls where reflinks share, where hard links do not, or where their link counts are right', () => {
  assert.equal(verdict(c3, checkouts(ONCE_WRONG, { ...TWICE, mountCopiesRatio: 1 })), 'not supported');
  assert.equal(verdict(c3, checkouts({ ...ONCE_WRONG, mountFrameCount: 2000 }, TWICE)), 'not supported');
  assert.equal(verdict(c3, checkouts({ ...ONCE_WRONG, wrongLinkCount: 0 }, TWICE)), 'not supported');
});

test('C3 is undecided where pages were there neither once nor twice, in one pass only', () => {
  assert.equal(verdict(c3, checkouts(ONCE_WRONG, { ...TWICE, mountCopiesRatio: [2, 1.7, 2] })), 'undecided');
});

test('C3 is undecided where links share less than they could, or have nothing to share', () => {
  assert.equal(
    verdict(c3, checkouts({ ...ONCE_WRONG, mountFrameCount: [1200, 1300, 1200] }, TWICE)),
    'undecided',
  );
  const nothing = { ...ONCE_WRONG, mountFrameCount: 2000, alikePageCount: 0 };
  assert.equal(verdict(c3, checkouts(nothing, TWICE)), 'undecided');
});

test('C3 without reflinks gives the reason that the run recorded', () => {
  const skipped = [{ what: 'reflink-checkout', need: 'XFS on a loop file', reason: 'not installed' }];
  const judged = verdictOn(c3, { groups: [cache({ 'hardlink-checkout': ONCE_WRONG })], skipped });
  assert.equal(judged.verdict, 'not testable');
  assert.equal(judged.because, 'reflink-checkout: XFS on a loop file: not installed');
});

const ALL = { objectFileCount: 99, secondStoreObjectCount: 40, rightFileCount: 99, crossDeviceCount: 0 };
const REFUSED = { ...ALL, rightFileCount: 0, crossDeviceCount: 1 };
const stores = (count: Readonly<Record<string, Series>>): readonly MadeGroup[] => [
  { scenario: 'many-stores', params: { second: 'tmpfs' }, count },
];

test('C4 stands where mounts show every file and links are refused', () => {
  const count = { 'erofs-overlay': ALL, 'composefs-fuse': ALL, 'hardlink-checkout': REFUSED };
  assert.equal(verdict(c4, stores(count)), 'supported');
});

test('C4 falls with one wrong file, with nothing in the second store, and with links that work', () => {
  const count = { 'erofs-overlay': ALL, 'hardlink-checkout': REFUSED };
  const oneWrong = { ...count, 'erofs-overlay': { ...ALL, rightFileCount: [99, 98, 99] } };
  assert.equal(verdict(c4, stores(oneWrong)), 'not supported');
  const unused = { ...count, 'erofs-overlay': { ...ALL, secondStoreObjectCount: 0 } };
  assert.equal(verdict(c4, stores(unused)), 'not supported');
  assert.equal(verdict(c4, stores({ ...count, 'hardlink-checkout': ALL })), 'not supported');
});

test('C4 without a checkout or without mounts is not testable', () => {
  assert.equal(verdict(c4, stores({ 'erofs-overlay': ALL })), 'not testable');
  assert.equal(verdict(c4, stores({ 'hardlink-checkout': REFUSED })), 'not testable');
});

const lookups = (series: Series): readonly MadeGroup[] => [
  { scenario: 'lookup-trace', count: { 'erofs-overlay': series } },
];
const SEEN = { walkLookupCount: 0, openLookupCount: 155, openedFileCount: 87 };

test('C8 stands on a zero of a counter that sees files being opened', () => {
  assert.equal(verdict(c8, lookups(SEEN)), 'supported');
  assert.equal(verdict(c8, lookups({ ...SEEN, walkLookupCount: [0, 0, 1] })), 'not supported');
  assert.equal(verdict(c8, lookups({ ...SEEN, openLookupCount: [155, 86, 155] })), 'undecided');
  assert.equal(verdict(c8, []), 'not testable');
});

const OUTSIDE = ['mode', 'owner', 'attribute', 'replaced', 'rename'];
const matrix = (more: Series = {}): Series => ({
  contentShownCount: 1,
  contentByFileCount: 1,
  ...Object.fromEntries(
    OUTSIDE.flatMap((change) => [
      [`${change}ShownCount`, 1],
      [`${change}ByFileCount`, 0],
      [`${change}ByManifestCount`, 1],
    ]),
  ),
  ...more,
});
const tampered = (erofs: Series, unpacked: Series = matrix()): readonly MadeGroup[] => [
  { scenario: 'tamper', count: { 'erofs-overlay': erofs, 'unpacked-overlay': unpacked } },
];

test('C13 stands where digests of files tell a changed byte and nothing else', () => {
  assert.equal(verdict(c13, tampered(matrix())), 'supported');
});

for (const change of OUTSIDE)
  test(`C13 falls where digests of files tell a changed ${change}, on one backend`, () => {
    assert.equal(verdict(c13, tampered(matrix(), matrix({ [`${change}ByFileCount`]: 1 }))), 'not supported');
  });

test('C13 is undecided where a changed byte is not told, or a change is not shown', () => {
  assert.equal(verdict(c13, tampered(matrix({ contentByFileCount: 0 }))), 'undecided');
  assert.equal(verdict(c13, tampered(matrix(), matrix({ ownerShownCount: 0 }))), 'undecided');
  assert.equal(verdict(c13, []), 'not testable');
});

test('C13 says why the refusal by the kernel itself was not tested', () => {
  const features = { 'fs-verity': { ok: false, detail: 'ioctl: EOPNOTSUPP' } };
  const { because } = verdictOn(c13, { groups: tampered(matrix()), features });
  assert.match(because, /not testable here: fs-verity: ioctl: EOPNOTSUPP/);
});

const disk = (series: Series): MadeGroup => ({
  scenario: 'sharing-disk',
  params: { store: 'empty', versions: 'made' },
  count: { 'erofs-overlay': series },
});
const LITTLE = { firstDiskBytes: 1e6, addedDiskBytes: 60_000, newContentBytes: 20_000 };
const once = cache({ 'erofs-overlay': { mountCopiesRatio: 1 } });

test('C14 stands where common contents are there once in memory and on disk', () => {
  assert.equal(verdict(c14, [once, disk(LITTLE)]), 'supported');
});

test('C14 falls with a second copy in memory or on disk', () => {
  assert.equal(
    verdict(c14, [cache({ 'erofs-overlay': { mountCopiesRatio: 2 } }), disk(LITTLE)]),
    'not supported',
  );
  assert.equal(verdict(c14, [once, disk({ ...LITTLE, addedDiskBytes: 80_000 })]), 'not supported');
});

test('C14 is undecided without the disk or with pages that came and went', () => {
  assert.equal(verdict(c14, [once]), 'undecided');
  const some = cache({ 'erofs-overlay': { mountCopiesRatio: [1, 1.4, 1] } });
  assert.equal(verdict(c14, [some, disk(LITTLE)]), 'undecided');
  assert.equal(verdict(c14, []), 'not testable');
});
