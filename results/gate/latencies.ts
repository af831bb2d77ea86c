// Latencies of the two arms of one interleaved run: the only ones that a gate may judge.
//
// Red needs three things: an interval that lies beyond the zone, a sign test that stays significant with all the rows that are
// judged together (Holm), and enough blocks for so many rows.
import { blocksForRows, GATE_ALPHA } from '../compare/looks.ts';
import { COMMAND_START, NULL_ARM } from '../compare/phase-of.ts';
import { type Cell, type Row, rowOf, type Versus } from '../compare/rows.ts';
import { paramsKey } from '../compare/tally.ts';
import type { Verdict } from '../compare/verdict.ts';
import type { Metric } from '../schema/run.ts';
import { holm } from '../stats/holm.ts';
import type { Interval } from '../stats/interval.ts';
import { numbersOf } from '../stats/log-ratio.ts';
import { signTestAbove, signTestBelow } from '../stats/sign-test.ts';
import { type GateConfig, thresholdOf } from './config.ts';
import type { RowPlace } from './exact-rows.ts';
import type { LoadedRun } from './load.ts';

export interface LatencyResult {
  readonly place: RowPlace;
  readonly metric: string;
  readonly title: string;
  readonly better: Metric['better'];
  readonly baseMedian: number;
  readonly headMedian: number;
  readonly ratio: Interval;
  readonly verdict: Verdict;
  /** In nanoseconds: no smaller difference is a result. */
  readonly floor: number;
  /** Smallest true ratio away from 1 that would have shown; null with too few blocks. */
  readonly detectable: number | null;
  readonly nullRatio: number | null;
  readonly n: number;
  readonly delta: number;
  /** Holm-adjusted one-sided p that it is worse than the zone; null for rows that are not gated. */
  readonly p: number | null;
  readonly judged:
    | 'shown'
    | 'pass'
    | 'red'
    /** Neither shown to be worse nor to be the same. */
    | 'undecided'
    /** Too few blocks, or too much noise to see a difference of the threshold's size. */
    | 'unjudgeable';
  readonly why: string;
}

export interface LatencyOptions {
  readonly baseline: string;
  readonly config: GateConfig;
  /** Whether any of these may turn red. */
  readonly gates: boolean;
  /** Every time, not only those with a headline row. */
  readonly all: boolean;
}

interface Candidate {
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

const foundIn = ({ run, tallied }: LoadedRun, options: LatencyOptions): readonly Candidate[] =>
  tallied.groups.flatMap((data) => {
    const { scenario, params, image } = data.group;
    const headline = run.catalogue.scenarios[scenario]?.headline ?? [];
    const metrics = [...data.time.keys()].filter(
      (name) => headline.includes(name) || (options.all && /Ns$/.test(name)),
    );
    return metrics.flatMap((metric): Candidate[] => {
      const { delta, gate } = thresholdOf(options.config, scenario, metric);
      const row = rowOf(data, metric, { catalogue: run.catalogue, baseline: options.baseline, delta });
      const base = row?.cells.find(({ arm }) => arm === options.baseline);
      if (row === null || base === undefined) return [];
      const nullRatio = centerOf(row.cells.find(({ arm }) => arm === NULL_ARM));
      return row.cells.flatMap((head): Candidate[] => {
        if (head.arm === NULL_ARM || head.versus === null) return [];
        const place = { scenario, params: paramsKey(params), image, arm: head.arm };
        // The start of a command is a property of the machine, not of an arm.
        const gated = options.gates && gate && headline.includes(metric) && metric !== COMMAND_START;
        return [{ place, row, base, head, versus: head.versus, nullRatio, gated, delta }];
      });
    });
  });

/** That the row is worse than its zone. */
const pOf = ({ row, versus }: Candidate): number => {
  const logs = [...numbersOf(versus.logs)];
  return row.info.better === 'lower'
    ? signTestAbove(logs, Math.log(versus.zone.hi))
    : signTestBelow(logs, Math.log(versus.zone.lo));
};

const halfWidth = (ratio: Interval): number =>
  ratio.kind === 'tooFew'
    ? Number.POSITIVE_INFINITY
    : Math.max(ratio.hi / ratio.center, ratio.center / ratio.lo);

const judge = (found: Candidate, p: number, neededBlocks: number): Pick<LatencyResult, 'judged' | 'why'> => {
  const { verdict, pairs, ratio, zone } = found.versus;
  if (pairs < neededBlocks)
    return { judged: 'unjudgeable', why: `${pairs} blocks, so many rows together need ${neededBlocks}` };
  if (verdict === 'slower')
    return p <= GATE_ALPHA
      ? { judged: 'red', why: '' }
      : { judged: 'undecided', why: 'slower by itself, not among so many rows' };
  if (verdict === 'same' || verdict === 'belowFloor' || verdict === 'faster')
    return { judged: 'pass', why: '' };
  return halfWidth(ratio) > zone.hi
    ? { judged: 'unjudgeable', why: 'too noisy to see a difference of the size of the threshold' }
    : { judged: 'undecided', why: 'neither shown to be worse nor to be the same' };
};

export interface Latencies {
  readonly rows: readonly LatencyResult[];
  readonly gatedCount: number;
  /** Blocks that a gate over so many rows needs. */
  readonly neededBlocks: number;
}

export const compareLatencies = (loaded: LoadedRun, options: LatencyOptions): Latencies => {
  const all = foundIn(loaded, options);
  const gated = all.filter((found) => found.gated);
  const neededBlocks = blocksForRows(gated.length);
  const adjusted = new Map(holm(gated.map(pOf)).map((p, i) => [gated[i]!, p]));
  const rows = all.map((found): LatencyResult => {
    const { place, row, base, head, versus, nullRatio, delta } = found;
    const p = adjusted.get(found) ?? null;
    const judged = p === null ? ({ judged: 'shown', why: '' } as const) : judge(found, p, neededBlocks);
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
  return { rows, gatedCount: gated.length, neededBlocks };
};
