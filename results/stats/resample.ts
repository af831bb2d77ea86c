// Resampled means of runs and of machines: draws with replacement at every level, down to the blocks of a run.
//
// A drawn median is one access to a table of its distribution, and all rows share their random numbers.
import { binomialBelow } from './binomial.ts';
import { seededUniform } from './seeded.ts';

export const DRAWS = 1000;
const SEED = 20230120;
/** Resolution of the distribution of a resampled median. */
const TABLE_SIZE = 1024;

/** Blocks of a run, ascending. */
export type SortedRun = Float64Array;

const tables = new Map<number, Int32Array>();

/**
 * The index of the median of n draws from n ascending values, at evenly spaced quantiles of its distribution: drawing a median is one
 * table access. For an even n the entries alternate between the lower and the upper middle value.
 */
const medianRanks = (n: number): Int32Array => {
  const known = tables.get(n);
  if (known !== undefined) return known;
  const table = new Int32Array(TABLE_SIZE);
  for (const [side, rank] of [(n + 1) >> 1, (n + 2) >> 1].entries()) {
    let index = 0;
    // 4 standard deviations: not reached in a thousand draws.
    if (n > 64) index = Math.max(0, Math.floor(n / 2 - 4 * Math.sqrt(n)));
    const below = (at: number): number => (at + 1 >= n ? 1 : 1 - binomialBelow(rank - 1, n, (at + 1) / n));
    let reached = below(index);
    for (let i = side; i < TABLE_SIZE; i += 2) {
      while (reached < (i + 0.5) / TABLE_SIZE && index < n - 1) reached = below(++index);
      table[i] = index;
    }
  }
  tables.set(n, table);
  return table;
};

const weights = new Map<number, Float64Array>();

/** Of each value, the probability to be the median of n draws. */
const medianWeights = (n: number): Float64Array => {
  const known = weights.get(n);
  if (known !== undefined) return known;
  const made = new Float64Array(n);
  for (const index of medianRanks(n)) made[index]! += 1 / TABLE_SIZE;
  weights.set(n, made);
  return made;
};

/** Variance of a run's median that its blocks explain. */
export const ownVariance = (sorted: SortedRun): number => {
  const share = medianWeights(sorted.length);
  let center = 0;
  for (let i = 0; i < sorted.length; i++) center += share[i]! * sorted[i]!;
  let sum = 0;
  for (let i = 0; i < sorted.length; i++) sum += share[i]! * (sorted[i]! - center) ** 2;
  return sum;
};

const drawsFor = new Map<number, Float64Array>();

/** The same for every row of as many runs. */
const uniforms = (count: number): Float64Array => {
  const known = drawsFor.get(count);
  if (known !== undefined) return known;
  const random = seededUniform(SEED);
  const made = Float64Array.from({ length: DRAWS * count }, random);
  drawsFor.set(count, made);
  return made;
};

/** The means of all draws, ascending. */
export const resampledRuns = (runs: readonly SortedRun[]): Float64Array => {
  const count = runs.length;
  // A run and a quantile of its median's distribution, for each run of each draw.
  const draws = uniforms(2 * count);
  const ranks = runs.map(({ length }) => medianRanks(length));
  const means = new Float64Array(DRAWS);
  let at = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const run = Math.floor(draws[at++]! * count);
      sum += runs[run]![ranks[run]![Math.floor(draws[at++]! * TABLE_SIZE)]!]!;
    }
    means[draw] = sum / count;
  }
  return means.sort();
};

/** Resampled means of one machine, from which fleets are drawn. */
const MEANS_PER_MACHINE = 256;

const choicesFor = new Map<string, Int32Array>();

/** `count` pairs of numbers below `first` and below `second`, for each of `draws` draws; the same for every row. */
const choices = (draws: number, count: number, first: number, second: number): Int32Array => {
  const key = `${draws} ${count} ${first} ${second}`;
  const known = choicesFor.get(key);
  if (known !== undefined) return known;
  const random = seededUniform(SEED);
  const made = new Int32Array(2 * draws * count);
  for (let at = 0; at < made.length; at += 2) {
    made[at] = Math.floor(random() * first);
    made[at + 1] = Math.floor(random() * second);
  }
  choicesFor.set(key, made);
  return made;
};

const meansOfMachine = (runs: readonly SortedRun[]): Float64Array => {
  const count = runs.length;
  const chosen = choices(MEANS_PER_MACHINE, count, count, TABLE_SIZE);
  const ranks = runs.map(({ length }) => medianRanks(length));
  const means = new Float64Array(MEANS_PER_MACHINE);
  let at = 0;
  for (let draw = 0; draw < MEANS_PER_MACHINE; draw++) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const run = chosen[at++]!;
      sum += runs[run]![ranks[run]![chosen[at++]!]!]!;
    }
    means[draw] = sum / count;
  }
  return means;
};

/** The same, of means of machines. */
export const resampledMachines = (machines: readonly (readonly SortedRun[])[]): Float64Array => {
  const count = machines.length;
  const drawn = machines.map(meansOfMachine);
  const chosen = choices(DRAWS, count, count, MEANS_PER_MACHINE);
  const means = new Float64Array(DRAWS);
  let at = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const machine = chosen[at++]!;
      sum += drawn[machine]![chosen[at++]!]!;
    }
    means[draw] = sum / count;
  }
  return means.sort();
};
