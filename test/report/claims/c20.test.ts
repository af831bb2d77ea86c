import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c20.ts';
import { around, type MadeGroup, verdictOn } from './journal.ts';

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
  assert.equal(judged.verdict, 'not supported');
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
  assert.equal(verdictOn(claim, { groups: everywhere(around(2, 4)) }).because, 'too few blocks');
  assert.equal(verdictOn(claim, { groups: [] }).verdict, 'undecided');
});

test('undecided: only one of the journalled file systems was measured', () => {
  const judged = verdictOn(claim, { groups: [removal('ext4', around(2)), removal('work', around(2))] });
  assert.equal(judged.verdict, 'undecided');
  assert.match(judged.because, /not measured on xfs/);
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
