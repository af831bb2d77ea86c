// Rank tests, exact with ties for small samples: Wilcoxon's signed ranks for pairs, Mann and Whitney's rank sum for two
// samples. Above a size where counting takes too long, the normal approximation with corrections for ties and continuity.
//
// Source: Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, sections 3.1 and 4.1; Streitberg and Roehmel,
//         Exact distributions for permutation and rank tests, Statistical Software Newsletter 12 (1986).
import { cumulativeStdNormalProbability } from 'simple-statistics';
import { doubledRanks, subsetSumsBelow } from './signed-rank.ts';

export type Test =
  | {
      readonly kind: 'test';
      /** That the values, or those of the first sample, are not larger. */
      readonly pGreater: number;
      readonly pLess: number;
      readonly pTwoSided: number;
      readonly exact: boolean;
    }
  | { readonly kind: 'tooFew'; readonly n: number; readonly needed: number };

const FEWEST = 4;
const MOST_PAIRS = 150;
const MOST_BOTH = 60;

const asTest = (pGreater: number, pLess: number, exact: boolean): Test => ({
  kind: 'test',
  pGreater,
  pLess,
  pTwoSided: Math.min(1, 2 * Math.min(pGreater, pLess)),
  exact,
});

/** `sum` doubled; the distribution is symmetric around `mean`. */
const approximate = (sum: number, mean: number, variance: number): Test => {
  const above = (shift: number): number =>
    variance === 0 ? 1 : 1 - cumulativeStdNormalProbability((shift - 1) / Math.sqrt(variance));
  return asTest(Math.min(1, above(sum - mean)), Math.min(1, above(mean - sum)), false);
};

/** Differences around zero; those that are zero say nothing and are left out. */
export const wilcoxon = (differences: readonly number[]): Test => {
  const values = differences.filter((value) => value !== 0);
  if (values.length < FEWEST) return { kind: 'tooFew', n: values.length, needed: FEWEST };
  const ranks = doubledRanks(values.map(Math.abs));
  const sum = ranks.reduce((total, rank, i) => (values[i]! > 0 ? total + rank : total), 0);
  if (values.length > MOST_PAIRS)
    return approximate(sum, ranks.reduce((a, b) => a + b, 0) / 2, ranks.reduce((a, b) => a + b * b, 0) / 4);
  const below = subsetSumsBelow(ranks);
  return asTest(sum === 0 ? 1 : 1 - below[sum - 1]!, below[sum]!, true);
};

/** `chance[s]`: share of all choices of `size` ranks whose sum is s. */
const choiceSums = (ranks: readonly number[], size: number): Float64Array => {
  const total = ranks.reduce((a, b) => a + b, 0);
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(total + 1));
  ways[0]![0] = 1;
  for (const rank of ranks)
    for (let taken = size; taken > 0; taken--)
      for (let sum = total; sum >= rank; sum--)
        ways[taken]![sum] = ways[taken]![sum]! + ways[taken - 1]![sum - rank]!;
  const all = ways[size]!.reduce((a, b) => a + b, 0);
  return ways[size]!.map((count) => count / all);
};

export const mannWhitney = (first: readonly number[], second: readonly number[]): Test => {
  const smaller = Math.min(first.length, second.length);
  if (smaller < FEWEST) return { kind: 'tooFew', n: smaller, needed: FEWEST };
  const ranks = doubledRanks([...first, ...second]);
  const sum = ranks.slice(0, first.length).reduce((a, b) => a + b, 0);
  const count = ranks.length;
  if (count > MOST_BOTH) {
    const mean = (first.length * 2 * (count + 1)) / 2;
    const spread = ranks.reduce((a, rank) => a + (rank - (count + 1)) ** 2, 0);
    return approximate(sum, mean, (first.length * second.length * spread) / (count * (count - 1)));
  }
  const chance = choiceSums(ranks, first.length);
  const below = chance.slice(0, sum + 1).reduce((a, b) => a + b, 0);
  return asTest(Math.min(1, 1 - below + chance[sum]!), Math.min(1, below), true);
};
