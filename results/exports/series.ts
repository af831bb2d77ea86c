// Every metric of every arm as a series of values in the order of blocks, with a name that needs no quoting.
import { metricInfo } from '../compare/metric-info.ts';
import { designOf, isIdle, NULL_ARM } from '../compare/phase-of.ts';
import { type GroupData, paramsKey } from '../compare/tally.ts';
import { measuredIn } from '../emulated.ts';
import type { LoadedRun } from '../gate/load.ts';
import type { PlannedGroup } from '../schema/not-measured.ts';
import type { Metric, Pass } from '../schema/run.ts';
import type { Interval } from '../stats/interval.ts';
import { numbersOf } from '../stats/log-ratio.ts';
import { CONFIDENCE } from '../stats/median.ts';
import { centerOver, levelOver } from '../stats/over-blocks.ts';

export interface MetricSeries {
  readonly group: PlannedGroup;
  readonly arm: string;
  readonly metric: string;
  readonly info: Metric;
  readonly pass: Pass;
  /** The arm does nothing in this phase; its time is overhead. */
  readonly isIdle: boolean;
  readonly values: readonly number[];
  readonly median: number;
  readonly interval: Interval;
}

/** Counting slows what it counts. */
const isSlowedByCounting = (metric: string): boolean => /(?:Ns|PerSecond)$/.test(metric);

/** Each metric of an arm is of one pass: counts of the counting passes where they have it, all else of the timed ones. */
const isOfPass = (data: GroupData, pass: Pass, { noise }: Metric, metric: string, arm: string): boolean => {
  if ((pass === 'count') === (noise !== 'noisy')) return true;
  const isElsewhere = data[pass === 'count' ? 'time' : 'count'].get(metric)?.has(arm) === true;
  return !isElsewhere && (pass === 'count' ? !isSlowedByCounting(metric) : arm !== NULL_ARM);
};

export const seriesOf = ({ run, tallied }: LoadedRun): readonly MetricSeries[] =>
  measuredIn(run, tallied).groups.flatMap((data) => {
    const { group, time, count } = data;
    const design = designOf(run);
    return (
      [
        ['time', time],
        ['count', count],
      ] as const
    ).flatMap(([pass, table]) =>
      [...table].flatMap(([metric, arms]) => {
        const info = metricInfo(run.catalogue, group.scenario, metric);
        return [...arms].flatMap(([arm, byBlock]): MetricSeries[] => {
          if (!isOfPass(data, pass, info, metric, arm)) return [];
          const values = [...numbersOf(byBlock)];
          const interval = levelOver(byBlock, CONFIDENCE);
          const center = centerOver(byBlock, interval);
          return center === null
            ? []
            : [
                {
                  group,
                  arm,
                  metric,
                  info,
                  pass,
                  isIdle: isIdle(data, metric, arm, design),
                  values,
                  median: center,
                  interval,
                },
              ];
        });
      }),
    );
  });

/** Percent-encoded: no name can add a part, a field or a line. */
const token = (text: string): string =>
  Buffer.from(text, 'utf8')
    .toString('latin1')
    .replace(/[^A-Za-z0-9._@,-]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);

export const nameOf = ({ group, arm, metric }: MetricSeries): string =>
  [
    token(group.scenario),
    ...Object.keys(group.params)
      .sort()
      .map((key) => `${token(key)}=${token(String(group.params[key]))}`),
    `image=${token(group.image)}`,
    `backend=${token(arm)}`,
    `metric=${token(metric)}`,
  ].join('/');

export const placeOf = (group: PlannedGroup): string =>
  [group.scenario, paramsKey(group.params), group.image].filter((part) => part !== '').join(', ');
