// One interval against its bound: yes and no need the whole interval.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { above, allOf, below, type ClaimPart, within } from '../../../report/claims/verdicts.ts';
import type { Interval } from '../../../results/stats/interval.ts';

const from = (lo: number, hi: number): Interval => ({
  kind: 'interval',
  center: (lo + hi) / 2,
  lo,
  hi,
  confidence: 0.98,
  n: 8,
});
const FEW: Interval = { kind: 'tooFew', n: 3, needed: 8 };

test('too few blocks give an open verdict', () => {
  assert.deepEqual([above(FEW, 1), below(FEW, 1), within(FEW, 1, 2)], ['open', 'open', 'open']);
});

test('above and below: the whole interval lies beyond the bound, which does not count itself', () => {
  const asked = [from(1.2, 1.4), from(0.5, 0.9), from(0.9, 1.2), from(0.9, 1), from(1, 1.2)];
  assert.deepEqual(
    asked.map((interval) => [above(interval, 1), below(interval, 1)]),
    [
      ['yes', 'no'],
      ['no', 'yes'],
      ['open', 'open'],
      ['no', 'open'],
      ['open', 'no'],
    ],
  );
});

test('within: yes inside with the ends, no wholly outside, and open across a bound', () => {
  const asked = [from(2, 3), from(1, 1.9), from(3.1, 4), from(1.9, 2.5), from(2.5, 3.1), from(1, 4)];
  assert.deepEqual(
    asked.map((interval) => within(interval, 2, 3)),
    ['yes', 'no', 'no', 'open', 'open', 'open'],
  );
});

test('a reason that two parts share is given once', () => {
  const part = (because: string): ClaimPart => ({ holds: 'open', because, figure: null });
  assert.equal(
    allOf({ isPool: false }, 'made', [part('few'), part('few'), part('unequal')]).because,
    'few; unequal',
  );
});
