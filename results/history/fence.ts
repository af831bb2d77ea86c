// The fence: whether the latest step is far outside the usual steps between neighbours.
//
// Source: Tukey, Exploratory Data Analysis: outer fences, three times the interquartile range beyond the quartiles.
import { quantile } from 'simple-statistics';

const FEWEST = 10;
const MOST = 30;
const FENCE = 3;

export type FenceResult =
  | {
      readonly kind: 'fence';
      readonly lo: number;
      readonly hi: number;
      readonly step: number;
      readonly outside: boolean;
    }
  | { readonly kind: 'tooFew'; readonly n: number; readonly needed: number };

/** Judges the latest value against at most 30 runs before it; `values` in the order of the runs. */
export const fence = (values: readonly number[]): FenceResult => {
  const latest = values.at(-1);
  const before = values.slice(0, -1).slice(-MOST);
  if (latest === undefined || before.length < FEWEST)
    return { kind: 'tooFew', n: before.length, needed: FEWEST };
  const steps = before.slice(1).map((value, i) => value - before[i]!);
  const [q1, q3] = [quantile(steps, 0.25), quantile(steps, 0.75)];
  const reach = FENCE * (q3 - q1);
  const [lo, hi] = [q1 - reach, q3 + reach];
  const step = latest - before.at(-1)!;
  return { kind: 'fence', lo, hi, step, outside: step < lo || step > hi };
};
