import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callCounts, countOf, phaseTotals } from '../../../results/compare/counts.ts';
import type { Ledger } from '../../../results/schema/run.ts';

const pass = (read: number, futex: number): Ledger => ({
  use: { ls: { read, close: 2 }, runtime: { futex } },
  create: {},
});

test('a count equal in every pass is constant; another has a range', () => {
  const counts = callCounts([pass(5, 1), pass(5, 9), pass(5, 2)]);
  const of = (call: string) => counts.find((count) => count.call === call)!;
  assert.deepEqual([of('read').least, of('read').most, of('read').passes], [5, 5, 3]);
  assert.deepEqual([of('futex').least, of('futex').most], [1, 9]);
});

test('countOf accepts more passes than a function call can have arguments', () => {
  const values = Float64Array.from({ length: 300_000 }, (_, at) => at);
  assert.deepEqual(countOf(values), { least: 0, most: 299_999, passes: 300_000 });
  const ledgers = Array.from({ length: 300_000 }, () => pass(5, 1));
  assert.deepEqual(callCounts(ledgers).find(({ call }) => call === 'read')?.most, 5);
  assert.equal(countOf([]), null);
});

test('a call that is missing in one pass counts as zero there', () => {
  const counts = callCounts([pass(5, 1), { use: { ls: { close: 2 } } }]);
  assert.equal(counts.find(({ call }) => call === 'read')?.least, 0);
});

test('totals leave out the excluded actors', () => {
  const totals = phaseTotals([pass(5, 1), pass(6, 100)], ['runtime']);
  assert.deepEqual(totals.get('use'), { least: 7, most: 8, passes: 2 });
  assert.deepEqual(totals.get('create'), { least: 0, most: 0, passes: 2 });
  assert.equal(totals.has('mount'), false);
});
