import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDecided } from '../../../results/compare/looks.ts';
import { judge, VERDICTS, zoneOf } from '../../../results/compare/verdict.ts';
import type { Interval } from '../../../results/stats/interval.ts';

const interval = (lo: number, center: number, hi: number): Interval => ({
  kind: 'interval',
  lo,
  center,
  hi,
  confidence: 0.99,
  n: 8,
});
const zone = zoneOf(0.05, 0, 1e9);

test('an interval beyond the zone is decided in the direction of the metric', () => {
  assert.equal(judge(interval(1.06, 1.1, 1.2), zone, 'lower', 1), 'slower');
  assert.equal(judge(interval(1.06, 1.1, 1.2), zone, 'higher', 1), 'faster');
  assert.equal(judge(interval(0.8, 0.9, 0.95), zone, 'lower', null), 'faster');
});

test('an interval inside the zone is equal; one across its edge is undecided', () => {
  assert.equal(judge(interval(0.96, 1, 1.05), zone, 'lower', 1), 'same');
  assert.equal(judge(interval(1.04, 1.1, 1.2), zone, 'lower', 1), 'undecided');
  assert.equal(judge(interval(0.5, 1, 2), zone, 'lower', 1), 'undecided');
});

test('a ratio not larger than that of the null arm is undecided', () => {
  assert.equal(judge(interval(1.06, 1.1, 1.2), zone, 'lower', 1.12), 'undecided');
  assert.equal(judge(interval(1.06, 1.1, 1.2), zone, 'lower', 0.88), 'undecided');
  assert.equal(judge(interval(1.06, 1.1, 1.2), zone, 'lower', 1.09), 'slower');
});

test('slower, faster, below the floor and same are decided verdicts', () => {
  assert.deepEqual(VERDICTS.filter(isDecided), ['slower', 'faster', 'belowFloor', 'same']);
});

test('too few blocks have their own verdict', () => {
  assert.equal(judge({ kind: 'tooFew', n: 7, needed: 8 }, zone, 'lower', 1), 'tooFew');
});

test('the floor widens the zone of short times without widening the zone of equality', () => {
  const short = zoneOf(0.05, 20_000, 100_000);
  assert.deepEqual([short.lo, short.hi], [0.8, 1.2]);
  assert.equal(zoneOf(0.05, 20_000, 10_000).lo, 0);
  assert.equal(zoneOf(0.05, 20_000, 1e9).hi, 1.05);
  assert.equal(judge(interval(0.96, 1, 1.04), short, 'lower', 1), 'same');
  assert.equal(judge(interval(1.06, 1.1, 1.15), short, 'lower', 1), 'belowFloor');
  assert.equal(judge(interval(0.81, 1, 1.19), short, 'lower', 1), 'belowFloor');
  assert.equal(judge(interval(0.81, 1, 1.21), short, 'lower', 1), 'undecided');
  assert.equal(judge(interval(1.21, 1.3, 1.4), short, 'lower', 1), 'slower');
});
