import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fence } from '../../../results/history/fence.ts';
import { bestSplit, changePoints } from '../../../results/stats/change-points.ts';
import { normal, shareOf, uniform } from '../stats/draws.ts';

/** Annual flow of the Nile at Aswan, 1871 to 1970, in 10^8 cubic metres; it fell with 1899 (Cobb, Biometrika 65, 1978). */
const NILE = [
  1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958,
  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020,
  1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040,
  759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
  744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
];

/** By the definition: computes every distance again for every split. */
const naiveEnergy = (values: readonly number[], at: number): number => {
  const [left, right] = [values.slice(0, at), values.slice(at)];
  const mean = (from: readonly number[], to: readonly number[], count: number): number =>
    from.reduce((sum, x) => sum + to.reduce((inner, y) => inner + Math.abs(x - y), 0), 0) / count;
  const within = (of: readonly number[]): number =>
    of.length < 2 ? 0 : mean(of, of, of.length * (of.length - 1));
  const distance = 2 * mean(left, right, left.length * right.length) - within(left) - within(right);
  return ((left.length * right.length) / values.length) * distance;
};

test('the best split equals the definition, computed naively', () => {
  const random = uniform(2);
  for (let run = 0; run < 30; run++) {
    const values = Array.from({ length: 12 + run }, (_, i) => normal(random) + (i > 7 ? 2 : 0));
    const splits = values.map((_, at) => (at < 5 || at > values.length - 5 ? -1 : naiveEnergy(values, at)));
    const found = bestSplit(values, 5)!;
    assert.equal(found.at, splits.indexOf(Math.max(...splits)));
    assert.ok(Math.abs(found.energy - Math.max(...splits)) < 1e-9);
  }
});

test('the published change of the Nile is found, and no other', () => {
  assert.deepEqual(changePoints(NILE, { random: uniform(1) }), [28]);
});

test('two changes are found at their positions', () => {
  const random = uniform(4);
  const values = Array.from(
    { length: 60 },
    (_, i) => 100 + normal(random) + (i >= 20 ? 8 : 0) - (i >= 40 ? 12 : 0),
  );
  assert.deepEqual(changePoints(values, { random }), [20, 40]);
});

test('a series without a change has none in nearly all runs', (t) => {
  const random = uniform(5);
  const share = shareOf(
    100,
    () =>
      changePoints(
        Array.from({ length: 30 }, () => normal(random)),
        { random },
      ).length > 0,
  );
  t.diagnostic(`${(100 * share).toFixed(0)} %`);
  assert.ok(share <= 0.04, `${share}`);
});

test('nine values are too few for a change with five on either side', () => {
  assert.deepEqual(changePoints([1, 1, 1, 1, 9, 9, 9, 9, 9], { random: uniform(1) }), []);
});

test('the fence flags a step beyond three interquartile ranges, and needs ten runs', () => {
  const steady = [100, 102, 99, 101, 100, 103, 100, 98, 101, 100, 102];
  const of = (latest: number) => fence([...steady, latest]);
  assert.deepEqual(fence(steady.slice(0, 10)), { kind: 'tooFew', n: 9, needed: 10 });
  assert.ok(of(103).kind === 'fence');
  assert.equal((of(103) as { outside: boolean }).outside, false);
  assert.equal((of(150) as { outside: boolean }).outside, true);
  assert.equal((of(40) as { outside: boolean }).outside, true);
});
