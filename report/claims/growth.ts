// How a cost grows with the number of files: lines through the sizes that a run measured. Pure.
import { countOf } from '../../results/compare/counts.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import type { Phase } from '../../results/schema/run.ts';
import { lineThrough, powersByBlock } from '../../results/stats/lines.ts';
import type { ByBlock } from '../../results/stats/log-ratio.ts';
import type { Evidence } from './evidence.ts';

/** Regular files of a group's image; null where the run does not say. */
export const filesOf = ({ run }: Evidence, { group }: GroupData): number | null =>
  run.images.find(({ name }) => name === group.image)?.fileCount ?? null;

/** Names of a group's image: files, directories, links; null where the run does not say. */
export const entriesIn = ({ run }: Evidence, { group }: GroupData): number | null =>
  run.images.find(({ name }) => name === group.image)?.entryCount ?? null;

type Sized = readonly (readonly [files: number, group: GroupData])[];

export const sized = (evidence: Evidence, groups: readonly GroupData[]): Sized =>
  groups.flatMap((group) => {
    const files = filesOf(evidence, group);
    return files === null ? [] : [[files, group] as const];
  });

/** Calls of an arm in these phases, the least and the most of all passes; null where nothing was counted. */
export const callsIn = (
  evidence: Evidence,
  group: GroupData,
  arm: string,
  phases: readonly Phase[],
): { readonly least: number; readonly most: number } | null => {
  if (!group.ledgers.has(arm)) return null;
  // A phase without a call has no sum.
  const sums = phases.map((phase) => evidence.count(group, arm, `${phase}CallCount`) ?? countOf([0])!);
  return {
    least: sums.reduce((sum, { least }) => sum + least, 0),
    most: sums.reduce((sum, { most }) => sum + most, 0),
  };
};

export interface CallGrowth {
  readonly start: number;
  readonly perFile: number;
  /** Files at each size, from the smallest. */
  readonly sizes: readonly number[];
  /** Slopes between neighbouring sizes. */
  readonly least: number;
  readonly most: number;
}

/** Of calls that are equal in every pass; null with fewer than two sizes, or where passes differ. Slopes between neighbours bound those between any two sizes. */
export const callGrowth = (
  evidence: Evidence,
  groups: readonly GroupData[],
  arm: string,
  phases: readonly Phase[],
): CallGrowth | null => {
  const points = new Map<number, number>();
  for (const [files, group] of sized(evidence, groups)) {
    const calls = callsIn(evidence, group, arm, phases);
    if (calls === null) continue;
    if (calls.least !== calls.most) return null;
    points.set(files, calls.least);
  }
  const sorted = [...points].sort(([a], [b]) => a - b);
  if (sorted.length < 2) return null;
  const xs = sorted.map(([files]) => files);
  const ys = sorted.map(([, calls]) => calls);
  const slopes = xs.slice(1).map((x, i) => (ys[i + 1]! - ys[i]!) / (x - xs[i]!));
  const { start, slope } = lineThrough(xs, ys);
  return {
    start,
    perFile: slope,
    least: Math.min(...slopes),
    most: Math.max(...slopes),
    sizes: xs,
  };
};

/** Sum of these metrics by block: only blocks that have them all. */
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

export interface Growth {
  /** Files of the sizes that were timed, from the smallest. */
  readonly sizes: readonly number[];
  /** The exponent with which time grows, of each block that has every size: 1 where twice the files take twice as long. */
  readonly powers: ByBlock;
}

/** Time against files, block by block; no exponent with fewer than three sizes. */
export const timeGrowth = (
  evidence: Evidence,
  groups: readonly GroupData[],
  arm: string,
  metrics: readonly string[],
): Growth => {
  const bySize = sized(evidence, groups)
    .map(([files, group]) => [files, sums(evidence, group, arm, metrics)] as const)
    .filter(([, values]) => values.size > 0)
    .sort(([a], [b]) => a - b);
  const sizes = bySize.map(([files]) => files);
  return {
    sizes,
    powers: powersByBlock(
      sizes,
      bySize.map(([, values]) => values),
    ),
  };
};
