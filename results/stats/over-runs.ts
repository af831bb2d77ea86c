// One estimate from several runs of one plan. Blocks of a run are not independent, so a run counts as one value, its median,
// whatever its number of blocks.
//
// The interval is the wider of two: Student's t over the medians of the runs, which keeps its coverage with five runs, and a
// bootstrap that draws runs and then blocks within them, which is wider if blocks are few and skewed. The bootstrap alone
// covers too little with five runs.
//
// Source: Davison and Hinkley, Bootstrap Methods and their Application, section 3.8 (hierarchical data).
import { binomialBelow } from './binomial.ts';
import type { Interval } from './interval.ts';
import type { ByBlock } from './log-ratio.ts';
import { median } from './median.ts';
import { seededUniform } from './seeded.ts';
import { studentBound } from './student.ts';

/** The number of a pooled block encodes its run; each session of a run has 2^20 block numbers. */
const BLOCKS_PER_RUN = 2 ** 33;

/** Pooled runs count from 1; blocks of a run alone keep their numbers. */
export const firstBlockOf = (run: number): number => run * BLOCKS_PER_RUN;
const runOf = (block: number): number => Math.floor(block / BLOCKS_PER_RUN);

/** Whether the blocks are those of a pool. */
export const isPooled = (values: ByBlock): boolean => {
  for (const block of values.keys()) return runOf(block) > 0;
  return false;
};

/** With two runs the interval would be too wide to decide anything. */
export const FEWEST_RUNS = 3;
const DRAWS = 1000;
const SEED = 20230120;
/** Resolution of the distribution of a resampled median. */
const TABLE_SIZE = 1024;

/** Values of each run, ascending. */
const byRun = (values: ByBlock): readonly Float64Array[] => {
  const runs = new Map<number, number[]>();
  values.forEach((value, block) => {
    const run = runOf(block);
    const own = runs.get(run);
    if (own === undefined) runs.set(run, [value]);
    else own.push(value);
  });
  return [...runs.values()].map((own) => Float64Array.from(own).sort());
};

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

const drawsFor = new Map<number, Float64Array>();

/** The same draws for every row: a run and a quantile of its median's distribution, for each of `count` runs of each draw. */
const uniforms = (count: number): Float64Array => {
  const known = drawsFor.get(count);
  if (known !== undefined) return known;
  const random = seededUniform(SEED);
  const made = Float64Array.from({ length: 2 * DRAWS * count }, random);
  drawsFor.set(count, made);
  return made;
};

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

/** The means of all draws, ascending. */
const resampled = (runs: readonly Float64Array[]): Float64Array => {
  const count = runs.length;
  const draws = uniforms(count);
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

/** Variance of a run's median that its blocks explain. */
const ownVariance = (sorted: Float64Array): number => {
  const drawn = Array.from(medianRanks(sorted.length), (rank) => sorted[rank]!);
  const center = mean(drawn);
  return mean(drawn.map((value) => (value - center) ** 2));
};

/** Makes the draws independent of the order of the runs. */
const inOrder = (runs: readonly Float64Array[]): readonly Float64Array[] =>
  [...runs].sort(
    (a, b) => median(a)! - median(b)! || a.length - b.length || mean(a) - mean(b) || a[0]! - b[0]!,
  );

/** The interval of the values of a pool. */
export const runsInterval = (values: ByBlock, confidence: number): Interval => {
  const runs = inOrder(byRun(values));
  const count = runs.length;
  if (count < FEWEST_RUNS) return { kind: 'tooFew', n: count, needed: FEWEST_RUNS, of: 'runs' };
  const middles = runs.map((run) => median(run)!);
  const center = mean(middles);
  const variance = middles.reduce((sum, middle) => sum + (middle - center) ** 2, 0) / (count - 1);
  const half = studentBound(count - 1, confidence) * Math.sqrt(variance / count);
  const means = resampled(runs);
  const tail = (1 - confidence) / 2;
  return {
    kind: 'interval',
    center,
    lo: Math.min(center - half, means[Math.floor(tail * (DRAWS - 1))]!),
    hi: Math.max(center + half, means[Math.ceil((1 - tail) * (DRAWS - 1))]!),
    confidence,
    n: values.size,
    runs: { count, sd: Math.sqrt(Math.max(0, variance - mean(runs.map(ownVariance)))) },
  };
};
