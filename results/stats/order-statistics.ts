// Order statistics without sorting: a few are wanted of each metric, and to sort a long journal's values costs ten times as much.
import { quickselect } from 'simple-statistics';

/** The k-th smallest value for each of `ranks`, which count from 0 and ascend. */
export const orderStatistics = (values: readonly number[], ranks: readonly number[]): readonly number[] => {
  const moved = values.slice();
  let from = 0;
  return ranks.map((rank) => {
    // What was found stays in its place, and nothing behind it is smaller.
    if (rank >= from) quickselect(moved, rank, from, moved.length - 1);
    from = rank + 1;
    return moved[rank]!;
  });
};
