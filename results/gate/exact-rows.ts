// The counts of a run that are compared without statistics: system calls by phase, actor and name; exact metrics; requests and the
// calls of FUSE servers, by their minimum over the passes. Metrics that only timed passes have are of these.

import { type Count, callCounts, countOf, isSumOfCalls } from '../compare/counts.ts';
import { type Fingerprint, fingerprintOf, noiseOfCalls, requestConditions } from '../compare/fingerprint.ts';
import { knownMetric } from '../compare/metric-info.ts';
import { NULL_ARM, RUNTIME } from '../compare/phase-of.ts';
import { type GroupData, paramsKey, type Table } from '../compare/tally.ts';
import type { Metric, Pass, Phase, RunFile } from '../schema/run.ts';
import type { LoadedRun } from './load.ts';

export type CountSubject =
  | { readonly kind: 'call'; readonly phase: Phase; readonly actor: string; readonly call: string }
  | {
      readonly kind: 'metric';
      readonly metric: string;
      readonly better: Metric['better'];
      /** From allocated blocks. */
      readonly allocated?: true;
    };

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
  readonly pass: Pass;
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
      noise: noiseOfCalls(actor),
      count: { least: count.least, most: count.most, passes: count.passes },
      pass: 'count',
      fingerprint: fingerprintFor(actor, call),
    }));

/** A slot that left something behind fails, so these are zero. */
const LEFT = /^left\w+Count$/;

/** Facts of the machine, which are not judged, are no counts of an arm; nor are metrics that counting passes of the arm have. */
const isTimedCount = (data: GroupData, { judged }: Metric, metric: string, arm: string): boolean =>
  judged !== false && !LEFT.test(metric) && data.count.get(metric)?.has(arm) !== true;

const metricRows = (
  { run }: Pick<LoadedRun, 'run'>,
  data: GroupData,
  place: RowPlace,
  fingerprintFor: ArmRows['fingerprintFor'],
  pass: Pass,
): ExactRow[] =>
  [...data[pass]].flatMap(([metric, arms]): ExactRow[] => {
    const info = knownMetric(run.catalogue, data.group.scenario, metric);
    const count = countOf([...(arms.get(place.arm)?.values() ?? [])]);
    // The calls themselves are compared: each knows the programs and the path that it depends on, a sum does not.
    if (info === undefined || info.noise === 'noisy' || count === null || isSumOfCalls(metric)) return [];
    if (pass === 'time' && !isTimedCount(data, info, metric, place.arm)) return [];
    // A timed slot may hold another number of lives than a counted one.
    const general = { ...fingerprintFor(null, null), ...(pass === 'time' ? { pass } : {}) };
    return [
      {
        place,
        counted: {
          kind: 'metric',
          metric,
          better: info.better,
          ...(info.allocated === true ? { allocated: true } : {}),
        },
        noise: info.noise,
        count,
        pass,
        fingerprint: info.noise === 'quasi' ? { ...general, ...requestConditions(run) } : general,
      },
    ];
  });

/** Apart from the samples, so that keeping these rows does not keep the samples. */
const fingerprinterOf =
  (run: RunFile, image: string, took: string): ArmRows['fingerprintFor'] =>
  (actor, call) =>
    fingerprintOf(run, { image, actor, call, took });

const armsIn = (table: Table): readonly string[] => [...table.values()].flatMap((by) => [...by.keys()]);

/** `--count-only` makes no timed pass. */
export const isTimed = ({ tallied }: Pick<LoadedRun, 'tallied'>): boolean =>
  tallied.groups.some(({ time }) => time.size > 0);

/** The arms of every group that have counts. `passes`: those whose metrics are read. */
export const armRows = (
  loaded: Pick<LoadedRun, 'run' | 'tallied'>,
  passes: readonly Pass[] = ['count', 'time'],
): readonly ArmRows[] =>
  loaded.tallied.groups.flatMap((data) => {
    const counted = new Set([...data.ledgers.keys(), ...armsIn(data.count)]);
    const timed = passes.includes('time') ? armsIn(data.time).filter((arm) => arm !== NULL_ARM) : [];
    return [...new Set([...counted, ...timed])].flatMap((arm): ArmRows[] => {
      const { scenario, params, image } = data.group;
      const place = { scenario, params: paramsKey(params), image, arm };
      const fingerprintFor = fingerprinterOf(loaded.run, image, tookOf(data, arm));
      const rows = [
        ...callRows(data, place, fingerprintFor),
        ...passes.flatMap((pass) => metricRows(loaded, data, place, fingerprintFor, pass)),
      ];
      if (rows.length === 0 && !counted.has(arm)) return [];
      const most = rows.reduce((max, { count }) => Math.max(max, count.passes), 0);
      const ledgers = data.ledgers.get(arm)?.length ?? 0;
      return [{ place, rows, fingerprintFor, passes: most, ledgers }];
    });
  });
