// How a cost grows with the number of files: lines through the sizes that a run measured. Pure.
import { type Count, countOf } from '../../results/compare/counts.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import type { Phase } from '../../results/schema/run.ts';
import { powersByBlock } from '../../results/stats/lines.ts';
import type { ByBlock } from '../../results/stats/log-ratio.ts';
import type { Evidence } from './evidence.ts';
import { isEqual } from './figures.ts';

/** Regular files of the group's image; null if the run does not record them. */
export const filesOf = ({ run }: Evidence, { group }: GroupData): number | null =>
  run.images.find(({ name }) => name === group.image)?.fileCount ?? null;

/** Entries of the group's image; null if the run does not record them. */
export const entriesIn = ({ run }: Evidence, { group }: GroupData): number | null =>
  run.images.find(({ name }) => name === group.image)?.entryCount ?? null;

type GroupsBySize = readonly (readonly [files: number, group: GroupData])[];

export const bySize = (evidence: Evidence, groups: readonly GroupData[]): GroupsBySize =>
  groups.flatMap((group) => {
    const files = filesOf(evidence, group);
    return files === null ? [] : [[files, group] as const];
  });

/** System calls of an arm in these phases over all passes; null if they were not counted. */
export const callsIn = (
  evidence: Evidence,
  group: GroupData,
  arm: string,
  phases: readonly Phase[],
): Count | null => {
  const passes = group.ledgers.get(arm)?.length ?? 0;
  if (passes === 0) return null;
  // A phase without a call has no metric, in a pass or in all of them.
  const sums = phases.map((phase) => {
    const count = evidence.count(group, arm, `${phase}CallCount`) ?? countOf([0])!;
    return count.passes < passes ? { ...count, least: 0 } : count;
  });
  return {
    least: sums.reduce((sum, { least }) => sum + least, 0),
    most: sums.reduce((sum, { most }) => sum + most, 0),
    passes,
  };
};

/**
 * Of two sizes with a slope between them one has at least this many times the files of the other. Two images of nearly equal size differ
 * in directories, links and names by more than in files: divided by a few files, that difference is no cost of a file.
 */
export const SIZES_APART = 1.5;

export interface CallGrowth {
  /** Files at each size that has a slope, ascending. */
  readonly sizes: readonly number[];
  /** Slopes between every two sizes that are far enough apart. */
  readonly least: number;
  readonly most: number;
}

/** Null without two sizes that are far enough apart, or if passes differ or are too few. */
export const callGrowth = (
  evidence: Evidence,
  groups: readonly GroupData[],
  arm: string,
  phases: readonly Phase[],
): CallGrowth | null => {
  const counted = bySize(evidence, groups).flatMap(([files, group]) => {
    const calls = callsIn(evidence, group, arm, phases);
    return calls === null ? [] : [{ files, calls }];
  });
  if (!counted.every(({ calls }) => isEqual(calls))) return null;
  const slopes = counted.flatMap((one) =>
    counted
      .filter(({ files }) => files >= SIZES_APART * one.files && files > one.files)
      .map((other) => ({
        ends: [one.files, other.files],
        slope: (other.calls.least - one.calls.least) / (other.files - one.files),
      })),
  );
  if (slopes.length === 0) return null;
  return {
    least: Math.min(...slopes.map(({ slope }) => slope)),
    most: Math.max(...slopes.map(({ slope }) => slope)),
    sizes: [...new Set(slopes.flatMap(({ ends }) => ends))].sort((a, b) => a - b),
  };
};

/** Sum of these metrics by block, for blocks that have all of them. */
export const sums = (
  evidence: Evidence,
  group: GroupData,
  arm: string,
  metrics: readonly string[],
): ByBlock => {
  const [first, ...others] = metrics.map((metric) => evidence.values(group, arm, metric));
  return new Map(
    [...(first ?? [])].flatMap(([block, value]) => {
      const rest = others.flatMap((values) => values.get(block) ?? []);
      return rest.length < others.length
        ? []
        : [[block, rest.reduce((sum, one) => sum + one, value)] as const];
    }),
  );
};

export interface TimeGrowth {
  /** Files of the timed sizes, ascending. */
  readonly sizes: readonly number[];
  /** Exponent of time against files by block, for blocks that have every size: 1 if twice the files take twice as long. */
  readonly powers: ByBlock;
}

/** Without exponents if there are too few sizes. */
export const timeGrowth = (
  evidence: Evidence,
  groups: readonly GroupData[],
  arm: string,
  metrics: readonly string[],
): TimeGrowth => {
  const timed = bySize(evidence, groups)
    .map(([files, group]) => [files, sums(evidence, group, arm, metrics)] as const)
    .filter(([, values]) => values.size > 0)
    .sort(([a], [b]) => a - b);
  const sizes = timed.map(([files]) => files);
  return {
    sizes,
    powers: powersByBlock(
      sizes,
      timed.map(([, values]) => values),
    ),
  };
};
