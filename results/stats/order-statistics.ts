// Order statistics without sorting: a few are wanted of each metric, and to sort a long journal's values takes five times as long.
import { quickselect } from 'simple-statistics';

/** The k-th smallest value for each of `ranks`, which count from 0 and ascend. */
export const orderStatistics = (values: ArrayLike<number>, ranks: readonly number[]): readonly number[] => {
  const moved = new Float64Array(values);
  let from = 0;
  return ranks.map((rank) => {
    // What was found stays in its place, and nothing behind it is smaller. The library's type knows plain arrays only.
    if (rank >= from) quickselect(moved as unknown as number[], rank, from, moved.length - 1);
    from = rank + 1;
    return moved[rank]!;
  });
};
