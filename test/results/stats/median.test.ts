import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { binomialBelow, binomialPast } from '../../../results/stats/binomial.ts';
import {
  CONFIDENCE,
  LOOK_CONFIDENCE,
  median,
  medianInterval,
  medianNeeds,
} from '../../../results/stats/median.ts';

const close = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${actual} is not ${expected}`);

test('the cumulative binomial agrees with sums computed by hand', () => {
  close(binomialBelow(0, 6, 0.5), 1 / 64);
  close(binomialBelow(2, 5, 0.5), 16 / 32);
  close(binomialBelow(1, 3, 0.25), 0.75 ** 3 + 3 * 0.25 * 0.75 ** 2);
  assert.equal(binomialBelow(-1, 6, 0.5), 0);
  assert.equal(binomialBelow(6, 6, 0.5), 1);
  close(binomialBelow(49_999, 99_999, 0.5), 0.5);
  assert.equal(binomialPast(0.5, 5, 0.5), 3);
  assert.equal(binomialPast(0.49, 5, 0.5), 2);
  assert.equal(binomialPast(0, 5, 0.5), 0);
});

test('the median of no values is null; of an even number it is the mean of the middle two', () => {
  assert.equal(median([]), null);
  assert.equal(median([4, 1, 3, 2]), 2.5);
});

test('a 95 % interval needs 6 values, a look 8', () => {
  assert.equal(medianNeeds(CONFIDENCE), 6);
  assert.equal(medianNeeds(LOOK_CONFIDENCE), 8);
  assert.deepEqual(medianInterval([1, 2, 3, 4, 5], CONFIDENCE), { kind: 'tooFew', n: 5, needed: 6 });
  assert.deepEqual(medianInterval([3, 1, 2, 6, 5, 4], CONFIDENCE), {
    kind: 'interval',
    center: 3.5,
    lo: 1,
    hi: 6,
    confidence: 1 - 2 / 64,
    n: 6,
  });
});

test('the ranks of the interval are those of the published tables', () => {
  const ranks = (n: number, confidence: number): number[] => {
    const interval = medianInterval(
      Array.from({ length: n }, (_, i) => i + 1),
      confidence,
    );
    assert.equal(interval.kind, 'interval');
    return interval.kind === 'interval' ? [interval.lo, interval.hi] : [];
  };
  assert.deepEqual(ranks(8, CONFIDENCE), [1, 8]);
  assert.deepEqual(ranks(9, CONFIDENCE), [2, 8]);
  assert.deepEqual(ranks(20, CONFIDENCE), [6, 15]);
  assert.deepEqual(ranks(100, CONFIDENCE), [40, 61]);
  assert.deepEqual(ranks(12, LOOK_CONFIDENCE), [2, 11]);
});

test('in simulations the interval covers the true median with its stated confidence', () => {
  const generator = xoroshiro128plus(20260115);
  const skewed = (): number => -Math.log(1 - uniformFloat64(generator));
  for (const [n, confidence] of [
    [8, LOOK_CONFIDENCE],
    [12, LOOK_CONFIDENCE],
    [25, CONFIDENCE],
  ] as const) {
    const runs = 20_000;
    let covered = 0;
    let claimed = 0;
    for (let i = 0; i < runs; i++) {
      const interval = medianInterval(Array.from({ length: n }, skewed), confidence);
      if (interval.kind === 'tooFew') continue;
      claimed = interval.confidence;
      if (interval.lo <= Math.LN2 && Math.LN2 <= interval.hi) covered++;
    }
    assert.ok(claimed >= confidence);
    assert.ok(Math.abs(covered / runs - claimed) < 0.004, `n=${n}: ${covered / runs} of ${claimed}`);
  }
});
