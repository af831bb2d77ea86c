// The shape of a distribution's tree: file sizes, kinds, and the spread of files over directories, as functions of a seed.
//
// Source: measured on cs9-x86_64-minimal, the smaller tree of the published comparisons: 16,002 files, 4,050 directories,
//         1,958 symlinks; half of its directories hold no file, the fullest 1 % hold 54 or more.
import type { Random } from '../model/random.ts';

export const DIRECTORIES_PER_FILE = 4050 / 16002;
export const SYMLINKS_PER_FILE = 1958 / 16002;
/** Files whose contents equal another file's. */
export const DUPLICATE_PERCENT = 17;
const MAX_DEPTH = 11;
const DEEPER_PERCENT = 35;
/** Exponent that gives most files to a few directories. */
const CROWDING = 3;

/** Quantile and file size in bytes, interpolated geometrically. */
const SIZES: readonly (readonly [number, number])[] = [
  [0, 1],
  [0.01, 2],
  [0.05, 68],
  [0.1, 236],
  [0.25, 1162],
  [0.5, 3951],
  [0.75, 16009],
  [0.9, 57440],
  [0.95, 143856],
  [0.99, 709240],
  [0.995, 1389136],
  [0.999, 4458648],
  [1, 31952790],
];
const EMPTY_SHARE = 0.0027;

const RESOLUTION = 2 ** 30;
export const unit = (random: Random): number => random.int(0, RESOLUTION - 1) / RESOLUTION;
export const chance = (random: Random, percent: number): boolean => random.int(1, 100) <= percent;

/** File size in bytes at a quantile from 0 to 1. */
export const sizeAt = (quantile: number): number => {
  if (quantile < EMPTY_SHARE) return 0;
  const above = Math.max(
    1,
    SIZES.findIndex(([q]) => q >= quantile),
  );
  const [q0, size0] = SIZES[above - 1]!;
  const [q1, size1] = SIZES[above]!;
  return Math.round(size0 * (size1 / size0) ** ((quantile - q0) / (q1 - q0)));
};

const SUB_SHARES = 100;

/** Mean size in bytes of each of `shareCount` equal shares of the files, so that the sum matches the whole distribution. */
export const meanSizes = (shareCount: number): readonly number[] =>
  Array.from({ length: shareCount }, (_, share) => {
    const sizes = Array.from({ length: SUB_SHARES }, (__, sub) =>
      sizeAt((share + (sub + 0.5) / SUB_SHARES) / shareCount),
    );
    return Math.round(sizes.reduce((a, b) => a + b, 0) / SUB_SHARES);
  });

/** Parent of every directory, -1 for the root: chains like those of package trees, and crowded parents. */
export const directoryParents = (count: number, random: Random): Int32Array => {
  const parents = new Int32Array(count).fill(-1);
  const depths = new Uint8Array(count);
  for (let i = 1; i < count; i++) {
    const deeper = chance(random, DEEPER_PERCENT);
    // A sibling of a random directory, so that crowded directories grow faster.
    const picked = deeper ? i - 1 : Math.max(0, parents[random.int(0, i - 1)]!);
    const parent = depths[picked]! < MAX_DEPTH ? picked : 0;
    parents[i] = parent;
    depths[i] = depths[parent]! + 1;
  }
  return parents;
};

/** The directory of the next file. */
export const crowdedDirectory = (count: number, random: Random): number => {
  const rank = Math.floor(count * unit(random) ** CROWDING);
  // A step coprime to the count spreads the ranks over the tree and meets every directory once.
  return (rank * coprimeStep(count)) % count;
};

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
const steps = new Map<number, number>();
const coprimeStep = (count: number): number => {
  let step = steps.get(count);
  if (step === undefined) {
    step = Math.max(1, Math.floor(count * 0.618));
    while (gcd(step, count) !== 1) step++;
    steps.set(count, step);
  }
  return step;
};

export const fileMode = (random: Random): number => {
  const percent = random.int(1, 100);
  return percent <= 83 ? 0o644 : percent <= 92 ? 0o755 : 0o600;
};
