import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c01.ts';
import { around, type Made, type MadeGroup, verdictOn } from './journal.ts';

interface Calls {
  readonly unpackPerFile?: number;
  readonly removePerFile?: number;
  readonly mountPerFile?: number;
  readonly ingestPerFile?: number;
}

const SIZES = [100, 500, 2000];
/** Any ledger will do: the sums stand beside it. */
const counted = { create: { tar: { openat: 1 } } };

const scale = (files: number, calls: Calls): MadeGroup => {
  const { unpackPerFile = 18, removePerFile = 8, mountPerFile = 0, ingestPerFile = 4 } = calls;
  return {
    scenario: 'churn-scale',
    params: { store: 'empty', files },
    image: `synthetic-${files}`,
    count: {
      'unpacked-overlay': {
        createCallCount: 500 + unpackPerFile * files,
        destroyCallCount: 90 + removePerFile * files,
        mountCallCount: 8,
      },
      'erofs-overlay': {
        ingestCallCount: 3 + ingestPerFile * files,
        mountCallCount: 16 + mountPerFile * files,
        collectCallCount: 1028 + files,
      },
    },
    ledgers: { 'unpacked-overlay': counted, 'erofs-overlay': counted },
    time: {
      'unpacked-overlay': { createWallNs: around(1e6 + 50e3 * files) },
      'erofs-overlay': { mountWallNs: around(1e5) },
    },
  };
};

const full = (files: number): MadeGroup => ({
  scenario: 'churn',
  params: { store: 'full' },
  image: `synthetic-${files}`,
  count: {
    'unpacked-overlay': { createCallCount: 2 },
    'erofs-overlay': { ingestCallCount: files, mountCallCount: 16 },
    'composefs-fuse': { mountCallCount: 88 },
  },
  ledgers: { 'unpacked-overlay': counted, 'erofs-overlay': counted, 'composefs-fuse': counted },
});

const run = (calls: Calls = {}, more: Partial<Made> = {}): Made => ({
  groups: [...SIZES.map((files) => scale(files, calls)), ...SIZES.slice(0, 2).map(full)],
  images: SIZES.map((files) => ({ name: `synthetic-${files}`, fileCount: files })),
  ...more,
});

test('supported: unpacking and removing grow by at least one call a file, no mount of a manifest grows', () => {
  const judged = verdictOn(claim, run());
  assert.equal(judged.verdict, 'supported');
  const told = (words: RegExp) => judged.told.filter(({ what }) => words.test(what));
  assert.ok(Math.abs(told(/unpacked-overlay: calls of create for/)[0]!.value - 18) < 1e-9);
  assert.ok(Math.abs(told(/unpacked-overlay: calls of destroy for/)[0]!.value - 8) < 1e-9);
  assert.ok(Math.abs(told(/calls of ingest for each file/)[0]!.value - 4) < 1e-9);
  assert.deepEqual(
    told(/composefs-fuse: calls of create, mount/).map(({ value }) => value),
    [0],
    'the FUSE server is judged by churn',
  );
});

test('both stores stand beside the verdict, and time for each file has an interval', () => {
  const { told } = verdictOn(claim, run());
  const full100 = told.find(({ what }) => what.startsWith('store full, synthetic-100, unpacked-overlay'))!;
  assert.equal(full100.value, 2 / 100);
  assert.equal(
    told.find(({ what }) => what.startsWith('store full, synthetic-500, erofs-overlay'))!.value,
    1,
  );
  const time = told.find(
    ({ what }) => what === 'store empty, unpacked-overlay: time of create for each file',
  )!;
  assert.ok(time.interval?.kind === 'interval');
  assert.ok(time.interval.lo <= 50e3 && time.interval.hi >= 50e3 && time.interval.lo < time.interval.hi);
});

test('not supported: less than one call a file to unpack, or to remove', () => {
  assert.equal(verdictOn(claim, run({ unpackPerFile: 0.9 })).verdict, 'not supported');
  assert.equal(verdictOn(claim, run({ removePerFile: 0.5 })).verdict, 'not supported');
  assert.equal(verdictOn(claim, run({ removePerFile: 1 })).verdict, 'supported');
});

test('not supported: the mount of a manifest grows with its files', () => {
  const judged = verdictOn(claim, run({ mountPerFile: 0.01 }));
  assert.equal(judged.verdict, 'not supported');
  assert.match(judged.because, /grow with its files/);
});

test('undecided: one size, or passes that differ', () => {
  const one = verdictOn(claim, run({}, { groups: [scale(100, {})] }));
  assert.equal(one.verdict, 'undecided');
  assert.ok(one.verdict === 'undecided' && one.wouldDecide.startsWith('cfsbench run --scenarios'));
  const varying = scale(100, {});
  const groups: readonly MadeGroup[] = [
    {
      ...varying,
      count: {
        ...varying.count,
        'unpacked-overlay': { createCallCount: [2300, 2301, 2300], destroyCallCount: 890 },
      },
    },
    scale(500, {}),
  ];
  assert.equal(verdictOn(claim, run({}, { groups })).verdict, 'undecided');
});

test('not testable: the run says why nothing was unpacked, or why nothing was counted', () => {
  const skipped = [{ what: 'unpacked-overlay', need: 'GNU tar', reason: 'tar: not found' }];
  const none = verdictOn(claim, run({}, { groups: [full(100)], skipped }));
  assert.deepEqual(
    { ...none, told: [] },
    { verdict: 'not testable', because: 'GNU tar: tar: not found', told: [] },
  );
  const uncounted = verdictOn(claim, run({}, { ledgerSource: 'nothing here counts: EPERM' }));
  assert.equal(uncounted.verdict, 'not testable');
  assert.match(uncounted.because, /nothing here counts: EPERM/);
});
