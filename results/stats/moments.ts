// Mean, variance and median of numbers that are few or already sorted.
import { between, middleRanks } from './median.ts';

export const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

/** Of a sample: divided by n - 1. 0 for a single value. */
export const variance = (values: ArrayLike<number>): number => {
  if (values.length < 2) return 0;
  const center = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - center) ** 2;
  return sum / (values.length - 1);
};

/** Of ascending values, at least one. */
export const medianOfSorted = (sorted: ArrayLike<number>): number => {
  const [below, above] = middleRanks(sorted.length);
  return between(sorted[below]!, sorted[above]!);
};
