// E-divisive: where a series of values changes, by the energy distance between what lies before and after, bisected until
// nothing more is significant. Significance is a permutation test with a seeded generator: it assumes no distribution.
//
// Source: Matteson and James, A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data, JASA 109
//         (2014), with exponent 1 in one dimension.
import type { Uniform } from './seeded.ts';

export interface ChangePointOptions {
  readonly random: Uniform;
  /** A change must have this many values on either side. */
  readonly fewest?: number;
  readonly level?: number;
  readonly permutations?: number;
}

const FEWEST = 5;
const LEVEL = 0.01;
const PERMUTATIONS = 199;

interface Split {
  /** First position after the change, in the segment. */
  readonly at: number;
  readonly energy: number;
}

const pairs = (n: number): number => (n * (n - 1)) / 2;

/** The best place to split, each split's energy from the one before it: sums within and between change by one value's distances. */
export const bestSplit = (values: ArrayLike<number>, fewest: number): Split | null => {
  const n = values.length;
  if (n < 2 * fewest) return null;
  let [left, right, between] = [0, 0, 0];
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) right += Math.abs(values[i]! - values[j]!);
  let best: Split | null = null;
  for (let at = 1; at <= n - fewest; at++) {
    const moved = values[at - 1]!;
    let [toLeft, toRight] = [0, 0];
    for (let i = 0; i < at - 1; i++) toLeft += Math.abs(values[i]! - moved);
    for (let j = at; j < n; j++) toRight += Math.abs(values[j]! - moved);
    left += toLeft;
    right -= toRight;
    between += toRight - toLeft;
    if (at < fewest) continue;
    const rest = n - at;
    const distance =
      (2 * between) / (at * rest) - (at > 1 ? left / pairs(at) : 0) - (rest > 1 ? right / pairs(rest) : 0);
    const energy = ((at * rest) / n) * distance;
    if (best === null || energy > best.energy) best = { at, energy };
  }
  return best;
};

const shuffle = (values: Float64Array, random: Uniform): void => {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
};

const isSignificant = (
  values: readonly number[],
  split: Split,
  options: Required<ChangePointOptions>,
): boolean => {
  const { permutations, level, fewest, random } = options;
  const mixed = Float64Array.from(values);
  const allowed = Math.floor(level * (permutations + 1)) - 1;
  let asLarge = 0;
  for (let i = 0; i < permutations && asLarge <= allowed; i++) {
    shuffle(mixed, random);
    if (bestSplit(mixed, fewest)!.energy >= split.energy) asLarge++;
  }
  return asLarge <= allowed;
};

/** First positions of the values after each change, ascending. Each segment is tested by itself. */
export const changePoints = (values: readonly number[], given: ChangePointOptions): readonly number[] => {
  const options = { fewest: FEWEST, level: LEVEL, permutations: PERMUTATIONS, ...given };
  const search = (from: number, to: number): number[] => {
    const segment = values.slice(from, to);
    const split = bestSplit(segment, options.fewest);
    if (split === null || split.energy <= 0 || !isSignificant(segment, split, options)) return [];
    const at = from + split.at;
    return [...search(from, at), at, ...search(at, to)];
  };
  return search(0, values.length);
};
