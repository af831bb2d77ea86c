import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cause, causesOf } from '../../../report/compare/causes.ts';
import type { Count } from '../../../results/compare/counts.ts';
import type { ExactResult } from '../../../results/gate/exact.ts';
import type { RowPlace } from '../../../results/gate/exact-rows.ts';
import { exampleImage } from '../support/example-catalogue.ts';

const image = (name: string, fileCount: number) => ({
  ...exampleImage(name, 1),
  fileCount,
  entryCount: fileCount * 1.5,
  directoryCount: fileCount / 4,
  objectCount: fileCount * 0.9,
});
const IMAGES = [image('small', 100), image('large', 4000), image('tiny', 3)];

const count = (value: number): Count => ({ least: value, most: value, passes: 3 });

const changed = (
  by: number,
  more: Partial<Omit<ExactResult, 'place'>> & { readonly place?: Partial<RowPlace> } = {},
): ExactResult => ({
  counted: { kind: 'call', phase: 'create', actor: 'tar', call: 'statx' },
  noise: 'exact',
  status: by > 0 ? 'worse' : 'better',
  base: count(10_000),
  head: count(10_000 + by),
  because: [],
  ...more,
  place: { scenario: 'churn', params: 'local=files', image: 'small', arm: 'unpacked-overlay', ...more.place },
});

const shown = (rows: readonly ExactResult[]): readonly (readonly [string, string, number])[] =>
  causesOf(rows, IMAGES).map(({ text, where, rows: all }: Cause) => [text, where, all.length]);

test('one call more per file is one cause, whatever the scenario, the parameters and the size of the image', () => {
  assert.deepEqual(
    shown([
      changed(100),
      changed(4000, { place: { image: 'large' } }),
      changed(100, { place: { params: 'local=nothing' } }),
    ]),
    [
      [
        'in create, tar: one more statx per file',
        'unpacked-overlay; churn local=files, churn local=nothing; small, large',
        3,
      ],
    ],
  );
});

test('a change near the number of files, entries or directories is given per one of them', () => {
  assert.equal(shown([changed(99)])[0]![0], 'in create, tar: one more statx per file');
  assert.equal(shown([changed(150)])[0]![0], 'in create, tar: one more statx per entry');
  assert.equal(shown([changed(25)])[0]![0], 'in create, tar: one more statx per directory');
  assert.equal(shown([changed(-200)])[0]![0], 'in create, tar: 2 fewer statx per file');
  assert.equal(shown([changed(130)])[0]![0], 'in create, tar: 130 more statx');
  assert.equal(shown([changed(3, { place: { image: 'tiny' } })])[0]![0], 'in create, tar: 3 more statx');
});

test('calls of one program in one phase change together; other phases, programs and directions are other causes', () => {
  const openat = { counted: { kind: 'call', phase: 'create', actor: 'tar', call: 'openat' } } as const;
  const destroy = { counted: { kind: 'call', phase: 'destroy', actor: 'rm', call: 'statx' } } as const;
  assert.deepEqual(
    shown([changed(100), changed(3, openat), changed(100, destroy), changed(-7)]).map(([text]) => text),
    [
      'in create, tar: one more statx per file, 3 more openat',
      'in destroy, rm: one more statx per file',
      'in create, tar: 7 fewer statx',
    ],
  );
});

test('different numbers in different places are a range', () => {
  assert.equal(
    shown([changed(3), changed(5, { place: { params: 'local=nothing' } })])[0]![0],
    'in create, tar: statx +3..+5',
  );
});

test('a vanished result has its reason, and long lists are cut', () => {
  const gone = (arm: string): ExactResult =>
    changed(0, { counted: null, status: 'vanished', because: ['failed: create: full'], place: { arm } });
  assert.deepEqual(shown(['a', 'b', 'c', 'd', 'e'].map(gone)), [
    [
      'everything: in the base, not in the head (failed: create: full)',
      'a, b, c, 2 more; churn local=files; small',
      5,
    ],
  ]);
  const calls = ['a', 'b', 'c', 'd', 'e', 'f'].map((call) =>
    changed(7, { counted: { kind: 'call', phase: 'use', actor: 'ls', call } }),
  );
  assert.equal(shown(calls)[0]![0], 'in use, ls: 7 more a, 7 more b, 7 more c, 7 more d, 2 other calls');
});

test('a count that is no constant is a range, never a change by zero', () => {
  const varying: Count = { least: 0, most: 8, passes: 3 };
  const demoted = { status: 'demoted', base: varying, head: varying } as const;
  assert.equal(shown([changed(0, demoted)])[0]![0], 'in create, tar: statx (0 to 8 in both)');
  const twice = [changed(0, demoted), changed(0, { ...demoted, place: { image: 'large' } })];
  assert.equal(shown(twice)[0]![0], 'in create, tar: statx');
});

test('an equal change on images of different size is given as a number for each', () => {
  const rows = [changed(100), changed(100, { place: { image: 'large' } })];
  assert.equal(shown(rows)[0]![0], 'in create, tar: statx +100 each');
});
