// One estimate from several runs of one plan, on one machine or on several. Blocks of a run are not independent, so a run counts as
// one value, its median, whatever its number of blocks; nor are runs of a machine, so from three machines on a machine counts as one
// value, the mean of its runs.
//
// The interval is the wider of two: Student's t over the runs or machines, which keeps its coverage with five of them, and a
// bootstrap that draws machines, then runs of each, then blocks of each, which is wider if blocks are few and skewed. The
// bootstrap alone covers too little with five runs.
//
// Source: Davison and Hinkley, Bootstrap Methods and their Application, section 3.8 (hierarchical data).
import type { Interval } from './interval.ts';
import type { ByBlock } from './log-ratio.ts';
import { mean, medianOfSorted, variance } from './moments.ts';
import { machineOf, runOf } from './pooled-blocks.ts';
import { DRAWS, ownVariance, resampledMachines, resampledRuns, type SortedRun } from './resample.ts';
import { studentBound } from './student.ts';

/** With two runs the interval would be too wide to decide anything. */
export const FEWEST_RUNS = 3;
/** With two machines it would be as wide; it then holds for further runs of these two. */
export const FEWEST_MACHINES = 3;

type Estimate = Extract<Interval, { readonly kind: 'interval' }>;

interface RunBlocks {
  readonly machine: number;
  readonly sorted: SortedRun;
  readonly middle: number;
}

const byRun = (values: ByBlock): readonly RunBlocks[] => {
  const runs = new Map<number, { machine: number; own: number[] }>();
  values.forEach((value, block) => {
    const run = runOf(block);
    const known = runs.get(run);
    if (known === undefined) runs.set(run, { machine: machineOf(block), own: [value] });
    else known.own.push(value);
  });
  return [...runs.values()].map(({ machine, own }) => {
    const sorted = Float64Array.from(own).sort();
    return { machine, sorted, middle: medianOfSorted(sorted) };
  });
};

/** Medians of the runs of each machine; machines by their numbers. */
export const middlesByMachine = (values: ByBlock): ReadonlyMap<number, readonly number[]> => {
  const machines = new Map<number, number[]>();
  for (const { machine, middle } of byRun(values)) {
    const known = machines.get(machine);
    if (known === undefined) machines.set(machine, [middle]);
    else known.push(middle);
  }
  return machines;
};

/** Makes the draws independent of the order of the runs. */
const inOrder = (runs: readonly RunBlocks[]): readonly RunBlocks[] =>
  [...runs].sort(
    (a, b) =>
      a.middle - b.middle ||
      a.sorted.length - b.sorted.length ||
      mean(a.sorted) - mean(b.sorted) ||
      a.sorted[0]! - b.sorted[0]!,
  );

interface Level {
  /** Medians of runs, or means of machines. */
  readonly centers: readonly number[];
  /** Ascending. */
  readonly resampled: Float64Array;
}

/** The wider of the two intervals. */
const widerOf = (
  { centers, resampled }: Level,
  confidence: number,
): Pick<Estimate, 'center' | 'lo' | 'hi'> => {
  const center = mean(centers);
  const half = studentBound(centers.length - 1, confidence) * Math.sqrt(variance(centers) / centers.length);
  const tail = (1 - confidence) / 2;
  return {
    center,
    lo: Math.min(center - half, resampled[Math.floor(tail * (DRAWS - 1))]!),
    hi: Math.max(center + half, resampled[Math.ceil((1 - tail) * (DRAWS - 1))]!),
  };
};

const sdOf = (all: number, explained: number): number => Math.sqrt(Math.max(0, all - explained));

const runsOnly = (runs: readonly RunBlocks[], confidence: number) => {
  const centers = runs.map(({ middle }) => middle);
  const resampled = resampledRuns(runs.map(({ sorted }) => sorted));
  const own = mean(runs.map(({ sorted }) => ownVariance(sorted)));
  return {
    ...widerOf({ centers, resampled }, confidence),
    runs: { count: runs.length, sd: sdOf(variance(centers), own) },
  };
};

/** Ordered by their runs' order, so that machines may be numbered in any way. */
const byMachine = (runs: readonly RunBlocks[]): readonly (readonly RunBlocks[])[] => {
  const machines = new Map<number, RunBlocks[]>();
  for (const run of runs) {
    const known = machines.get(run.machine);
    if (known === undefined) machines.set(run.machine, [run]);
    else known.push(run);
  }
  return [...machines.values()];
};

const overMachines = (machines: readonly (readonly RunBlocks[])[], confidence: number) => {
  const centers = machines.map((runs) => mean(runs.map(({ middle }) => middle)));
  const resampled = resampledMachines(machines.map((runs) => runs.map(({ sorted }) => sorted)));
  const repeated = machines.filter((runs) => runs.length > 1);
  const within = repeated.map((runs) => variance(runs.map(({ middle }) => middle)));
  const own = mean(repeated.flat().map(({ sorted }) => ownVariance(sorted)));
  const ofRuns = mean(within);
  return {
    ...widerOf({ centers, resampled }, confidence),
    runs: { count: machines.flat().length, sd: sdOf(ofRuns, own) },
    machines: {
      count: machines.length,
      sd: sdOf(variance(centers), mean(machines.map((runs) => ofRuns / runs.length))),
    },
  };
};

/** The interval of the values of a pool. Machines with one run each are as runs of one machine: nothing tells the two apart. */
export const runsInterval = (values: ByBlock, confidence: number): Interval => {
  const runs = inOrder(byRun(values));
  if (runs.length < FEWEST_RUNS) return { kind: 'tooFew', n: runs.length, needed: FEWEST_RUNS, of: 'runs' };
  const machines = byMachine(runs);
  const isNested = machines.length >= FEWEST_MACHINES && machines.length < runs.length;
  const found = isNested ? overMachines(machines, confidence) : runsOnly(runs, confidence);
  return { kind: 'interval', confidence, n: values.size, ...found };
};
