// The input of rules: values and counts of a run by scenario, parameters, image, arm and metric. Pure.
import { type CallCount, type Count, callCounts, countOf } from '../../results/compare/counts.ts';
import { type GroupData, paramsKey, type Tallied } from '../../results/compare/tally.ts';
import { emulationText } from '../../results/emulated.ts';
import { droppedScenario, droppedText, isSkipped } from '../../results/not-measured.ts';
import type { PlannedGroup } from '../../results/schema/not-measured.ts';
import type { FailedSample, Pass, RunFile } from '../../results/schema/run.ts';
import type { Params } from '../../results/schema/shared.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { type ByBlock, numbersOf } from '../../results/stats/log-ratio.ts';
import { LOOK_CONFIDENCE } from '../../results/stats/median.ts';
import { intervalOver, levelOver, ratioOver } from '../../results/stats/over-blocks.ts';
import { isPooled } from '../../results/stats/pooled-blocks.ts';
import { widened } from './allowance.ts';

export interface GroupFilter {
  readonly scenario: string;
  /** All of these must be equal; other parameters are free, but a placement must be requested. */
  readonly params?: Params;
  readonly image?: string;
}

export interface Evidence {
  readonly run: RunFile;
  /** Of several runs, each of which counts as one value. */
  readonly isPool: boolean;
  /** In the order of the run: one for each image and each combination of the other parameters. */
  groups(filter: GroupFilter): readonly GroupData[];
  /** By block; empty if nothing was measured. */
  values(group: GroupData, arm: string, metric: string, pass?: Pass): ByBlock;
  /** From the counting passes, else from the timing pass; null if nothing was measured. */
  count(group: GroupData, arm: string, metric: string): Count | null;
  /** System calls by phase, actor and name. */
  calls(group: GroupData, arm: string): readonly CallCount[];
  /** Interval of the median of values by block: raw values, differences, slopes, exponents. Rules get every interval from here. */
  interval(values: ByBlock): Interval;
  /**
   * `values` ÷ `base` block by block, with the allowance for other runs. The two may come from different scenarios: a block holds each
   * scenario once.
   */
  ratioOf(values: ByBlock, base: ByBlock): Interval;
  median(group: GroupData, arm: string, metric: string): Interval;
  /** `arm` ÷ `base` block by block. */
  ratio(group: GroupData, arm: string, base: string, metric: string): Interval;
  /** Arms with a failed slot in any of these groups. */
  failedArms(groups: readonly GroupData[]): readonly string[];
  /** Failed slots of groups that match, also of groups without any value. */
  failed(filter: GroupFilter): readonly FailedSample[];
  /** The run's reason why a backend, scenario or image has no samples; null if it has none. */
  whyMissing(id: string): string | null;
  /** What kind of reason that is. */
  absence(id: string): Absence | null;
}

/** `skipped`: a feature, privilege or program is missing; `late`: there was no time. */
interface Absence {
  readonly kind: 'skipped' | 'failed' | 'late' | 'emulated';
  readonly text: string;
}

const NOTHING: ByBlock = new Map();

const matches = (
  { group }: { readonly group: PlannedGroup },
  { scenario, params = {}, image }: GroupFilter,
): boolean =>
  group.scenario === scenario &&
  (image === undefined || group.image === image) &&
  // Groups on one CPU are read only if requested, or if the run has no others.
  (group.params['placement'] ?? 'free') === (params['placement'] ?? 'free') &&
  Object.entries(params).every(([key, value]) => key === 'placement' || group.params[key] === value);

const groupKey = ({ scenario, params, image }: PlannedGroup): string =>
  JSON.stringify([scenario, paramsKey(params), image]);

const interval = (values: ByBlock): Interval => intervalOver(values, LOOK_CONFIDENCE);
const ratioOf = (values: ByBlock, base: ByBlock): Interval =>
  widened(ratioOver(values, base, LOOK_CONFIDENCE));
/** A ratio of two values of one slot. */
const isRatio = (metric: string): boolean => metric.endsWith('Ratio');

const hasPooledBlocks = ({ groups }: Tallied): boolean =>
  groups.some(({ time }) => [...time.values()].some((arms) => [...arms.values()].some(isPooled)));

export const evidenceOf = (run: RunFile, tallied: Tallied): Evidence => {
  const values = (group: GroupData, arm: string, metric: string, pass: Pass = 'time'): ByBlock =>
    group[pass].get(metric)?.get(arm) ?? NOTHING;
  const unpinnedTwins = ({ group: { scenario, image, params } }: GroupData): readonly GroupData[] => {
    const { placement, ...free } = params;
    return placement === undefined
      ? []
      : tallied.groups.filter(
          ({ group }) =>
            group.scenario === scenario &&
            group.image === image &&
            paramsKey(group.params) === paramsKey(free),
        );
  };
  // A run with --placement same-cpu has no other groups.
  const isPinned =
    tallied.groups.length > 0 &&
    tallied.groups.every(({ group }) => group.params['placement'] === 'same-cpu');
  const asPlaced = (filter: GroupFilter): GroupFilter =>
    isPinned && filter.params?.['placement'] === undefined
      ? { ...filter, params: { ...filter.params, placement: 'same-cpu' } }
      : filter;
  const absence = (id: string): Absence | null => {
    const skipped = run.skipped.find((one) => isSkipped(one, id));
    if (skipped !== undefined) return { kind: 'skipped', text: `${skipped.need}: ${skipped.reason}` };
    const failed = tallied.failures.find(({ scenario, backend }) => scenario === id || backend === id);
    if (failed !== undefined) return { kind: 'failed', text: `failed: ${failed.message}` };
    const sample = tallied.skips.find(({ scenario, backend }) => scenario === id || backend === id);
    if (sample !== undefined) return { kind: 'skipped', text: `${sample.need}: ${sample.reason}` };
    const dropped = run.plan.dropped.find((one) => droppedScenario(one) === id);
    if (dropped !== undefined) return { kind: 'late', text: droppedText(dropped) };
    const emulated = emulationText(run);
    return emulated === null ? null : { kind: 'emulated', text: emulated };
  };
  return {
    run,
    isPool: hasPooledBlocks(tallied),
    groups: (filter) => tallied.groups.filter((group) => matches(group, asPlaced(filter))),
    values,
    count(group, arm, metric) {
      // Counting passes run only once for an arm with two placements, under the free one.
      const counted = [group, ...unpinnedTwins(group)].flatMap((one) => [
        ...numbersOf(values(one, arm, metric, 'count')),
      ]);
      return countOf(counted.length > 0 ? counted : numbersOf(values(group, arm, metric)));
    },
    calls: (group, arm) => callCounts(group.ledgers.get(arm) ?? []),
    interval,
    ratioOf,
    median(group, arm, metric) {
      const level = levelOver(values(group, arm, metric), LOOK_CONFIDENCE);
      return isRatio(metric) ? widened(level) : level;
    },
    ratio: (group, arm, base, metric) => ratioOf(values(group, arm, metric), values(group, base, metric)),
    failedArms(groups) {
      const keys = new Set(groups.map(({ group }) => groupKey(group)));
      return [...new Set(tallied.failures.filter((one) => keys.has(groupKey(one))).map(({ arm }) => arm))];
    },
    failed: (filter) => tallied.failures.filter((one) => matches({ group: one }, asPlaced(filter))),
    whyMissing: (id) => absence(id)?.text ?? null,
    absence,
  };
};

/** `made, local=files`. */
export const groupText = ({ group }: { readonly group: Pick<PlannedGroup, 'image' | 'params'> }): string =>
  [group.image, paramsKey(group.params)].filter((part) => part !== '').join(', ');
