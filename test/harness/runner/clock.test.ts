import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDeadline } from '../../../harness/runner/clock.ts';

const now = (): bigint => process.hrtime.bigint();
const RESERVE = 0.08;
/** What passes between two lines of a test. */
const SLACK_NS = 1e9;

const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < SLACK_NS, `${actual} is not about ${expected}`);

test('a budget that is not needed is given back, as far as the least', () => {
  const deadline = openDeadline(now() - 40_000_000_000n, 360e9, RESERVE);
  near(deadline.leftNs(), 360e9 * (1 - RESERVE) - 40e9);
  deadline.adjust(70e9, 90e9, 0);
  near(deadline.budgetNs, 110e9 / (1 - RESERVE));
  near(deadline.leftNs(), 70e9);
  deadline.adjust(10e9, 90e9, 2.5e9);
  assert.equal(deadline.budgetNs, 90e9);
});

test('what is needed beyond the most is not there', () => {
  const deadline = openDeadline(now(), 360e9, RESERVE);
  deadline.adjust(1000e9, 90e9, 250e9);
  assert.equal(deadline.budgetNs, 360e9);
});

test('a budget that was typed stays as it was typed, and none stays none', () => {
  const typed = openDeadline(now(), 60e9, RESERVE);
  typed.adjust(1e9, 60e9, 0.25e9);
  assert.equal(typed.budgetNs, 60e9);
  const none = openDeadline(now(), null, RESERVE);
  none.adjust(1e9, Number.POSITIVE_INFINITY, 0.25e9);
  assert.equal(none.leftNs(), Number.POSITIVE_INFINITY);
});

test('a budget is stretched only where what is needed has no room in it, and then with something to spare', () => {
  const fits = openDeadline(now(), 360e9, RESERVE);
  fits.adjust(80e9, 90e9, 20e9);
  assert.equal(fits.budgetNs, 90e9);
  const stretched = openDeadline(now(), 360e9, RESERVE);
  stretched.adjust(100e9, 90e9, 25e9);
  near(stretched.leftNs(), 125e9);
});

test('what turns out to take longer gets its time back, as far as there was any', () => {
  const deadline = openDeadline(now(), 360e9, RESERVE);
  deadline.adjust(80e9, 90e9, 20e9);
  assert.equal(deadline.budgetNs, 90e9);
  deadline.adjust(100e9, 90e9, 25e9);
  near(deadline.leftNs(), 125e9);
  deadline.adjust(1000e9, 90e9, 25e9);
  assert.equal(deadline.budgetNs, 360e9);
});
