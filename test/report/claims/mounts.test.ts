// Every verdict of the rule about the memory of a listed image, each from a journal made to order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claim as c7 } from '../../../report/claims/c07.ts';
import { around, type MadeGroup, verdictOn } from './journal.ts';

const memory = (stacked: readonly number[]): readonly MadeGroup[] => [
  {
    scenario: 'memory',
    time: { 'erofs-only': { slabObjectBytes: 1e6 }, 'erofs-overlay': { slabObjectBytes: stacked } },
  },
];

test('C7: doubled, not doubled, both possible, not measured', () => {
  assert.equal(verdictOn(c7, { groups: memory(around(2.6e6)) }).verdict, 'supported');
  assert.equal(verdictOn(c7, { groups: memory(around(1.5e6)) }).verdict, 'not supported');
  assert.equal(verdictOn(c7, { groups: memory(around(2e6)) }).verdict, 'undecided');
  assert.equal(verdictOn(c7, { groups: memory([2.6e6]) }).verdict, 'undecided');
  const skipped = [{ what: 'erofs-only', need: 'EROFS', reason: 'none' }];
  assert.equal(verdictOn(c7, { groups: [], skipped }).verdict, 'not testable');
});
