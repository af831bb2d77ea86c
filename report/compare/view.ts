// A comparison as its page shows it, changed rows first; computed, not formatted.

import { type EnvironmentItem, environmentItems } from '../../results/compare/environment.ts';
import { VERDICTS } from '../../results/compare/verdict.ts';
import type { Comparison } from '../../results/gate/compare.ts';
import type { ExactResult } from '../../results/gate/exact.ts';
import { placeKey } from '../../results/gate/exact-rows.ts';
import type { Gate } from '../../results/gate/gate.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { cleaned } from '../cleaned.ts';
import { type ComparedRuns, type Curves, curvesOf } from './curves.ts';
import { explainGroup, redGroups } from './explain.ts';
import { STATUSES } from './words.ts';

/** A time of both sides. `base` is the row of the base run; null where both arms share one row or the base has none. */
export interface ComparedTime {
  readonly row: LatencyResult;
  readonly base: LatencyResult | null;
  readonly isRed: boolean;
  /** Why it is not judged; null: it is, or times of this comparison never are. */
  readonly why: string | null;
  /** `shown`: the intervals of two runs do not overlap; times of two runs are not judged. */
  readonly differs: 'no' | 'judged' | 'shown';
}

export interface ComparedCount {
  readonly row: ExactResult;
  readonly isRed: boolean;
}

export interface CompareView {
  readonly kind: Comparison['kind'];
  readonly base: string;
  readonly head: string;
  readonly gate: Pick<Gate, 'exit' | 'why'>;
  /** With --gate the exit code is the verdict. */
  readonly isGated: boolean;
  readonly notices: readonly string[];
  /** Base first; a single run where both sides are its arms. */
  readonly runs: readonly RunFile[];
  readonly environment: readonly EnvironmentItem[];
  /** Red rows first, then rows that differ. */
  readonly times: readonly ComparedTime[];
  readonly onlyInBase: readonly LatencyResult[];
  readonly counts: readonly ComparedCount[];
  readonly curves: readonly Curves[];
  readonly curvesLeftOut: number;
  /** One paragraph for each cause of red rows. */
  readonly explained: readonly string[];
  readonly gatedCount: number;
  readonly neededBlocks: number;
}

/** So that the page opens quickly. */
const MOST_CURVES = 24;

const overlap = (one: LatencyResult['ratio'], other: LatencyResult['ratio']): boolean =>
  one.kind === 'tooFew' || other.kind === 'tooFew' || (one.lo <= other.hi && other.lo <= one.hi);

const rowKey = (row: LatencyResult): string => `${placeKey(row.place)} ${row.metric}`;

const isBeyond = ({ verdict }: LatencyResult): boolean => verdict === 'slower' || verdict === 'faster';

const timesOf = ({ kind, latencies, baseLatencies }: Comparison, gate: Gate): readonly ComparedTime[] => {
  const whyOf = (row: LatencyResult): string | null => {
    if (gate.refuted.includes(row)) return 'the rerun did not confirm it';
    return gate.undecided.includes(row) ? row.why : null;
  };
  const bases = new Map((baseLatencies?.rows ?? []).map((row) => [rowKey(row), row]));
  const rows = latencies.rows.map((row): ComparedTime => {
    const isRed = gate.red.some((one) => one.row === row);
    const base = bases.get(rowKey(row)) ?? null;
    const known = { row, base, isRed, why: whyOf(row) };
    if (kind !== 'two runs') return { ...known, differs: isBeyond(row) ? 'judged' : 'no' };
    return { ...known, differs: base !== null && !overlap(base.ratio, row.ratio) ? 'shown' : 'no' };
  });
  const rank = ({ row, isRed, differs }: ComparedTime): number =>
    (isRed ? 0 : 100) + (differs === 'no' ? 10 : 0) + VERDICTS.indexOf(row.verdict);
  return rows.sort((a, b) => rank(a) - rank(b));
};

const countsOf = ({ exact }: Comparison, gate: Gate): readonly ComparedCount[] =>
  STATUSES.flatMap((status) => exact.filter((row) => row.status === status))
    .map((row) => ({ row, isRed: gate.red.some((one) => one.row === row) }))
    .sort((a, b) => Number(b.isRed) - Number(a.isRed));

export const compareView = (sides: ComparedRuns, gate: Gate, isGated: boolean): CompareView => {
  const { comparison, base, head } = sides;
  const times = timesOf(comparison, gate);
  const differing = times.filter(({ differs }) => differs !== 'no');
  const heads = new Set(comparison.latencies.rows.map(rowKey));
  return cleaned<CompareView>({
    kind: comparison.kind,
    base: comparison.base,
    head: comparison.head,
    gate: { exit: gate.exit, why: gate.why },
    isGated,
    notices: comparison.notices,
    runs: base === null ? [head.run] : [base.run, head.run],
    environment: base === null ? [] : environmentItems(base.run.environment, head.run.environment),
    times,
    onlyInBase: (comparison.baseLatencies?.rows ?? []).filter((row) => !heads.has(rowKey(row))),
    counts: countsOf(comparison, gate),
    curves: differing.slice(0, MOST_CURVES).map(({ row }) => curvesOf(row, sides)),
    curvesLeftOut: Math.max(0, differing.length - MOST_CURVES),
    explained: redGroups(gate, head.run).map((group) => explainGroup(group, comparison, head.run)),
    gatedCount: comparison.latencies.gatedCount,
    neededBlocks: comparison.latencies.neededBlocks,
  });
};
