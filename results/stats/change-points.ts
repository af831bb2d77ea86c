// E-divisive: splits a series where the energy distance between the values before and after is largest, and again each part,
// until no split is significant. Significance is a permutation test with a seeded generator, without an assumed distribution.
//
// Source: Matteson and James, A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data, JASA 109
//         (2014), with exponent 1 in one dimension.
import type { Uniform } from './seeded.ts';

interface ChangePointOptions {
  readonly random: Uniform;
  /** Fewest values on each side of a change. */
  readonly fewest?: number;
  readonly level?: number;
  readonly permutations?: number;
}

const FEWEST = 5;
const LEVEL = 0.01;
const PERMUTATIONS = 199;

interface Split {
  /** Position in the segment of the first value after the change. */
  readonly at: number;
  readonly energy: number;
}

const pairs = (n: number): number => (n * (n - 1)) / 2;

/** Each split's energy follows from the previous one: the sums within and between the parts change by the distances of one value. */
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

/** Position of the first value after each change, ascending. */
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
