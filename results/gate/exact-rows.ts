// The counts of a run that are compared without statistics: system calls by phase, actor and name; exact metrics; requests, by
// their minimum over the passes.

import { type Count, callCounts, countOf, isSumOfCalls } from '../compare/counts.ts';
import { type Fingerprint, fingerprintOf } from '../compare/fingerprint.ts';
import { knownMetric } from '../compare/metric-info.ts';
import { RUNTIME } from '../compare/phase-of.ts';
import { type GroupData, paramsKey } from '../compare/tally.ts';
import { own } from '../own.ts';
import type { Metric, Phase, RunFile } from '../schema/run.ts';
import type { LoadedRun } from './load.ts';

export type CountSubject =
  | { readonly kind: 'call'; readonly phase: Phase; readonly actor: string; readonly call: string }
  | { readonly kind: 'metric'; readonly metric: string; readonly better: Metric['better'] };

export interface RowPlace {
  readonly scenario: string;
  /** As text, in the order of names. */
  readonly params: string;
  readonly image: string;
  readonly arm: string;
}

export interface ExactRow {
  readonly place: RowPlace;
  readonly counted: CountSubject;
  readonly noise: 'exact' | 'quasi';
  readonly count: Count;
  readonly fingerprint: Fingerprint;
}

/** All counts of one arm in one group. */
export interface ArmRows {
  readonly place: RowPlace;
  readonly rows: readonly ExactRow[];
  /** Also for an actor that has no rows because it made no call. */
  readonly fingerprintFor: (actor: string | null, call: string | null) => Fingerprint;
  readonly passes: number;
  /** Passes with a ledger; without one, a call that has no row was not counted. */
  readonly ledgers: number;
}

export const placeKey = ({ scenario, params, image, arm }: RowPlace): string =>
  JSON.stringify([scenario, params, image, arm]);

export const countedKey = (counted: CountSubject): string =>
  counted.kind === 'call'
    ? JSON.stringify([counted.phase, counted.actor, counted.call])
    : JSON.stringify([counted.metric]);

const tookOf = (data: GroupData, arm: string): string => [...(data.took.get(arm) ?? [])].sort().join(' or ');

const callRows = (data: GroupData, place: RowPlace, fingerprintFor: ArmRows['fingerprintFor']): ExactRow[] =>
  callCounts(data.ledgers.get(place.arm) ?? [])
    .filter(({ actor }) => actor !== RUNTIME)
    .map(({ phase, actor, call, ...count }) => ({
      place,
      counted: { kind: 'call', phase, actor, call },
      noise: 'exact',
      count: { least: count.least, most: count.most, passes: count.passes },
      fingerprint: fingerprintFor(actor, call),
    }));

const metricRows = (
  { run }: Pick<LoadedRun, 'run'>,
  data: GroupData,
  place: RowPlace,
  fingerprintFor: ArmRows['fingerprintFor'],
): ExactRow[] =>
  [...data.count].flatMap(([metric, arms]): ExactRow[] => {
    const info = knownMetric(run.catalogue, data.group.scenario, metric);
    const count = countOf([...(arms.get(place.arm)?.values() ?? [])]);
    // The calls themselves are compared: each knows the programs and the path that it depends on, a sum does not.
    if (info === undefined || info.noise === 'noisy' || count === null || isSumOfCalls(metric)) return [];
    return [
      {
        place,
        counted: { kind: 'metric', metric, better: info.better },
        noise: info.noise,
        count,
        fingerprint:
          info.noise === 'quasi'
            ? {
                ...fingerprintFor(null, null),
                kernel: run.environment.kernel,
                ls: own(run.environment.tools, 'ls') ?? 'unknown',
              }
            : fingerprintFor(null, null),
      },
    ];
  });

/** Apart from the samples, so that keeping these rows does not keep the samples. */
const fingerprinterOf =
  (run: RunFile, image: string, took: string): ArmRows['fingerprintFor'] =>
  (actor, call) =>
    fingerprintOf(run, { image, actor, call, took });

/** The counted arms of every group. */
export const armRows = (loaded: Pick<LoadedRun, 'run' | 'tallied'>): readonly ArmRows[] =>
  loaded.tallied.groups.flatMap((data) => {
    const arms = new Set([
      ...data.ledgers.keys(),
      ...[...data.count.values()].flatMap((by) => [...by.keys()]),
    ]);
    return [...arms].map((arm): ArmRows => {
      const { scenario, params, image } = data.group;
      const place = { scenario, params: paramsKey(params), image, arm };
      const fingerprintFor = fingerprinterOf(loaded.run, image, tookOf(data, arm));
      const rows = [
        ...callRows(data, place, fingerprintFor),
        ...metricRows(loaded, data, place, fingerprintFor),
      ];
      return {
        place,
        rows,
        fingerprintFor,
        passes: rows.reduce((most, { count }) => Math.max(most, count.passes), 0),
        ledgers: data.ledgers.get(arm)?.length ?? 0,
      };
    });
  });
