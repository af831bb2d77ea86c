// System calls, requests and disk from the counting passes. Counts that are equal in every pass need no interval.

import {
  type CallCount,
  callCounts,
  countOf,
  isSumOfCalls,
  phaseTotals,
} from '../../results/compare/counts.ts';
import { metricInfo } from '../../results/compare/metric-info.ts';
import { RUNTIME } from '../../results/compare/phase-of.ts';
import { type GroupData, paramsKey, type Table } from '../../results/compare/tally.ts';
import { own } from '../../results/own.ts';
import { type Catalogue, PHASES } from '../../results/schema/run.ts';
import { numbersOf } from '../../results/stats/log-ratio.ts';
import { isEnding } from '../tampering/words.ts';
import type { ArmView, CallsView, CountsView } from '../view-tables.ts';

const groupFields = ({ group }: GroupData) => ({
  image: group.image,
  scenario: group.scenario,
  params: paramsKey(group.params),
});

const keyOf = ({ phase, actor, call }: CallCount): string => JSON.stringify([phase, actor, call]);

type CallRow = CallsView['rows'][number];

const largest = ({ counts }: CallRow): number => Math.max(...counts.map((count) => count?.most ?? 0));

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By phase; within it the runtime's own calls last, then by actor, most calls first. */
const compareCallRows = (a: CallRow, b: CallRow): number =>
  PHASES.indexOf(a.phase) - PHASES.indexOf(b.phase) ||
  Number(a.actor === RUNTIME) - Number(b.actor === RUNTIME) ||
  compareText(a.actor, b.actor) ||
  largest(b) - largest(a) ||
  compareText(a.call, b.call);

export const callsOf = (data: GroupData, arms: readonly ArmView[]): CallsView | null => {
  const hasCalls = [...data.ledgers.values()].flat().some((ledger) => Object.keys(ledger).length > 0);
  // A scenario without a window has ledgers without a phase: its calls were not counted.
  if (!hasCalls) return null;
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
  return {
    ...groupFields(data),
    rows: rows.sort(compareCallRows),
    totals: arms.map((arm) => {
      const ledgers = data.ledgers.get(arm.id);
      return ledgers === undefined ? null : phaseTotals(ledgers, [RUNTIME]);
    }),
  };
};

/** From the counting passes, whose values should be equal; else from the timing pass. */
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
  return rows.length === 0 ? null : { ...groupFields(data), rows };
};

/** Results of a scenario without a timed window; zeros are kept, because zero is a result there. */
export const observedOf = (
  data: GroupData,
  arms: readonly ArmView[],
  catalogue: Catalogue,
): CountsView | null => {
  if (data.time.size > 0) return null;
  const shownElsewhere = [isRequest, isDisk, isLeak, isSumOfCalls, isEnding];
  const rows = countRows(data, arms, catalogue, (metric) => !shownElsewhere.some((is) => is(metric)));
  rows.sort((a, b) => Number(b.headline) - Number(a.headline));
  return rows.length === 0 ? null : { ...groupFields(data), rows };
};

export const isRequest = (metric: string): boolean => /^fuse\p{Lu}\w*Count$/u.test(metric);
export const isDisk = (metric: string): boolean => /^created\w+(Count|Bytes)$/.test(metric);
export const isLeak = (metric: string): boolean => /^left\w+Count$/.test(metric);

const varyingMetrics = (
  data: GroupData,
  { id }: ArmView,
  catalogue: Catalogue,
  passes: string,
): readonly string[] =>
  // Timed passes of an arm are read if no counting pass has the metric.
  [...new Set([...data.count.keys(), ...data.time.keys()])]
    .filter((metric) => metricInfo(catalogue, data.group.scenario, metric).noise === 'exact')
    .flatMap((metric) => {
      const count = countOf(valuesOf(data, metric, id));
      return count === null || count.least === count.most
        ? []
        : [`${metric} varies between ${passes}: ${count.least} to ${count.most}`];
    });

const varyingCalls = (data: GroupData, { id }: ArmView, passes: string): readonly string[] => {
  const varying = callCounts(data.ledgers.get(id) ?? []).filter(
    ({ actor, least, most }) => actor !== RUNTIME && least !== most,
  );
  const first = varying[0];
  return first === undefined
    ? []
    : [
        `${varying.length} system-call counts vary between ${passes}, such as ${first.phase} ${first.actor} ${first.call}: ${first.least} to ${first.most}`,
      ];
};

/** Counts that are declared exact and differ between passes. */
export const varyingCounts = (
  data: GroupData,
  arms: readonly ArmView[],
  catalogue: Catalogue,
  passes = 'passes',
): readonly string[] => {
  const { image, scenario, params } = groupFields(data);
  const where = [scenario, params, image].filter((part) => part !== '').join(' ');
  const warningsOf = (texts: (arm: ArmView) => readonly string[]): readonly string[] =>
    arms
      .filter(({ role }) => role !== 'null')
      .flatMap((arm) => texts(arm).map((text) => `${where} ${arm.id}: ${text}`));
  return [
    ...warningsOf((arm) => varyingMetrics(data, arm, catalogue, passes)),
    ...warningsOf((arm) => varyingCalls(data, arm, passes)),
  ];
};
