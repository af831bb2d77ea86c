import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDeadline, RESERVE_RATIO } from '../../../harness/runner/clock.ts';

const now = (): bigint => process.hrtime.bigint();
const HALF_BUDGET_NS = 45_000_000_000n;

test('leftNs excludes the reserve and the time that has passed', () => {
  const deadline = openDeadline(now() - HALF_BUDGET_NS, 90e9);
  assert.equal(deadline.budgetNs, 90e9);
  const left = deadline.leftNs();
  assert.ok(left <= 90e9 * (1 - RESERVE_RATIO) - 45e9);
  assert.ok(deadline.leftNs() <= left);
});

test('leftNs is negative inside the reserve', () => {
  assert.ok(openDeadline(now() - 89_000_000_000n, 90e9).leftNs() < 0);
});

test('leftNs is infinite without a budget', () => {
  const deadline = openDeadline(now(), null);
  assert.deepEqual([deadline.budgetNs, deadline.leftNs()], [Infinity, Infinity]);
});
