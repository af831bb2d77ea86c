// What a rule may look at: values and counts of a run by scenario, parameters, image, arm and metric. Pure.
import { type CallCount, type Count, callCounts, countOf } from '../../results/compare/counts.ts';
import { type GroupData, paramsKey, type Tallied } from '../../results/compare/tally.ts';
import type { Params, Pass, RunFile } from '../../results/schema/run.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { type ByBlock, numbersOf } from '../../results/stats/log-ratio.ts';
import { LOOK_CONFIDENCE } from '../../results/stats/median.ts';
import { intervalOver, levelOver, ratioOver } from '../../results/stats/over-blocks.ts';
import { widened } from './allowance.ts';

export interface GroupFilter {
  readonly scenario: string;
  /** Every one of these must be equal; other parameters are free unless the group has a placement. Absent: none asked for. */
  readonly params?: Params;
  readonly image?: string;
}

export interface Evidence {
  readonly run: RunFile;
  /** Groups of a place in the order of the run: one for each image and each combination of other parameters. */
  groups(place: GroupFilter): readonly GroupData[];
  /** By block; empty where nothing was measured. */
  values(group: GroupData, arm: string, metric: string, pass?: Pass): ByBlock;
  /** Of the passes that counted, else of the timed ones; null where nothing was measured. */
  count(group: GroupData, arm: string, metric: string): Count | null;
  /** System calls by phase, actor and name. */
  calls(group: GroupData, arm: string): readonly CallCount[];
  /**
   * Where a value of blocks lies. Rules get every interval from here, whatever they make of the blocks first: differences,
   * slopes, exponents.
   */
  interval(values: ByBlock): Interval;
  /**
   * Per block, `values` divided by `base`; also between scenarios, since a block holds each of them once. Widened by what another run
   * may differ by, as every ratio here is.
   */
  ratioOf(values: ByBlock, base: ByBlock): Interval;
  median(group: GroupData, arm: string, metric: string): Interval;
  /** Per block, `arm` divided by `base`. */
  ratio(group: GroupData, arm: string, base: string, metric: string): Interval;
  /** Why a backend, scenario or image has no samples, in the run's own words; null where the run does not say. */
  whyMissing(id: string): string | null;
}

const NOTHING: ByBlock = new Map();

const isAt = ({ group }: GroupData, { scenario, params = {}, image }: GroupFilter): boolean =>
  group.scenario === scenario &&
  (image === undefined || group.image === image) &&
  // What was pinned to one CPU answers only where it was asked for.
  (group.params['placement'] ?? 'free') === (params['placement'] ?? 'free') &&
  Object.entries(params).every(([key, value]) => key === 'placement' || group.params[key] === value);

const interval = (values: ByBlock): Interval => intervalOver(values, LOOK_CONFIDENCE);
const ratioOf = (values: ByBlock, base: ByBlock): Interval =>
  widened(ratioOver(values, base, LOOK_CONFIDENCE));
/** Of a ratio that was taken within a slot. */
const isRatio = (metric: string): boolean => metric.endsWith('Ratio');

export const evidenceOf = (run: RunFile, tallied: Tallied): Evidence => {
  const values = (group: GroupData, arm: string, metric: string, pass: Pass = 'time'): ByBlock =>
    group[pass].get(metric)?.get(arm) ?? NOTHING;
  const twins = ({ group: { scenario, image, params } }: GroupData): readonly GroupData[] => {
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
  return {
    run,
    groups: (place) => tallied.groups.filter((group) => isAt(group, place)),
    values,
    count(group, arm, metric) {
      // Nothing is counted twice: of an arm in both placements, where the scheduler had it.
      const counted = [group, ...twins(group)].flatMap((one) => [
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
    whyMissing(id) {
      const skipped = run.skipped.find(({ what }) => what === id || what.startsWith(`${id} on `));
      if (skipped !== undefined) return `${skipped.need}: ${skipped.reason}`;
      const failed = tallied.failures.find(({ scenario, backend }) => scenario === id || backend === id);
      if (failed !== undefined) return `failed: ${failed.message}`;
      const sample = tallied.skips.find(({ scenario, backend }) => scenario === id || backend === id);
      if (sample !== undefined) return `${sample.need}: ${sample.reason}`;
      return run.plan.dropped.find((line) => line.startsWith(`scenario ${id}:`)) ?? null;
    },
  };
};

/** `image, key=value …` of a group, for words. */
export const placeText = ({ group }: GroupData): string =>
  [group.image, paramsKey(group.params)].filter((part) => part !== '').join(', ');
