import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c01.ts';
import { type MadeGroup, type MadeRun, refutedBy, verdictOn } from './journal.ts';

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

/** The same group without counts of an arm. */
const without = (group: MadeGroup, arm: string): MadeGroup => {
  const { [arm]: _count, ...count } = group.count!;
  const { [arm]: _ledger, ...ledgers } = group.ledgers!;
  return { ...group, count, ledgers };
};

const DIRECT = 'hardlink-checkout-direct';
/** With a checkout that needs no commands. */
const withDirect = (createPerFile: number, destroyPerFile: number): readonly MadeGroup[] =>
  SIZES.map((files) => {
    const group = scale(files, {});
    const calls = { createCallCount: createPerFile * files, destroyCallCount: destroyPerFile * files };
    return {
      ...group,
      count: { ...group.count, [DIRECT]: calls },
      ledgers: { ...group.ledgers, [DIRECT]: counted },
    };
  });

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
  assert.ok(Math.abs(figures(/^hardlink-checkout: calls of create/)[0]!.value - 3.1) < 1e-6);
  for (const arm of ['erofs-overlay', 'composefs-fuse'])
    assert.deepEqual(
      figures(new RegExp(`^${arm}: calls of create, mount`)).map(({ value }) => value),
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
  const judged = verdictOn(claim, run(withDirect(0.5, 2)));
  assert.ok(judged.verdict === 'not supported');
  assert.match(judged.decidedBy!.what, /^hardlink-checkout-direct: calls of create/);
  assert.equal(refutedBy(judged), 0.5);
});

test('every two neighbouring sizes count, not the average slope', () => {
  const flat = SIZES.map((files) => scale(files, { linkPerFile: files === 3000 ? 0.1 : 3.1 }));
  assert.ok(refutedBy(verdictOn(claim, run(flat))) < 1);
});

test('ingest and collect per object are stand-ins; calls of tar for its archive and files are shown', () => {
  const churn: MadeGroup = {
    scenario: 'churn',
    params: { local: 'nothing', ingest: 'trusted' },
    image: 'of-3000',
    count: { 'erofs-overlay': { ingestCallCount: 6000, collectCallCount: 1500 } },
    ledgers: { 'erofs-overlay': counted },
  };
  // Calls of a collection of the full store are those of all its images.
  const files = { ...churn, params: { local: 'files' }, image: 'of-140' };
  const groups = [...SIZES.map((count) => scale(count, {})), churn, files];
  const { figures, verdict } = verdictOn(claim, run(groups));
  assert.equal(verdict, 'supported');
  const objects = figures.filter(({ what }) => /per object/.test(what));
  assert.deepEqual(
    objects.map(({ value, standIn }) => [value, standIn]),
    [
      [4, true],
      [1, true],
      [6000 / 70, true],
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

const EVERY_ARM =
  'calls of hardlink-checkout, unpacked-overlay, reflink-checkout, erofs-overlay, composefs-fuse';

test('undecided: only one size, or passes of any arm differ', () => {
  const one = verdictOn(claim, run([scale(140, {})]));
  assert.ok(one.verdict === 'undecided' && one.wouldDecide.startsWith('cfsbench run'));
  assert.equal(one.because, `${EVERY_ARM}: counted at fewer than two sizes that are 1.5 times apart`);
  const varying = scale(140, {});
  for (const arm of ['unpacked-overlay', 'composefs-fuse']) {
    const count = {
      ...varying.count,
      [arm]: { ...varying.count![arm], createCallCount: [2300, 2301, 2300] },
    };
    const judged = verdictOn(claim, run([{ ...varying, count }, scale(3000, {})]));
    assert.equal(judged.verdict, 'undecided', arm);
    assert.equal(judged.because, `calls of ${arm}: not equal in every pass`);
  }
});

test('undecided: counted in fewer than three passes', () => {
  const judged = on({}, { passes: 2 });
  assert.ok(judged.verdict === 'undecided');
  assert.equal(judged.because, `${EVERY_ARM}: fewer than three counting passes`);
  assert.match(judged.wouldDecide, /--count-passes 3/);
  assert.equal(on({ linkPerFile: 0.9 }, { passes: 1 }).verdict, 'undecided', 'nor is it refuted');
  const ended = { scenario: 'churn', params: {}, image: 'x', passes: 1, blocks: 0, neededBlocks: 8 };
  const cut = on({}, { passes: 1, dropped: [{ kind: 'group', ...ended, neededNs: 2e9, leftNs: 1e9 }] });
  assert.ok(cut.verdict === 'undecided' && /longer --budget/.test(cut.wouldDecide));
  const traced = on({}, { passes: 1, ledgerSource: 'strace' });
  assert.ok(traced.verdict === 'undecided' && /where BPF works/.test(traced.wouldDecide));
});

test('undecided with strace, which sees commands only; a checkout made by commands can still refute', () => {
  const strace = { ledgerSource: 'strace' };
  const traced = on({}, strace);
  assert.ok(traced.verdict === 'undecided');
  assert.equal(traced.because, 'calls of erofs-overlay, composefs-fuse: strace counts commands only');
  assert.match(traced.wouldDecide, /where BPF works/);
  assert.equal(on({ linkPerFile: 0.9 }, strace).verdict, 'not supported');
  // Without a command there is nothing to count.
  const direct = withDirect(0, 0);
  assert.equal(verdictOn(claim, run(direct)).verdict, 'not supported');
  const unseen = verdictOn(claim, run(direct, strace));
  assert.equal(unseen.verdict, 'undecided');
  assert.match(unseen.because, /^calls of hardlink-checkout-direct, erofs-overlay, .* commands only$/);
});

test('reflinks are optional, hard links and layers are needed', () => {
  const lacking = (arm: string): MadeRun => run(SIZES.map((files) => without(scale(files, {}), arm)));
  assert.equal(verdictOn(claim, lacking('reflink-checkout')).verdict, 'supported');
  const judged = verdictOn(claim, lacking('hardlink-checkout'));
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

test('undecided: a checkout or a manifest backend failed at one size; one that refutes still does', () => {
  const failing = (arm: string, calls: Calls = {}): MadeRun =>
    run(
      SIZES.map((files) => {
        const group = scale(files, calls);
        return files === 3000 ? { ...without(group, arm), failed: [arm] } : group;
      }),
    );
  for (const arm of ['unpacked-overlay', 'reflink-checkout', 'erofs-overlay']) {
    const judged = verdictOn(claim, failing(arm));
    assert.equal(judged.verdict, 'undecided');
    assert.equal(judged.because, `no value of ${arm}: its slots failed`);
    assert.equal(verdictOn(claim, failing(arm, { linkPerFile: 0.5 })).verdict, 'not supported');
  }
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
