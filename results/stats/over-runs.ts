// Several runs of one plan as one estimate: blocks of a run share what that run shared, so a run counts as one value, its middle,
// however many blocks it has.
//
// The interval is the wider of two: Student's t over the middles of the runs, which holds its coverage with five runs, and a
// bootstrap that draws runs first and blocks within them, which is wider where blocks are few and skewed. The bootstrap alone
// covers too little with so few runs.
//
// Source: Davison and Hinkley, Bootstrap Methods and their Application, section 3.8 (hierarchical data).
import { binomialBelow } from './binomial.ts';
import type { Interval } from './interval.ts';
import type { ByBlock } from './log-ratio.ts';
import { median } from './median.ts';
import { seededUniform } from './seeded.ts';
import { studentBound } from './student.ts';

/** Sessions of a run have their own millions of blocks; the number of a block of several runs says which run it is of. */
const BLOCKS_PER_RUN = 2 ** 33;

/** Runs that are put together count from 1: the blocks of a run alone keep their numbers. */
export const firstBlockOf = (run: number): number => run * BLOCKS_PER_RUN;
const runOf = (block: number): number => Math.floor(block / BLOCKS_PER_RUN);

/** Whether any block is one of several runs put together. */
export const isPooled = (values: ByBlock): boolean => {
  for (const block of values.keys()) return runOf(block) > 0;
  return false;
};

/** Of two the interval would be honest and reach from nothing to anything. */
export const FEWEST_RUNS = 3;
const DRAWS = 1000;
const SEED = 20230120;
/** Of the distribution of a resampled median. */
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
 * Which of n ascending values is the median of n draws from them, at evenly spaced shares of its distribution: so a draw of a
 * median is one look-up. Of an even n the lower and the upper of the two middle ones in turn.
 */
const medianRanks = (n: number): Int32Array => {
  const known = tables.get(n);
  if (known !== undefined) return known;
  const table = new Int32Array(TABLE_SIZE);
  for (const [side, rank] of [(n + 1) >> 1, (n + 2) >> 1].entries()) {
    let index = 0;
    // Never so far from the middle in a thousand draws.
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

/** The same draws for every row: a run and a share of its median's distribution, for each of `count` runs of each draw. */
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

/** Ascending. */
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

/** Variance that the blocks of a run leave in its middle. */
const ownVariance = (sorted: Float64Array): number => {
  const drawn = Array.from(medianRanks(sorted.length), (rank) => sorted[rank]!);
  const center = mean(drawn);
  return mean(drawn.map((value) => (value - center) ** 2));
};

/** Equal for the same runs in any order. */
const inOrder = (runs: readonly Float64Array[]): readonly Float64Array[] =>
  [...runs].sort(
    (a, b) => median(a)! - median(b)! || a.length - b.length || mean(a) - mean(b) || a[0]! - b[0]!,
  );

/** Of values whose blocks are of several runs. */
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
