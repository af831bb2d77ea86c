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

const cache = (count: Readonly<Record<string, Series>>, versions = 'certs'): MadeGroup => ({
  scenario: 'sharing-cache',
  params: { versions },
  count,
});

const checkouts = (links: Series, reflinks: Series, versions = 'certs'): readonly MadeGroup[] => [
  cache({ 'hardlink-checkout': links, 'reflink-checkout': reflinks }, versions),
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
  const judged = verdictOn(c3, { groups: checkouts(ONCE_WRONG, TWICE) });
  assert.equal(judged.verdict, 'supported');
  assert.deepEqual([judged.figures[0]!.metric, judged.figures[0]!.value], ['mountCopiesRatio', 2]);
  assert.equal(verdict(c3, checkouts(ONCE_WRONG, { ...TWICE, mountCopiesRatio: 1.985 })), 'supported');
});

test('C3 falls where reflinks share, where hard links do not, or where their link counts are right', () => {
  assert.equal(verdict(c3, checkouts(ONCE_WRONG, { ...TWICE, mountCopiesRatio: 1 })), 'not supported');
  assert.equal(verdict(c3, checkouts({ ...ONCE_WRONG, mountFrameCount: 2000 }, TWICE)), 'not supported');
  assert.equal(verdict(c3, checkouts({ ...ONCE_WRONG, wrongLinkCount: 0 }, TWICE)), 'not supported');
});

test('C3 is undecided where passes differ, or pages were there neither once nor twice', () => {
  const undecided = (links: Series, reflinks: Series) =>
    assert.equal(verdict(c3, checkouts(links, reflinks)), 'undecided');
  undecided(ONCE_WRONG, { ...TWICE, mountCopiesRatio: [2, 1.7, 2] });
  undecided(ONCE_WRONG, { ...TWICE, mountCopiesRatio: [2, 1.99, 2] });
  undecided(ONCE_WRONG, { ...TWICE, mountCopiesRatio: 1.5 });
  undecided({ ...ONCE_WRONG, wrongLinkCount: [120, 0, 120] }, TWICE);
  undecided({ ...ONCE_WRONG, mountFrameCount: [1200, 1300, 1200] }, TWICE);
});

test('C3 is undecided where links have nothing to merge, or where two pairs of images disagree', () => {
  const nothing = { ...ONCE_WRONG, mountFrameCount: 2000, alikePageCount: 0 };
  assert.equal(verdict(c3, checkouts(nothing, TWICE)), 'undecided');
  const shared = checkouts(ONCE_WRONG, { ...TWICE, mountCopiesRatio: 1 }, 'base');
  const judged = verdictOn(c3, { groups: [...checkouts(ONCE_WRONG, TWICE), ...shared] });
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /yes on made, versions=certs; no on made, versions=base/);
});

test('C3 without reflinks gives the reason that the run recorded', () => {
  const skipped = [{ what: 'reflink-checkout', need: 'XFS on a loop file', reason: 'not installed' }];
  const judged = verdictOn(c3, { groups: [cache({ 'hardlink-checkout': ONCE_WRONG })], skipped });
  assert.equal(judged.verdict, 'not testable');
  assert.equal(judged.because, 'reflink-checkout: XFS on a loop file: not installed');
});

const ALL = {
  objectFileCount: 99,
  secondStoreObjectCount: 40,
  rightFileCount: 99,
  crossDeviceCount: 0,
  storeDeviceCount: 2,
};
const REFUSED = { ...ALL, rightFileCount: 0, crossDeviceCount: 1 };
const BLOCK = { objectFileCount: 99, rightFileCount: 99, crossDeviceCount: 0, storeDeviceCount: 1 };
const STORES = {
  'erofs-overlay': ALL,
  'composefs-fuse': ALL,
  'hardlink-checkout': REFUSED,
  'reflink-checkout': REFUSED,
};
const stores = (count: Readonly<Record<string, Series>>, second = 'ext4'): readonly MadeGroup[] => [
  { scenario: 'many-stores', params: { second }, count: { ...STORES, ...count } },
];

test('C4 stands where mounts show every file and both kinds of links are refused; a block image says its one device', () => {
  const judged = verdictOn(c4, { groups: stores({ 'erofs-full': BLOCK }) });
  assert.equal(judged.verdict, 'supported');
  assert.equal(judged.figures[0]!.value, 99);
  const device = judged.figures.filter(({ what }) => what.startsWith('erofs-full: file systems'));
  assert.deepEqual(
    device.map(({ value, standIn }) => [value, standIn]),
    [[1, true]],
  );
});

test('C4 falls with one wrong file, with nothing in the second store, and with links that work', () => {
  const falls = (count: Readonly<Record<string, Series>>) =>
    assert.equal(verdict(c4, stores(count)), 'not supported');
  falls({ 'erofs-overlay': { ...ALL, rightFileCount: 98 } });
  falls({ 'composefs-fuse': { ...ALL, rightFileCount: 98 } });
  falls({ 'erofs-overlay': { ...ALL, secondStoreObjectCount: 0 } });
  falls({ 'hardlink-checkout': ALL });
  falls({ 'reflink-checkout': ALL });
});

test('C4 is undecided where two stores have one device, where passes differ, and where file systems disagree', () => {
  const one = { ...ALL, storeDeviceCount: 1 };
  assert.equal(verdict(c4, stores({ 'erofs-overlay': one })), 'undecided');
  const oncePass = { ...ALL, rightFileCount: [99, 98, 99] };
  assert.equal(verdict(c4, stores({ 'erofs-overlay': oncePass })), 'undecided');
  // Links that work there refute nothing.
  const linked = Object.fromEntries(Object.keys(STORES).map((arm) => [arm, one]));
  assert.equal(verdict(c4, stores(linked)), 'undecided');
  const groups = [...stores({}), ...stores({ 'reflink-checkout': ALL }, 'xfs')];
  assert.match(verdictOn(c4, { groups }).because, /yes on made, second=ext4; no on made, second=xfs/);
});

test('C4 without a checkout or without mounts is not testable', () => {
  const only = (arm: string, series: Series): readonly MadeGroup[] => [
    { scenario: 'many-stores', params: { second: 'ext4' }, count: { [arm]: series } },
  ];
  assert.equal(verdict(c4, only('erofs-overlay', ALL)), 'not testable');
  assert.equal(verdict(c4, only('hardlink-checkout', REFUSED)), 'not testable');
});

const lookups = (series: Series): readonly MadeGroup[] => [
  { scenario: 'lookup-trace', count: { 'erofs-overlay': series } },
];
const SEEN = { walkLookupCount: 0, openLookupCount: 155, openedFileCount: 87 };

test('C8 stands on a zero of a counter that sees files being opened', () => {
  assert.equal(verdict(c8, lookups(SEEN)), 'supported');
  assert.equal(verdict(c8, lookups({ ...SEEN, walkLookupCount: [87, 90, 87] })), 'not supported');
  assert.equal(verdict(c8, lookups({ ...SEEN, walkLookupCount: [0, 0, 1] })), 'undecided');
  assert.equal(verdict(c8, lookups({ ...SEEN, openLookupCount: [155, 86, 155] })), 'undecided');
  assert.equal(verdict(c8, []), 'not testable');
});

const OUTSIDE = ['mode', 'owner', 'attribute', 'replaced', 'redigested', 'rename'];
const matrix = (more: Series = {}): Series => ({
  contentShownCount: 1,
  contentByFileCount: 1,
  contentByReferenceCount: 1,
  contentByManifestCount: 0,
  ...Object.fromEntries(
    OUTSIDE.flatMap((change) => [
      [`${change}ShownCount`, 1],
      [`${change}ByFileCount`, 0],
      [`${change}ByReferenceCount`, change === 'replaced' ? 1 : 0],
      [`${change}ByManifestCount`, 1],
    ]),
  ),
  ...more,
});
const layers = (more: Series = {}): Series => ({
  ...Object.fromEntries(
    Object.entries(matrix()).filter(
      ([name]) => /(Shown|ByFile)Count$/.test(name) && !name.startsWith('redigested'),
    ),
  ),
  ...more,
});
const tampered = (erofs: Series, unpacked: Series = layers()): readonly MadeGroup[] => [
  { scenario: 'tamper', count: { 'erofs-overlay': erofs, 'unpacked-overlay': unpacked } },
];

test('C13 stands on three levels, and says what verity=require tells', () => {
  const judged = verdictOn(c13, { groups: tampered(matrix()) });
  assert.equal(judged.verdict, 'supported');
  assert.match(judged.because, /verity=require tells a replaced redirect too/);
  const sums = judged.figures.filter(({ metric }) => metric === 'toldChangeCount').map(({ value }) => value);
  assert.deepEqual(sums, [0, 1, 6, 0]);
  assert.equal(judged.figures[0]!.value, 0);
});

for (const change of OUTSIDE) {
  test(`C13 falls where digests of files tell a changed ${change}, and where the manifest's does not`, () => {
    assert.equal(verdict(c13, tampered(matrix({ [`${change}ByFileCount`]: 1 }))), 'not supported');
    assert.equal(verdict(c13, tampered(matrix({ [`${change}ByManifestCount`]: 0 }))), 'not supported');
    if (change !== 'redigested')
      assert.equal(
        verdict(c13, tampered(matrix(), layers({ [`${change}ByFileCount`]: 1 }))),
        'not supported',
      );
  });

  test(`C13 falls where verity=require answers otherwise of a changed ${change}`, () => {
    const flipped = change === 'replaced' ? 0 : 1;
    const judged = verdictOn(c13, { groups: tampered(matrix({ [`${change}ByReferenceCount`]: flipped })) });
    assert.equal(judged.verdict, 'not supported');
    assert.match(
      judged.because,
      change === 'replaced' ? /verity=require misses a redirect/ : /verity=require tells/,
    );
  });
}

test('C13 is undecided where a changed byte is not told, a change is not shown, or passes differ', () => {
  assert.equal(verdict(c13, tampered(matrix({ contentByFileCount: 0 }))), 'undecided');
  assert.equal(verdict(c13, tampered(matrix(), layers({ ownerShownCount: 0 }))), 'undecided');
  assert.equal(verdict(c13, tampered(matrix({ modeByManifestCount: [1, 0, 1] }))), 'undecided');
  assert.equal(verdict(c13, []), 'not testable');
});

test('C13 says that digests are computed, and why the refusal by the kernel itself was not tested', () => {
  const features = { 'fs-verity': { ok: false, detail: 'ioctl: EOPNOTSUPP' } };
  const { because } = verdictOn(c13, { groups: tampered(matrix()), features });
  assert.match(because, /computed; .* not testable here: fs-verity: ioctl: EOPNOTSUPP/);
});

const disk = (series: Series, versions = 'certs'): MadeGroup => ({
  scenario: 'sharing-disk',
  params: { local: 'nothing', versions },
  count: { 'erofs-overlay': series },
});
const LITTLE = { firstDiskBytes: 1e6, addedDiskBytes: 60_000, newContentBytes: 20_000 };
const once = cache({ 'erofs-overlay': { mountCopiesRatio: 1 } });
const twice = cache({ 'erofs-overlay': { mountCopiesRatio: 2 } });

test('C14 stands where common contents are there once in memory and on disk', () => {
  const judged = verdictOn(c14, { groups: [once, disk(LITTLE)] });
  assert.equal(judged.verdict, 'supported');
  assert.deepEqual([judged.figures[0]!.metric, judged.figures[0]!.value], ['mountCopiesRatio', 1]);
});

test('C14 falls with a second copy in memory or on disk, and that number stands first', () => {
  const memory = verdictOn(c14, { groups: [twice, disk(LITTLE)] });
  assert.deepEqual([memory.verdict, memory.figures[0]!.value], ['not supported', 2]);
  const copied = verdictOn(c14, { groups: [once, disk({ ...LITTLE, addedDiskBytes: 80_000 })] });
  assert.deepEqual([copied.verdict, copied.figures[0]!.metric], ['not supported', 'addedDiskBytes']);
  assert.match(copied.because, /on disk$/);
});

test('C14 is undecided without the disk, where passes differ, or where pairs disagree', () => {
  assert.equal(verdict(c14, [once]), 'undecided');
  const some = cache({ 'erofs-overlay': { mountCopiesRatio: [1, 1.4, 1] } });
  assert.equal(verdict(c14, [some, disk(LITTLE)]), 'undecided');
  const onTheLine = disk({ ...LITTLE, addedDiskBytes: [60_000, 80_000, 60_000] });
  assert.equal(verdict(c14, [once, onTheLine]), 'undecided');
  const split = [once, cache({ 'erofs-overlay': { mountCopiesRatio: 2 } }, 'base'), disk(LITTLE)];
  assert.match(verdictOn(c14, { groups: split }).because, /yes on .*certs; no on .*base/);
  assert.equal(verdict(c14, []), 'not testable');
});

test('C14 says what unpacked layers of one base share', () => {
  const layered = cache(
    { 'erofs-overlay': { mountCopiesRatio: 1 }, 'unpacked-overlay': { mountCopiesRatio: 1.04 } },
    'same-base',
  );
  const { because } = verdictOn(c14, { groups: [once, layered, disk(LITTLE)] });
  assert.match(because, /unpacked layers share .* \(1\.04 copies\)/);
});
