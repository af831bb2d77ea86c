// The values of a run by scenario, image, arm and metric: what most formats are made of.
import { max, min } from 'simple-statistics';
import { own } from '../check.ts';
import { phaseTotals } from '../compare/counts.ts';
import { RUNTIME } from '../compare/phase-of.ts';
import { type Cell, metricInfo, rowOf } from '../compare/rows.ts';
import { type GroupData, paramsKey } from '../compare/tally.ts';
import type { Place } from '../gate/exact-rows.ts';
import type { Loaded } from '../gate/load.ts';
import type { Metric, Phase } from '../schema/run.ts';
import { token } from './text.ts';
import { belongs } from './units.ts';

export interface TimedRow {
  readonly data: GroupData;
  readonly place: Place;
  readonly metric: string;
  readonly info: Metric;
  readonly headline: boolean;
  /** By block. */
  readonly values: readonly number[];
  readonly cell: Cell;
}

export interface CountedRow {
  readonly data: GroupData;
  readonly place: Place;
  readonly metric: string;
  readonly info: Metric;
  /** Of a sum of system calls; null for every other metric. */
  readonly phase: Phase | null;
  readonly least: number;
  readonly most: number;
  readonly passes: number;
}

/** System calls of one phase, the language runtime's left out. */
export const CALLS = 'systemCallCount';
/** The same sum where a probe gave it: not told twice. */
export const probedCalls = (phase: string): string => `${phase}CallCount`;
const CALLS_INFO: Metric = { title: 'system calls', better: 'lower', noise: 'exact' };

const placeOf = ({ group }: GroupData, arm: string): Place => ({
  scenario: group.scenario,
  params: paramsKey(group.params),
  image: group.image,
  arm,
});

export const timedRows = ({ run, tallied }: Loaded): readonly TimedRow[] =>
  tallied.groups.flatMap((data) => {
    const headline = own(run.catalogue.scenarios, data.group.scenario)?.headline ?? [];
    const metrics = [...data.time.keys()].filter((metric) => belongs(metric, 'time', run.catalogue));
    return metrics.flatMap((metric): TimedRow[] => {
      const row = rowOf(data, metric, { catalogue: run.catalogue, baseline: run.plan.baseline });
      return (row?.cells ?? []).map((cell) => ({
        data,
        place: placeOf(data, cell.arm),
        metric,
        info: row!.info,
        headline: headline.includes(metric),
        values: [...data.time.get(metric)!.get(cell.arm)!.values()],
        cell,
      }));
    });
  });

const metricCounts = ({ run }: Loaded, data: GroupData): readonly CountedRow[] =>
  [...data.count]
    .filter(([metric]) => belongs(metric, 'count', run.catalogue))
    .flatMap(([metric, arms]) =>
      [...arms].map(([arm, byBlock]): CountedRow => {
        const values = [...byBlock.values()];
        return {
          data,
          place: placeOf(data, arm),
          metric,
          info: metricInfo(run.catalogue, metric),
          phase: null,
          least: min(values),
          most: max(values),
          passes: values.length,
        };
      }),
    );

const callSums = (data: GroupData): readonly CountedRow[] =>
  [...data.ledgers].flatMap(([arm, ledgers]) =>
    [...phaseTotals(ledgers, [RUNTIME])]
      .filter(([phase]) => !data.count.has(probedCalls(phase)))
      .map(
        ([phase, count]): CountedRow => ({
          data,
          place: placeOf(data, arm),
          metric: CALLS,
          info: CALLS_INFO,
          phase,
          ...count,
        }),
      ),
  );

export const countedRows = (loaded: Loaded): readonly CountedRow[] =>
  loaded.tallied.groups.flatMap((data) => [...metricCounts(loaded, data), ...callSums(data)]);

/** `churn/store=full/image=debian-12-base/backend=erofs-overlay`: one word, the same in every run. */
export const pathOf = ({ scenario, params, image, arm }: Place): string =>
  [
    token(scenario),
    ...params
      .split(' ')
      .filter((part) => part !== '')
      .map(token),
    `image=${token(image)}`,
    `backend=${token(arm)}`,
  ].join('/');
