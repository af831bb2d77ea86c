// Images that arrive all the time: percentiles of all blocks together at one rate, and p99 against the rate.
import type { GroupData } from '../../results/compare/tally.ts';
import { paramsKey } from '../../results/compare/tally.ts';
import { mergeHistograms } from '../../results/stats/histogram.ts';
import type { ByBlock } from '../../results/stats/log-ratio.ts';
import { CONFIDENCE, median } from '../../results/stats/median.ts';
import { intervalOver } from '../../results/stats/over-blocks.ts';
import { MOST_WITHOUT_P99 } from '../ladder.ts';
import type { GrowthPoint, LivesPercentiles, LivesRates, LivesView } from '../view-charts.ts';
import type { ArmView } from '../view-tables.ts';

/** `MostNs`: the longest of fewer than 100 lives. */
const RATE = /^at(\d{1,7})(?:P99|Most)Ns$/;

/** With fewer lives a percentile is the longest of them under another name. */
const PERCENTILES = [
  { name: 'p50', percent: 50, fewest: 2 },
  { name: 'p90', percent: 90, fewest: 10 },
  { name: 'p99', percent: 99, fewest: 100 },
  { name: 'p99.9', percent: 99.9, fewest: 1000 },
  { name: 'longest', percent: 100, fewest: 1 },
] as const;

const ratesOf = ({ time }: GroupData): readonly number[] => {
  const rates = [...time.keys()].flatMap((metric) => {
    const rate = RATE.exec(metric)?.[1];
    return rate === undefined ? [] : [Number(rate)];
  });
  return [...new Set(rates)].sort((a, b) => a - b);
};

/** By arm; a rung of fewer lives has the longest. */
const latenciesAt = ({ time }: GroupData, rate: number): ReadonlyMap<string, ByBlock> => {
  const [longest, p99] = [time.get(`at${rate}MostNs`), time.get(`at${rate}P99Ns`)];
  if (longest === undefined || p99 === undefined) return longest ?? p99 ?? new Map();
  return new Map(
    [...new Set([...longest.keys(), ...p99.keys()])].map((arm) => [
      arm,
      new Map([...(longest.get(arm) ?? []), ...(p99.get(arm) ?? [])]),
    ]),
  );
};

/** The lowest rate at which every arm of the group was tried; null: there is none. */
const commonRate = (group: GroupData, rates: readonly number[]): number | null => {
  const arms = new Set(rates.flatMap((rate) => [...latenciesAt(group, rate).keys()]));
  return rates.find((rate) => latenciesAt(group, rate).size === arms.size) ?? null;
};

/** None if a histogram is damaged: a journal is untrusted. */
const percentilesOf = (arm: number, encoded: readonly string[]): readonly LivesPercentiles[] => {
  try {
    const merged = mergeHistograms(encoded);
    const lifeCount = merged.totalCount;
    const ns = PERCENTILES.map(({ percent, fewest }) =>
      lifeCount >= fewest ? merged.getValueAtPercentile(percent) : null,
    );
    return [{ arm, lifeCount, ns }];
  } catch {
    return [];
  }
};

const pointAt = (group: GroupData, arm: string, rate: number): readonly GrowthPoint[] => {
  const values = latenciesAt(group, rate).get(arm);
  if (values === undefined || values.size === 0) return [];
  const interval = intervalOver(values, CONFIDENCE);
  return [
    interval.kind === 'tooFew'
      ? { x: rate, y: median([...values.values()])!, lo: null, hi: null }
      : { x: rate, y: interval.center, lo: interval.lo, hi: interval.hi },
  ];
};

const waitsOf = ({ group }: GroupData, cpus: number): LivesView['waits'] => {
  const workers = group.params['workers'];
  return typeof workers === 'number' && workers > cpus ? { workers, cpus } : null;
};

export const livesOf = (
  groups: readonly GroupData[],
  arms: readonly ArmView[],
  cpus: number,
): readonly LivesView[] =>
  groups.flatMap((group): readonly LivesView[] => {
    const rates = ratesOf(group);
    const rate = commonRate(group, rates);
    if (rate === null) return [];
    const { scenario, image, params } = group.group;
    const histograms = group.histograms.get(`at${rate}`);
    return [
      {
        ...{ scenario, image, params: paramsKey(params), rate },
        names: PERCENTILES.map(({ name }) => name),
        percentiles: arms.flatMap(({ id }, arm) => percentilesOf(arm, histograms?.get(id) ?? [])),
        rates: arms.flatMap(({ id }, arm): readonly LivesRates[] => {
          const points = rates.flatMap((one) => pointAt(group, id, one));
          return points.length === 0 ? [] : [{ arm, points }];
        }),
        // Older runs call the longest a p99.
        longest: rates.filter((one) => one <= MOST_WITHOUT_P99 || group.time.has(`at${one}MostNs`)),
        waits: waitsOf(group, cpus),
      },
    ];
  });
