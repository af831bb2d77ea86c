// How a cost grows with the number of files: lines through the sizes that a run measured. Pure.
import { countOf } from '../../results/compare/counts.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import type { Phase } from '../../results/schema/run.ts';
import { linearFit, type Point } from '../../results/stats/fit.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { LOOK_CONFIDENCE } from '../../results/stats/median.ts';
import { seededUniform } from '../../results/stats/seeded.ts';
import type { Evidence } from './evidence.ts';

/** The same draws for every reader of a run. */
const SEED = 1;

/** Regular files of a group's image; null where the run does not say. */
export const filesOf = ({ run }: Evidence, { group }: GroupData): number | null =>
  run.images.find(({ name }) => name === group.image)?.fileCount ?? null;

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
  readonly perFile: number;
  readonly start: number;
  /** Slopes between neighbouring sizes. */
  readonly least: number;
  readonly most: number;
  readonly sizes: number;
}

/** Of calls that are equal in every pass; null with fewer than two sizes, or where passes differ. */
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
  const sorted = [...points].sort(([a], [b]) => a - b).map(([x, y]): Point => ({ x, y }));
  const fit = linearFit(sorted, { confidence: LOOK_CONFIDENCE, random: seededUniform(SEED), fewestSizes: 2 });
  if (fit.kind === 'tooFew' || fit.a.kind === 'tooFew' || fit.b.kind === 'tooFew') return null;
  const slopes = sorted.slice(1).map(({ x, y }, i) => (y - sorted[i]!.y) / (x - sorted[i]!.x));
  return {
    perFile: fit.b.center,
    start: fit.a.center,
    least: Math.min(...slopes),
    most: Math.max(...slopes),
    sizes: sorted.length,
  };
};

/** Sum of these metrics, block by block: only blocks that have them all. */
const sums = (evidence: Evidence, group: GroupData, arm: string, metrics: readonly string[]): number[] => {
  const [first, ...others] = metrics.map((metric) => evidence.values(group, arm, metric));
  return [...(first ?? [])].flatMap(([block, value]) => {
    const rest = others.map((values) => values.get(block));
    return rest.includes(undefined) ? [] : [value + rest.reduce<number>((sum, one) => sum + one!, 0)];
  });
};

export const timePoints = (
  evidence: Evidence,
  groups: readonly GroupData[],
  arm: string,
  metrics: readonly string[],
): readonly Point[] =>
  sized(evidence, groups).flatMap(([x, group]) =>
    sums(evidence, group, arm, metrics).map((y): Point => ({ x, y })),
  );

const lineAt = (points: readonly Point[], x: number) =>
  linearFit(
    points.map((point) => ({ x: point.x - x, y: point.y })),
    { confidence: LOOK_CONFIDENCE, random: seededUniform(SEED), fewestSizes: 2 },
  );

/** Nanoseconds for each further file. */
export const timePerFile = (points: readonly Point[]): Interval => {
  const fit = lineAt(points, 0);
  return fit.kind === 'tooFew' ? fit : fit.b;
};

/** What the line says at another size: with its start there, its start is the answer. */
export const timeAt = (points: readonly Point[], files: number): Interval => {
  const fit = lineAt(points, files);
  return fit.kind === 'tooFew' ? fit : fit.a;
};
