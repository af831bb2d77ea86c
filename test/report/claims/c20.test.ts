import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c20.ts';
import type { Params } from '../../../results/schema/shared.ts';
import { around, type MadeGroup, refutedBy, verdictOn } from './journal.ts';

type Ratios = readonly number[];

const removal = (
  on: string,
  slowdown: Ratios,
  more: { objects?: Ratios; caches?: string } = {},
): MadeGroup => {
  const fileSystem = on === 'work' ? {} : { journalCount: 1, discardCount: 0 };
  return {
    scenario: 'cleanup',
    params: { local: 'nothing', on, size: 'certs', caches: more.caches ?? 'warm', durable: 'yes' },
    time: {
      'unpacked-overlay': { neighbourSlowdownRatio: slowdown, cleanupWallNs: around(80e6), ...fileSystem },
      'erofs-overlay': {
        neighbourSlowdownRatio: more.objects ?? around(5),
        cleanupWallNs: around(50e6),
        ...fileSystem,
      },
    },
  };
};
const everywhere = (slowdown: Ratios, objects?: Ratios): readonly MadeGroup[] =>
  ['ext4', 'xfs', 'work'].map((on) => removal(on, slowdown, objects === undefined ? {} : { objects }));

test('supported: the neighbour takes 1.5 times as long on every file system; collecting is described beside', () => {
  const judged = verdictOn(claim, { groups: everywhere(around(1.5)) });
  assert.equal(judged.verdict, 'supported');
  assert.ok(Math.abs(judged.figures[0]!.value - 1.5) < 0.01);
  assert.match(
    judged.figures[0]!.what,
    /^unpacked-overlay: .*ext4 with a journal, no discard, on a loop file, caches warm, with syncfs/,
  );
  assert.match(judged.because, /collecting as many objects does the same$/);
  assert.match(verdictOn(claim, { groups: everywhere(around(1.5), around(1)) }).because, /objects does not$/);
});

test('not supported: no slowdown on any file system, whatever collecting does', () => {
  const judged = verdictOn(claim, { groups: everywhere(around(1)) });
  assert.ok(refutedBy(judged) < 1.3);
  assert.match(judged.because, /does the same$/);
});

test('undecided: file systems disagree and are both named', () => {
  const groups = [removal('ext4', around(2)), removal('xfs', around(1)), removal('work', around(2))];
  const judged = verdictOn(claim, { groups });
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /supported on .*on=ext4.*; not supported on .*on=xfs/);
});

test('undecided: an interval contains the bound, even on one file system, or blocks are too few', () => {
  assert.equal(verdictOn(claim, { groups: everywhere(around(1.3, 8, 0.3)) }).verdict, 'undecided');
  const open = [removal('ext4', around(2)), removal('xfs', around(1.3, 8, 0.3))];
  assert.match(
    verdictOn(claim, { groups: open }).because,
    /our limit is 30 % longer; the interval on .*on=xfs.* contains it/,
  );
  // A group without an interval has none that contains the limit.
  const some = verdictOn(claim, {
    groups: [removal('ext4', around(2, 4)), removal('xfs', around(1.3, 8, 0.3)), removal('work', around(2))],
  });
  assert.match(
    some.because,
    /^our limit is 30 % longer; the interval on [^;]*on=xfs[^;]* contains it; too few blocks on [^;]*on=ext4[^;]*$/,
  );
  assert.equal(verdictOn(claim, { groups: everywhere(around(2, 4)) }).because, 'too few blocks');
  assert.equal(verdictOn(claim, { groups: [] }).verdict, 'undecided');
});

test('undecided: the slots on one file system failed', () => {
  for (const slowdown of [around(2), around(1)]) {
    const [ext4, xfs, work] = everywhere(slowdown);
    const groups = [
      ext4!,
      { scenario: 'cleanup', params: xfs!.params!, failed: ['unpacked-overlay'] },
      work!,
    ];
    const judged = verdictOn(claim, { groups });
    assert.ok(judged.verdict === 'undecided');
    assert.match(judged.because, /^slots failed .*: unpacked-overlay on made, .*on=xfs/);
    assert.match(judged.wouldDecide, /without failed slots/);
    const shown = {
      ...xfs!,
      params: { ...xfs!.params!, caches: 'cold' },
      time: {},
      failed: ['unpacked-overlay'],
    };
    assert.notEqual(
      verdictOn(claim, { groups: [ext4!, xfs!, work!, shown] }).verdict,
      'undecided',
      'shown only',
    );
  }
});

test('undecided: only one of the journalled file systems was measured', () => {
  const judged = verdictOn(claim, { groups: [removal('ext4', around(2)), removal('work', around(2))] });
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /not measured on xfs/);
});

test('undecided: the work file system was not measured', () => {
  for (const slowdown of [around(2), around(1)]) {
    const judged = verdictOn(claim, { groups: [removal('ext4', slowdown), removal('xfs', slowdown)] });
    assert.equal(judged.verdict, 'undecided');
    assert.match(judged.because, /^not measured on the work file system; /);
  }
});

test('undecided: unpacked layers have no value on one of the file systems', () => {
  for (const slowdown of [around(2), around(1)]) {
    const [ext4, xfs, work] = everywhere(slowdown);
    const { 'erofs-overlay': objects } = work!.time!;
    const groups = [ext4!, xfs!, { ...work!, time: { 'erofs-overlay': objects! } }];
    const judged = verdictOn(claim, { groups });
    assert.equal(judged.verdict, 'undecided');
    assert.equal(judged.because, 'no value of unpacked-overlay: made on work');
  }
});

test('undecided: the run had no time for a group that decides', () => {
  const late = (params: Params) =>
    verdictOn(claim, {
      groups: everywhere(around(2)),
      dropped: [
        {
          kind: 'group',
          scenario: 'cleanup',
          params: { local: 'nothing', on: 'xfs', size: 'base', ...params },
          image: 'larger',
          ...{ blocks: 0, neededBlocks: 8, neededNs: 2e9, leftNs: 1e9 },
        },
      ],
    });
  const judged = late({ caches: 'warm', durable: 'yes' });
  assert.ok(judged.verdict === 'undecided');
  assert.match(judged.because, /^no time for cleanup .*on=xfs.* on larger/);
  assert.match(judged.wouldDecide, /longer --budget/);
  assert.equal(late({ caches: 'cold', durable: 'yes' }).verdict, 'supported', 'shown only');
  assert.equal(late({ caches: 'warm', durable: 'no' }).verdict, 'supported', 'shown only');
});

test('other ways of removing are shown and decide nothing', () => {
  const groups = [...everywhere(around(1.5)), removal('work', around(1), { caches: 'cold' })];
  const judged = verdictOn(claim, { groups });
  assert.equal(judged.verdict, 'supported');
  assert.match(judged.figures.at(-1)!.what, /caches cold/);
});

test('not testable: with the run’s reason', () => {
  const skipped = [
    {
      kind: 'arm' as const,
      arm: 'unpacked-overlay',
      backend: 'unpacked-overlay',
      need: 'GNU tar',
      reason: 'not installed',
    },
  ];
  const judged = verdictOn(claim, { groups: [], skipped });
  assert.deepEqual(
    [judged.verdict, judged.because],
    ['not testable', 'unpacked-overlay: GNU tar: not installed'],
  );
});
