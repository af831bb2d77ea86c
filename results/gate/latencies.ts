// Latencies of the two arms of one interleaved run; a gate judges no others.
//
// A row is red if its interval lies beyond the zone, its sign test is significant after Holm's correction over all gated rows, and
// the run has enough blocks for that number of rows.
import { blocksForRows, GATE_ALPHA } from '../compare/looks.ts';
import { COMMAND_START, designOf, NULL_ARM } from '../compare/phase-of.ts';
import { type Cell, type Row, rowOf, type Versus } from '../compare/rows.ts';
import { paramsKey } from '../compare/tally.ts';
import type { Verdict } from '../compare/verdict.ts';
import { pOfWorse } from '../compare/worse.ts';
import type { Metric } from '../schema/run.ts';
import { holm } from '../stats/holm.ts';
import type { Interval } from '../stats/interval.ts';
import { type GateConfig, thresholdOf } from './config.ts';
import type { RowPlace } from './exact-rows.ts';
import type { LoadedRun } from './load.ts';
import { ratioless } from './ratioless.ts';

export interface LatencyResult {
  readonly place: RowPlace;
  readonly metric: string;
  readonly title: string;
  readonly better: Metric['better'];
  readonly baseMedian: number;
  /** Null: the head has no value. */
  readonly headMedian: number | null;
  readonly ratio: Interval;
  readonly verdict: Verdict;
  /** In the metric's unit; no smaller difference is a result. */
  readonly floor: number;
  /** Smallest ratio above 1 that the run could show; null with too few blocks. */
  readonly detectable: number | null;
  readonly nullRatio: number | null;
  readonly n: number;
  readonly delta: number;
  /** One-sided p of being worse than the zone, adjusted by Holm; null for rows that are not gated. */
  readonly p: number | null;
  readonly judged:
    | 'shown'
    | 'pass'
    | 'red'
    /** Shown neither to be worse nor to be equal. */
    | 'undecided'
    /** Too few blocks, or too much noise to show a difference of the threshold's size. */
    | 'unjudgeable';
  readonly why: string;
}

interface LatencyOptions {
  readonly baseline: string;
  readonly config: GateConfig;
  /** False: no row can be red. */
  readonly gates: boolean;
  /** Every time; else only headline metrics. */
  readonly all: boolean;
}

interface LatencyPair {
  readonly place: RowPlace;
  readonly row: Row;
  readonly base: Cell;
  readonly head: Cell;
  readonly versus: Versus;
  readonly nullRatio: number | null;
  readonly gated: boolean;
  readonly delta: number;
}

const centerOf = (cell: Cell | undefined): number | null => {
  const ratio = cell?.versus?.ratio;
  return ratio?.kind === 'interval' ? ratio.center : null;
};

/** The start of a command depends on the machine, not on the arm. */
export const canGate = (metric: string): boolean => metric !== COMMAND_START;

const candidatesOf = ({ run, tallied }: LoadedRun, options: LatencyOptions): readonly LatencyPair[] =>
  tallied.groups.flatMap((data) => {
    const { scenario, params, image } = data.group;
    const headline = run.catalogue.scenarios[scenario]?.headline ?? [];
    const metrics = [...data.time.keys()].filter(
      (name) => headline.includes(name) || (options.all && /Ns$/.test(name)),
    );
    return metrics.flatMap((metric): LatencyPair[] => {
      const { delta, gate } = thresholdOf(options.config, scenario, metric);
      const row = rowOf(data, metric, designOf(run, { baseline: options.baseline, delta }));
      const base = row?.cells.find(({ arm }) => arm === options.baseline);
      if (row === null || base === undefined) return [];
      const nullRatio = centerOf(row.cells.find(({ arm }) => arm === NULL_ARM));
      return row.cells.flatMap((head): LatencyPair[] => {
        if (head.arm === NULL_ARM || head.versus === null) return [];
        const place = { scenario, params: paramsKey(params), image, arm: head.arm };
        const gated = options.gates && gate && headline.includes(metric) && canGate(metric);
        return [{ place, row, base, head, versus: head.versus, nullRatio, gated, delta }];
      });
    });
  });

const halfWidth = (ratio: Interval): number =>
  ratio.kind === 'tooFew'
    ? Number.POSITIVE_INFINITY
    : Math.max(ratio.hi / ratio.center, ratio.center / ratio.lo);

const judge = (
  found: LatencyPair,
  p: number,
  { gatedCount, neededBlocks }: Omit<Latencies, 'rows'>,
): Pick<LatencyResult, 'judged' | 'why'> => {
  const { verdict, pairs, ratio, zone } = found.versus;
  if (pairs < neededBlocks)
    return {
      judged: 'unjudgeable',
      why: `only ${pairs} blocks; judging ${gatedCount} rows needs ${neededBlocks}`,
    };
  if (verdict === 'slower')
    return p <= GATE_ALPHA
      ? { judged: 'red', why: '' }
      : { judged: 'undecided', why: `slower, but not significant after correcting for ${gatedCount} tests` };
  if (verdict === 'same' || verdict === 'belowFloor' || verdict === 'faster')
    return { judged: 'pass', why: '' };
  return halfWidth(ratio) > zone.hi
    ? { judged: 'unjudgeable', why: 'too noisy to show a difference of the size of the threshold' }
    : { judged: 'undecided', why: 'shown neither to be worse nor to be equal' };
};

export interface Latencies {
  readonly rows: readonly LatencyResult[];
  readonly gatedCount: number;
  /** Blocks that judging all gated rows together needs. */
  readonly neededBlocks: number;
}

export const compareLatencies = (loaded: LoadedRun, options: LatencyOptions): Latencies => {
  const all = candidatesOf(loaded, options);
  const gated = all.filter((found) => found.gated);
  const together = { gatedCount: gated.length, neededBlocks: blocksForRows(gated.length) };
  const adjusted = new Map(
    holm(gated.map(({ row, versus }) => pOfWorse(row.info.better, versus))).map((p, i) => [gated[i]!, p]),
  );
  const rows = all.map((found): LatencyResult => {
    const { place, row, base, head, versus, nullRatio, delta } = found;
    const p = adjusted.get(found) ?? null;
    const judged = p === null ? ({ judged: 'shown', why: '' } as const) : judge(found, p, together);
    return {
      place,
      metric: row.metric,
      title: row.info.title,
      better: row.info.better,
      baseMedian: base.median,
      headMedian: head.median,
      ratio: versus.ratio,
      verdict: versus.verdict,
      floor: versus.floor,
      detectable: versus.detectable,
      nullRatio,
      n: versus.pairs,
      delta,
      p,
      ...judged,
    };
  });
  const unseen = options.gates ? ratioless(loaded, { ...options, neededBlocks: together.neededBlocks }) : [];
  return { rows: [...rows, ...unseen], ...together };
};
