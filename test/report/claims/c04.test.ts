import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c04.ts';
import { type MadeGroup, printedOf, refutedBy, type Series, verdictOn } from './journal.ts';

const verdict = (groups: readonly MadeGroup[]): string => verdictOn(claim, { groups }).verdict;

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

test('supported: mounts show every file and both kinds of links are refused; a block image has one device', () => {
  const judged = verdictOn(claim, { groups: stores({ 'erofs-full': BLOCK }) });
  assert.equal(judged.verdict, 'supported');
  assert.equal(judged.figures[0]!.value, 99);
  const device = judged.figures.filter(({ what }) => what.startsWith('erofs-full: file systems'));
  assert.deepEqual(
    device.map(({ value, standIn }) => [value, standIn]),
    [[1, true]],
  );
});

test('not supported: one wrong file, nothing in the second store, or a link that works', () => {
  const refuted = (count: Readonly<Record<string, Series>>, what: RegExp, value: number) => {
    const judged = verdictOn(claim, { groups: stores(count) });
    assert.equal(refutedBy(judged), value);
    assert.match(printedOf(judged).what, what);
  };
  refuted(
    { 'erofs-overlay': { ...ALL, rightFileCount: 98 } },
    /^erofs-overlay: files with other contents/,
    1,
  );
  refuted({ 'composefs-fuse': { ...ALL, rightFileCount: 97 } }, /^composefs-fuse: files with other/, 2);
  refuted({ 'erofs-overlay': { ...ALL, secondStoreObjectCount: 0 } }, /^erofs-overlay: objects on the s/, 0);
  refuted({ 'hardlink-checkout': ALL }, /^hardlink-checkout: link refused/, 0);
  refuted({ 'reflink-checkout': ALL }, /^reflink-checkout: link refused/, 0);
});

test('undecided: two stores on one device, passes that differ, or file systems that disagree', () => {
  const one = { ...ALL, storeDeviceCount: 1 };
  assert.equal(verdict(stores({ 'erofs-overlay': one })), 'undecided');
  const oncePass = { ...ALL, rightFileCount: [99, 98, 99] };
  assert.equal(verdict(stores({ 'erofs-overlay': oncePass })), 'undecided');
  // On one device, links that work refute nothing.
  const linked = Object.fromEntries(Object.keys(STORES).map((arm) => [arm, one]));
  assert.equal(verdict(stores(linked)), 'undecided');
  const groups = [...stores({}), ...stores({ 'reflink-checkout': ALL }, 'xfs')];
  assert.match(
    verdictOn(claim, { groups }).because,
    /^supported on made, second=ext4; not supported on made, second=xfs/,
  );
});

test('undecided: fewer than three counting passes, whatever they counted', () => {
  for (const groups of [stores({}), stores({ 'reflink-checkout': ALL })]) {
    const judged = verdictOn(claim, { groups, passes: 1 });
    assert.equal(judged.verdict, 'undecided');
    assert.equal(judged.because, 'fewer than three counting passes: made, second=ext4');
  }
});

test('undecided: slots on another file system failed', () => {
  const failing: MadeGroup = {
    scenario: 'many-stores',
    params: { second: 'xfs' },
    failed: ['composefs-fuse'],
  };
  for (const count of [{}, { 'reflink-checkout': ALL }]) {
    const judged = verdictOn(claim, { groups: [...stores(count), failing] });
    assert.ok(judged.verdict === 'undecided');
    assert.match(judged.because, /: composefs-fuse on made, second=xfs$/);
  }
});

test('not testable without a checkout or without mounts', () => {
  const only = (arm: string, series: Series): readonly MadeGroup[] => [
    { scenario: 'many-stores', params: { second: 'ext4' }, count: { [arm]: series } },
  ];
  assert.equal(verdict(only('erofs-overlay', ALL)), 'not testable');
  assert.equal(verdict(only('hardlink-checkout', REFUSED)), 'not testable');
});
