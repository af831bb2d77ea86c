import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hodgesLehmann, walshAverages } from '../../../results/stats/hodges-lehmann.ts';
import { holm } from '../../../results/stats/holm.ts';
import { outliers } from '../../../results/stats/outliers.ts';
import { mannWhitney, wilcoxon } from '../../../results/stats/rank-tests.ts';
import { signTestAbove, signTestBelow } from '../../../results/stats/sign-test.ts';
import { doubledRanks } from '../../../results/stats/signed-rank.ts';
import { normal, uniform } from './draws.ts';

const near = (found: number, expected: number, within = 1e-9): void =>
  assert.ok(Math.abs(found - expected) <= within, `${found} is not ${expected}`);

/** Every choice of signs, the long way. */
const naiveWilcoxon = (values: readonly number[]): number => {
  const ranks = doubledRanks(values.map(Math.abs));
  const seen = ranks.reduce((sum, rank, i) => sum + (values[i]! > 0 ? rank : 0), 0);
  let asLarge = 0;
  for (let signs = 0; signs < 2 ** values.length; signs++) {
    const sum = ranks.reduce((total, rank, i) => total + (signs & (1 << i) ? rank : 0), 0);
    if (sum >= seen) asLarge++;
  }
  return asLarge / 2 ** values.length;
};

/** Every choice of the first sample, the long way. */
const naiveMannWhitney = (first: readonly number[], second: readonly number[]): number => {
  const ranks = doubledRanks([...first, ...second]);
  const seen = ranks.slice(0, first.length).reduce((a, b) => a + b, 0);
  let [asLarge, all] = [0, 0];
  for (let chosen = 0; chosen < 2 ** ranks.length; chosen++) {
    const of = ranks.filter((_, i) => chosen & (1 << i));
    if (of.length !== first.length) continue;
    all++;
    if (of.reduce((a, b) => a + b, 0) >= seen) asLarge++;
  }
  return asLarge / all;
};

test('the signed-rank p is that of counting every choice of signs, ties and all', () => {
  const random = uniform(3);
  for (let run = 0; run < 60; run++) {
    const values = Array.from({ length: 4 + (run % 6) }, () => Math.round(4 * normal(random)) || 1);
    const found = wilcoxon(values);
    assert.equal(found.kind, 'test');
    if (found.kind === 'test') near(found.pGreater, naiveWilcoxon(values));
  }
});

test('the rank-sum p is that of counting every division, ties and all', () => {
  const random = uniform(4);
  for (let run = 0; run < 40; run++) {
    const draw = (n: number) => Array.from({ length: n }, () => Math.round(3 * normal(random)));
    const [first, second] = [draw(4 + (run % 3)), draw(4 + (run % 2))];
    const found = mannWhitney(first, second);
    assert.equal(found.kind, 'test');
    if (found.kind === 'test') near(found.pGreater, naiveMannWhitney(first, second));
  }
});

test('published tables: eight positive differences, and two samples of five that do not overlap', () => {
  const signed = wilcoxon([1, 2, 3, 4, 5, 6, 7, 8]);
  const sums = mannWhitney([6, 7, 8, 9, 10], [1, 2, 3, 4, 5]);
  assert.ok(signed.kind === 'test' && sums.kind === 'test');
  near(signed.pGreater, 1 / 256);
  near(signed.pTwoSided, 2 / 256);
  near(sums.pGreater, 1 / 252);
});

test('above the size where all is counted, the approximation is close to it', () => {
  const random = uniform(8);
  const values = Array.from({ length: 150 }, () => 0.15 + normal(random));
  const exact = wilcoxon(values);
  const approximate = wilcoxon([...values, 1e-12]);
  assert.ok(exact.kind === 'test' && approximate.kind === 'test');
  assert.deepEqual([exact.exact, approximate.exact], [true, false]);
  near(approximate.pGreater, exact.pGreater, 0.01);
});

test('three values are too few for a rank test', () => {
  assert.equal(wilcoxon([1, 2, 3, 0]).kind, 'tooFew');
  assert.equal(mannWhitney([1, 2, 3], [1, 2, 3, 4, 5]).kind, 'tooFew');
});

test('the Hodges-Lehmann estimate is the median of all averages of two', () => {
  const values = [1, 5, 2, 8, 7, 3, 11, 4];
  const naive = values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2)).sort((a, b) => a - b);
  assert.deepEqual([...walshAverages(values)], naive);
  const found = hodgesLehmann(values, 0.95);
  assert.ok(found.kind === 'interval');
  near(found.center, (naive[17]! + naive[18]!) / 2);
  // n = 8: the fourth smallest and the fourth largest average, 1 - 2 * 5/256.
  assert.deepEqual([found.lo, found.hi], [naive[3], naive[32]]);
  near(found.confidence, 1 - 2 * (5 / 256));
});

test('Holm: the published steps, in the order of the input', () => {
  const found = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((p, i) => {
    near(found[i]!, p);
  });
  assert.deepEqual(holm([]), []);
});

test('the sign test counts one side of its threshold', () => {
  near(signTestAbove([1, 2, 3, 4, 5, -1, 7, 8], 0), 9 / 256);
  near(signTestBelow([-1, -2, -3, -4], 0), 1 / 16);
  near(signTestAbove([-1, -2], 0), 1);
});

test('outliers are named by position, and where most values are equal there are none', () => {
  assert.deepEqual(outliers([10, 11, 9, 10.5, 100, 10, 9.5]), [4]);
  assert.deepEqual(outliers([5, 5, 5, 5, 80]), []);
  assert.deepEqual(outliers([]), []);
});
