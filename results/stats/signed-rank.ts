// The distribution of Wilcoxon's signed-rank sum, exact, also with ties: midranks are doubled to whole numbers and the sums of
// all subsets are counted.
//
// Source: Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, sections 3.1 and 3.2.

/** Midranks of the values, doubled: 2, 4, 6, … without ties. */
export const doubledRanks = (values: readonly number[]): readonly number[] => {
  const order = values.map((value, at) => ({ value, at })).sort((a, b) => a.value - b.value);
  const ranks = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && order[to]!.value === order[from]!.value) to++;
    for (let i = from; i < to; i++) ranks[order[i]!.at] = from + 1 + to;
    from = to;
  }
  return ranks;
};

/** `below[s]` is the probability that the sum of a random half of the ranks is at most s. */
export const subsetSumsBelow = (ranks: readonly number[]): Float64Array => {
  const total = ranks.reduce((a, b) => a + b, 0);
  const chance = new Float64Array(total + 1);
  chance[0] = 1;
  let top = 0;
  for (const rank of ranks) {
    top += rank;
    for (let sum = top; sum >= 0; sum--)
      chance[sum] = 0.5 * chance[sum]! + (sum >= rank ? 0.5 * chance[sum - rank]! : 0);
  }
  for (let sum = 1; sum <= total; sum++) chance[sum] = Math.min(1, chance[sum]! + chance[sum - 1]!);
  return chance;
};
