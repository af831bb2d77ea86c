import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim } from '../../../report/claims/c20.ts';
import { around, type MadeGroup, verdictOn } from './journal.ts';

const removal = (slowdown: readonly number[] | number, caches = 'warm'): MadeGroup => ({
  scenario: 'cleanup',
  params: { store: 'empty', caches, durable: 'yes' },
  time: {
    'unpacked-overlay': { neighbourSlowdownRatio: slowdown, cleanupWallNs: around(80e6) },
    'erofs-overlay': { neighbourSlowdownRatio: around(5), cleanupWallNs: around(50e6) },
  },
});

test('supported: the neighbour takes half as long again while layers are removed', () => {
  const judged = verdictOn(claim, { groups: [removal(around(1.5))] });
  assert.equal(judged.verdict, 'supported');
  assert.deepEqual(
    judged.told.map(({ value }) => Math.round(value * 10) / 10),
    [1.5, 80e6, 5, 50e6],
  );
});

test('supported: one way of removing is enough', () => {
  const groups = [removal(around(1)), removal(around(2), 'cold')];
  assert.equal(verdictOn(claim, { groups }).verdict, 'supported');
});

test('not supported: nothing is felt, whatever the manifest’s removal does', () => {
  assert.equal(verdictOn(claim, { groups: [removal(around(1.02))] }).verdict, 'not supported');
});

test('undecided: the interval holds the bound, one way is open, too few blocks, or it was not asked', () => {
  assert.equal(verdictOn(claim, { groups: [removal(around(1.1, 8, 0.3))] }).verdict, 'undecided');
  const open = [removal(around(1)), removal(around(1.1, 8, 0.3), 'cold')];
  assert.equal(verdictOn(claim, { groups: open }).verdict, 'undecided');
  const few = verdictOn(claim, { groups: [removal(around(2, 4))] });
  assert.deepEqual([few.verdict, few.because], ['undecided', 'too few blocks']);
  assert.equal(verdictOn(claim, { groups: [] }).verdict, 'undecided');
});

test('not testable: the run says why nothing was measured', () => {
  const skipped = [{ what: 'unpacked-overlay', need: 'GNU tar', reason: 'not installed' }];
  const judged = verdictOn(claim, { groups: [], skipped });
  assert.deepEqual(
    [judged.verdict, judged.because],
    ['not testable', 'unpacked-overlay: GNU tar: not installed'],
  );
});
