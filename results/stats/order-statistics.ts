// Order statistics by selection: a few per metric are needed, and sorting the values of a long journal takes five times as long.
import { quickselect } from 'simple-statistics';

/** The k-th smallest value for each of `ranks`, which count from 0 and ascend. */
export const orderStatistics = (values: ArrayLike<number>, ranks: readonly number[]): readonly number[] => {
  const moved = new Float64Array(values);
  let from = 0;
  return ranks.map((rank) => {
    // After a selection no value behind `rank` is smaller. The library's type accepts plain arrays only.
    if (rank >= from) quickselect(moved as unknown as number[], rank, from, moved.length - 1);
    from = rank + 1;
    return moved[rank]!;
  });
};
