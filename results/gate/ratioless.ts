// Gated metrics of the base without a ratio: the head has no value, or values are zero. A gate that cannot judge a row says so.
import { metricInfo } from '../compare/metric-info.ts';
import { COMMAND_START, designOf, isIdle } from '../compare/phase-of.ts';
import { rowOf } from '../compare/rows.ts';
import { type GroupData, paramsKey } from '../compare/tally.ts';
import { areTimesMeasured } from '../emulated.ts';
import { numbersOf } from '../stats/log-ratio.ts';
import { median } from '../stats/median.ts';
import { type GateConfig, thresholdOf } from './config.ts';
import type { LatencyResult } from './latencies.ts';
import type { LoadedRun } from './load.ts';

interface RatiolessOptions {
  readonly baseline: string;
  readonly config: GateConfig;
  /** Blocks that judging the other rows needs. */
  readonly neededBlocks: number;
}

interface ArmValues {
  readonly base: Float64Array;
  /** Null: none. */
  readonly head: Float64Array | null;
}

/** Null: there is a ratio, nothing to compare, or nothing but zeros in both arms. */
const valuesOf = (
  data: GroupData,
  metric: string,
  { run }: LoadedRun,
  { baseline, head }: { readonly baseline: string; readonly head: string },
): ArmValues | null => {
  const design = designOf(run, { baseline });
  const byArm = data.time.get(metric);
  const base = byArm?.get(baseline);
  if (base === undefined || [baseline, head].some((arm) => isIdle(data, metric, arm, design))) return null;
  const row = rowOf(data, metric, design);
  if (row?.info.judged === false) return null;
  const versus = row?.cells.find(({ arm }) => arm === head)?.versus ?? null;
  if (versus !== null) return null;
  const found = byArm?.get(head);
  const values = { base: numbersOf(base), head: found === undefined ? null : numbersOf(found) };
  const isZero = (value: number): boolean => value === 0;
  return values.head !== null && values.base.every(isZero) && values.head.every(isZero) ? null : values;
};

/** Of an `--ab` run. */
export const ratioless = (loaded: LoadedRun, options: RatiolessOptions): readonly LatencyResult[] => {
  const { run, tallied } = loaded;
  const { baseline, config, neededBlocks } = options;
  const head = run.plan.ab?.[1];
  // Times of emulated CPUs are judged nowhere.
  if (head === undefined || !areTimesMeasured(run)) return [];
  return tallied.groups.flatMap((data) => {
    const { scenario, params, image } = data.group;
    return (run.catalogue.scenarios[scenario]?.headline ?? []).flatMap((metric): LatencyResult[] => {
      const { delta, gate } = thresholdOf(config, scenario, metric);
      if (!gate || metric === COMMAND_START) return [];
      const values = valuesOf(data, metric, loaded, { baseline, head });
      if (values === null) return [];
      const { title, better } = metricInfo(run.catalogue, scenario, metric);
      return [
        {
          place: { scenario, params: paramsKey(params), image, arm: head },
          ...{ metric, title, better, floor: 0, detectable: null, nullRatio: null, n: 0, delta, p: null },
          baseMedian: median(values.base)!,
          headMedian: values.head === null ? null : median(values.head)!,
          ratio: { kind: 'tooFew', n: 0, needed: neededBlocks },
          verdict: 'tooFew',
          judged: 'unjudgeable',
          why: values.head === null ? 'the head has no value of it' : 'it has no ratio: some values are zero',
        },
      ];
    });
  });
};
