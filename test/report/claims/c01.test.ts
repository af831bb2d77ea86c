import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c01.ts';
import { type MadeGroup, type MadeRun, verdictOn } from './journal.ts';

interface Calls {
  readonly linkPerFile?: number;
  readonly unlinkPerFile?: number;
  readonly unpackPerFile?: number;
  readonly reflinkPerFile?: number;
  /** Additional calls per image, not per file. */
  readonly mount?: number;
  readonly ingestPerFile?: number;
}

const SIZES = [140, 3000, 45_000];
/** Only sums are read, so any ledger will do. */
const counted = { create: { tar: { openat: 1 } } };
const tar = { create: { tar: { openat: 700, read: 200, write: 150 }, harness: { write: 3 } } };

const scale = (files: number, calls: Calls, more: Partial<MadeGroup> = {}): MadeGroup => {
  const { linkPerFile = 3.1, unlinkPerFile = 3.4, unpackPerFile = 18, mount = 0 } = calls;
  const { reflinkPerFile = 9, ingestPerFile = 4 } = calls;
  return {
    scenario: 'churn-scale',
    params: { local: 'files', size: `of-${files}` },
    image: `of-${files}`,
    count: {
      'hardlink-checkout': {
        createCallCount: 90 + linkPerFile * files,
        destroyCallCount: 50 + unlinkPerFile * files,
      },
      'unpacked-overlay': { createCallCount: 500 + unpackPerFile * files, destroyCallCount: 90 + 3 * files },
      'reflink-checkout': { createCallCount: 80 + reflinkPerFile * files, destroyCallCount: 50 + 3 * files },
      'erofs-overlay': {
        ingestCallCount: ingestPerFile * files,
        createCallCount: 3,
        mountCallCount: 16 + mount,
        destroyCallCount: 1,
      },
      'composefs-fuse': { createCallCount: 3, mountCallCount: 80, unmountCallCount: 9 },
    },
    ledgers: {
      'hardlink-checkout': counted,
      'unpacked-overlay': tar,
      'reflink-checkout': counted,
      'erofs-overlay': counted,
      'composefs-fuse': counted,
    },
    ...more,
  };
};

const run = (groups: readonly MadeGroup[], more: Partial<MadeRun> = {}): MadeRun => ({
  groups,
  images: SIZES.map((files) => ({
    name: `of-${files}`,
    fileCount: files,
    entryCount: 1.25 * files,
    objectCount: files / 2,
  })),
  ...more,
});

const on = (calls: Calls = {}, more: Partial<MadeRun> = {}) =>
  verdictOn(
    claim,
    run(
      SIZES.map((files) => scale(files, calls)),
      more,
    ),
  );

test('supported: every checkout takes a call per file, every manifest none', () => {
  const judged = on();
  assert.equal(judged.verdict, 'supported');
  assert.ok(judged.verdict === 'supported');
  // The cheapest checkout decides: in this journal, the removal of unpacked and reflinked files.
  assert.ok(Math.abs(judged.decidedBy!.value - 3) < 1e-6);
  const figures = (words: RegExp) => judged.figures.filter(({ what }) => words.test(what));
  assert.ok(Math.abs(figures(/^hardlink-checkout, calls of create/)[0]!.value - 3.1) < 1e-6);
  for (const arm of ['erofs-overlay', 'composefs-fuse'])
    assert.deepEqual(
      figures(new RegExp(`^${arm}, calls of create, mount`)).map(({ value }) => value),
      [0],
    );
});

test('the bound of one call is inclusive; a lower number refutes the claim and is printed', () => {
  assert.equal(on({ linkPerFile: 1 }).verdict, 'supported');
  for (const calls of [
    { linkPerFile: 0.9 },
    { unlinkPerFile: 0.9 },
    { unpackPerFile: 0.9 },
    { reflinkPerFile: 0.9 },
  ]) {
    const judged = on(calls);
    assert.ok(judged.verdict === 'not supported');
    assert.ok(Math.abs(judged.decidedBy!.value - 0.9) < 1e-6, judged.decidedBy!.what);
  }
});

test('not supported: mounting a larger image takes one more call', () => {
  const groups = SIZES.map((files, index) => scale(files, { mount: index }));
  const judged = verdictOn(claim, run(groups));
  assert.ok(judged.verdict === 'not supported');
  assert.match(judged.decidedBy!.what, /^erofs-overlay/);
  assert.ok(judged.decidedBy!.value > 0);
});

test('a checkout variant without commands is judged if the run has it', () => {
  const direct = SIZES.map((files) => {
    const group = scale(files, {});
    return {
      ...group,
      count: {
        ...group.count,
        'hardlink-checkout-direct': { createCallCount: 0.5 * files, destroyCallCount: 2 * files },
      },
      ledgers: { ...group.ledgers, 'hardlink-checkout-direct': counted },
    };
  });
  const judged = verdictOn(claim, run(direct));
  assert.ok(judged.verdict === 'not supported');
  assert.match(judged.decidedBy!.what, /^hardlink-checkout-direct, calls of create/);
});

test('every two neighbouring sizes count, not the average slope', () => {
  const flat = SIZES.map((files) => scale(files, { linkPerFile: files === 3000 ? 0.1 : 3.1 }));
  assert.equal(verdictOn(claim, run(flat)).verdict, 'not supported');
});

test('ingest and collect per object are stand-ins; tar’s calls that move contents are shown', () => {
  const churn: MadeGroup = {
    scenario: 'churn',
    params: { local: 'nothing', ingest: 'trusted' },
    image: 'of-3000',
    count: { 'erofs-overlay': { ingestCallCount: 6000, collectCallCount: 1500 } },
    ledgers: { 'erofs-overlay': counted },
  };
  const { figures, verdict } = verdictOn(claim, run([...SIZES.map((files) => scale(files, {})), churn]));
  assert.equal(verdict, 'supported');
  const objects = figures.filter(({ what }) => /per object/.test(what));
  assert.deepEqual(
    objects.map(({ value, standIn }) => [value, standIn]),
    [
      [4, true],
      [1, true],
    ],
  );
  const moves = figures.find(({ what }) => /of 1,050 calls of tar/.test(what))!;
  assert.equal(moves.value, 350);
  const names = figures.find(({ what }) =>
    /^hardlink-checkout, of-45000: calls of create per entry/.test(what),
  )!;
  assert.ok(Math.abs(names.value - (90 + 3.1 * 45_000) / (1.25 * 45_000)) < 1e-9);
});

test('an image of churn adds a size unless churn-scale has that size', () => {
  const [small, base] = SIZES.map((files) => scale(files, {}));
  const churn = { ...scale(45_000, { linkPerFile: 0.2 }), scenario: 'churn', params: { local: 'files' } };
  assert.equal(verdictOn(claim, run([small!, base!, churn])).verdict, 'not supported');
  const known = { ...scale(3000, { linkPerFile: 0.2 }), scenario: 'churn', params: { local: 'files' } };
  assert.equal(verdictOn(claim, run([small!, base!, known])).verdict, 'supported');
});

test('undecided: only one size, or passes of any arm differ', () => {
  const one = verdictOn(claim, run([scale(140, {})]));
  assert.ok(one.verdict === 'undecided' && one.wouldDecide.startsWith('cfsbench run'));
  const varying = scale(140, {});
  for (const arm of ['unpacked-overlay', 'composefs-fuse']) {
    const count = {
      ...varying.count,
      [arm]: { ...varying.count![arm], createCallCount: [2300, 2301, 2300] },
    };
    const judged = verdictOn(claim, run([{ ...varying, count }, scale(3000, {})]));
    assert.equal(judged.verdict, 'undecided', arm);
    assert.match(judged.because, new RegExp(arm));
  }
});

test('undecided: counted in fewer than three passes', () => {
  const judged = on({}, { passes: 2 });
  assert.ok(judged.verdict === 'undecided');
  assert.match(judged.because, /calls of hardlink-checkout: fewer than three counting passes/);
  assert.match(judged.wouldDecide, /--count-passes 3/);
  assert.equal(on({ linkPerFile: 0.9 }, { passes: 1 }).verdict, 'undecided', 'nor is it refuted');
  const traced = on({}, { passes: 1, ledgerSource: 'strace' });
  assert.ok(traced.verdict === 'undecided' && /where BPF works/.test(traced.wouldDecide));
});

test('reflinks are optional, hard links and layers are needed', () => {
  const without = (arm: string) =>
    SIZES.map((files) => {
      const group = scale(files, {});
      const { [arm]: _count, ...count } = group.count!;
      const { [arm]: _ledger, ...ledgers } = group.ledgers!;
      return { ...group, count, ledgers };
    });
  assert.equal(verdictOn(claim, run(without('reflink-checkout'))).verdict, 'supported');
  const judged = verdictOn(claim, run(without('hardlink-checkout')));
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /hardlink-checkout/);
});

test('undecided: a checkout or a manifest backend failed in every slot; one that refutes still does', () => {
  const failing = (arm: string, calls: Calls = {}): MadeRun =>
    run(SIZES.map((files) => ({ ...scale(files, calls), failed: [arm] })));
  for (const arm of ['hardlink-checkout-direct', 'mount-composefs']) {
    const judged = verdictOn(claim, failing(arm));
    assert.equal(judged.verdict, 'undecided');
    assert.equal(judged.because, `no value of ${arm}: its slots failed`);
    assert.equal(verdictOn(claim, failing(arm, { linkPerFile: 0.5 })).verdict, 'not supported');
  }
  assert.equal(verdictOn(claim, failing('squashfs-full')).verdict, 'supported', 'the claim is not about it');
  assert.equal(
    verdictOn(claim, failing('erofs-overlay')).verdict,
    'supported',
    'other slots of it did not fail',
  );
});

test('not testable: with the reason why nothing was unpacked or counted', () => {
  const skipped = [
    {
      kind: 'arm' as const,
      arm: 'unpacked-overlay',
      backend: 'unpacked-overlay',
      need: 'GNU tar',
      reason: 'tar: not found',
    },
  ];
  const none = verdictOn(claim, run([], { skipped }));
  assert.equal(none.verdict, 'not testable');
  assert.match(none.because, /GNU tar: tar: not found/);
  const uncounted = on({}, { ledgerSource: 'nothing here counts: EPERM' });
  assert.equal(uncounted.verdict, 'not testable');
  assert.match(uncounted.because, /nothing here counts: EPERM/);
});
