// What the counting passes saw: system calls, requests, disk. Counts that every pass agrees on need no interval.

import { callCounts, countOf, phaseTotals } from '../../results/compare/counts.ts';
import { metricInfo } from '../../results/compare/metric-info.ts';
import { RUNTIME } from '../../results/compare/phase-of.ts';
import { type GroupData, paramsKey, type Table } from '../../results/compare/tally.ts';
import { own } from '../../results/own.ts';
import { type Catalogue, PHASES } from '../../results/schema/run.ts';
import { numbersOf } from '../../results/stats/log-ratio.ts';
import type { ArmView, CallsView, CountsView } from '../view.ts';

const placeOf = ({ group }: GroupData) => ({
  image: group.image,
  scenario: group.scenario,
  params: paramsKey(group.params),
});

export const callsOf = (data: GroupData, arms: readonly ArmView[]): CallsView | null => {
  if (data.ledgers.size === 0) return null;
  const byArm = arms.map((arm) => {
    const ledgers = data.ledgers.get(arm.id);
    return ledgers === undefined ? null : new Map(callCounts(ledgers).map((count) => [keyOf(count), count]));
  });
  const keys = new Map(byArm.flatMap((counts) => [...(counts ?? [])]));
  const rows = [...keys].map(([key, { phase, actor, call }]) => ({
    phase,
    actor,
    call,
    counts: byArm.map((counts) => counts?.get(key) ?? null),
  }));
  const largest = (row: (typeof rows)[number]): number =>
    Math.max(...row.counts.map((count) => count?.most ?? 0));
  rows.sort(
    (a, b) =>
      PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase) ||
      Number(a.actor === RUNTIME) - Number(b.actor === RUNTIME) ||
      (a.actor < b.actor ? -1 : a.actor > b.actor ? 1 : 0) ||
      largest(b) - largest(a) ||
      (a.call < b.call ? -1 : 1),
  );
  return {
    ...placeOf(data),
    rows,
    totals: arms.map((arm) => {
      const ledgers = data.ledgers.get(arm.id);
      return ledgers === undefined ? null : phaseTotals(ledgers, [RUNTIME]);
    }),
  };
};

const keyOf = (count: { phase: string; actor: string; call: string }): string =>
  JSON.stringify([count.phase, count.actor, count.call]);

/** A count may come from either kind of pass; the counting ones are kept apart because only they are meant to be equal. */
const valuesOf = (data: GroupData, metric: string, arm: string): ArrayLike<number> => {
  const from = (table: Table) => numbersOf(table.get(metric)?.get(arm) ?? new Map());
  const counted = from(data.count);
  return counted.length > 0 ? counted : from(data.time);
};

type CountRow = CountsView['rows'][number];

const countRows = (
  data: GroupData,
  arms: readonly ArmView[],
  catalogue: Catalogue,
  wanted: (metric: string) => boolean,
): CountRow[] => {
  const headline = own(catalogue.scenarios, data.group.scenario)?.headline ?? [];
  return [...new Set([...data.count.keys(), ...data.time.keys()])].filter(wanted).map((metric) => ({
    metric,
    info: metricInfo(catalogue, data.group.scenario, metric),
    counts: arms.map((arm) => countOf(valuesOf(data, metric, arm.id))),
    headline: headline.includes(metric),
  }));
};

export const countsOf = (
  data: GroupData,
  arms: readonly ArmView[],
  catalogue: Catalogue,
  wanted: (metric: string) => boolean,
): CountsView | null => {
  const rows = countRows(data, arms, catalogue, wanted).filter(({ counts }) =>
    counts.some((count) => count !== null && count.most > 0),
  );
  return rows.length === 0 ? null : { ...placeOf(data), rows };
};

/** What a scenario without a timed window is about: here zero is an answer too. */
export const observedOf = (
  data: GroupData,
  arms: readonly ArmView[],
  catalogue: Catalogue,
): CountsView | null => {
  if (data.time.size > 0) return null;
  const others = [isRequest, isDisk, isLeak, isCalls];
  const rows = countRows(data, arms, catalogue, (metric) => !others.some((is) => is(metric)));
  rows.sort((a, b) => Number(b.headline) - Number(a.headline));
  return rows.length === 0 ? null : { ...placeOf(data), rows };
};

export const isRequest = (metric: string): boolean => /^fuse\p{Lu}\w*Count$/u.test(metric);
export const isDisk = (metric: string): boolean => /^created\w+(Count|Bytes)$/.test(metric);
/** Sums of the ledger, which has tables of its own. */
const isCalls = (metric: string): boolean => PHASES.some((phase) => metric === `${phase}CallCount`);
export const isLeak = (metric: string): boolean => /^left\w+Count$/.test(metric);

/** Counts declared exact that were not equal in every pass. */
export const inconstant = (
  data: GroupData,
  arms: readonly ArmView[],
  catalogue: Catalogue,
  of = 'passes',
): readonly string[] => {
  const { image, scenario, params } = placeOf(data);
  const place = [scenario, params, image].filter((part) => part !== '').join(' ');
  const metrics = [...data.count.keys()].filter(
    (metric) => metricInfo(catalogue, data.group.scenario, metric).noise === 'exact',
  );
  const ofMetrics = metrics.flatMap((metric) =>
    arms.flatMap((arm) => {
      const count = countOf(valuesOf(data, metric, arm.id));
      return count === null || count.least === count.most
        ? []
        : [`${place} ${arm.id}: ${metric} varies between ${of}: ${count.least} to ${count.most}`];
    }),
  );
  const ofCalls = arms.flatMap((arm) => {
    const varying = callCounts(data.ledgers.get(arm.id) ?? []).filter(
      ({ actor, least, most }) => actor !== RUNTIME && least !== most,
    );
    const first = varying[0];
    return first === undefined
      ? []
      : [
          `${place} ${arm.id}: ${varying.length} system-call counts vary between ${of}, such as ${first.phase} ${first.actor} ${first.call}: ${first.least} to ${first.most}`,
        ];
  });
  return [...ofMetrics, ...ofCalls];
};
