// Trends of the history: where each series changed, and whether its latest step is unusual. They never fail a gate.
import { fingerprintText } from '../compare/fingerprint.ts';
import { at } from '../compare/tally.ts';
import type { HistoryLine } from '../schema/history.ts';
import { changePoints } from '../stats/change-points.ts';
import { median } from '../stats/median.ts';
import { seededUniform } from '../stats/seeded.ts';
import { type FenceResult, fence } from './fence.ts';
import { seriesKey } from './line.ts';

export interface TrendChange {
  readonly run: string;
  readonly commit: string | null;
  /** The run before has the same commit, so that the project is not the cause. */
  readonly isSameCommit: boolean;
  readonly startedAt: string;
  readonly before: number;
  readonly after: number;
}

export interface Trend {
  readonly of: HistoryLine;
  /** The latest runs. */
  readonly lines: readonly HistoryLine[];
  /** Number of earlier runs, in which no change was looked for. */
  readonly omitted: number;
  readonly changes: readonly TrendChange[];
  /** Null for ratios. */
  readonly fence: FenceResult | null;
}

const SEED = 20230123;
const LONGEST = 400;

const changeAt = (lines: readonly HistoryLine[], at: number, from: number, to: number): TrendChange => {
  const { run, commit, startedAt } = lines[at]!;
  const middle = (of: readonly HistoryLine[]): number => median(of.map(({ value }) => value))!;
  return {
    run,
    commit,
    isSameCommit: commit !== null && commit === lines[at - 1]?.commit,
    startedAt,
    before: middle(lines.slice(from, at)),
    after: middle(lines.slice(at, to)),
  };
};

/** Where the passes of a run have no value in common with those of a run since the change before. */
const exactChanges = (lines: readonly HistoryLine[]): readonly number[] => {
  const changes: number[] = [];
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const [at, { lo, hi }] of lines.entries()) {
    const isChange = lo > most || hi < least;
    if (isChange) changes.push(at);
    [least, most] = isChange ? [lo, hi] : [Math.max(least, lo), Math.min(most, hi)];
  }
  return changes;
};

const estimatedChanges = (values: readonly number[]): readonly number[] =>
  changePoints(values, { random: seededUniform(SEED) });

const trendOf = (all: readonly HistoryLine[]): Trend => {
  const lines = all.slice(-LONGEST);
  const of = lines.at(-1)!;
  const values = lines.map(({ value }) => value);
  const points = of.noise === 'exact' ? exactChanges(lines) : estimatedChanges(values);
  return {
    of,
    lines,
    omitted: all.length - lines.length,
    changes: points.map((at, i) => changeAt(lines, at, points[i - 1] ?? 0, points[i + 1] ?? lines.length)),
    fence: of.noise === 'noisy' ? null : fence(values),
  };
};

/** Of `ACTOR: CALL` with a phase in front; null: not a system call. */
const actorOf = ({ what }: HistoryLine): string | null => {
  const parts = what.split(': ');
  return parts.length < 3 ? null : parts[1]!;
};

/** Runs whose calls by this actor were counted in the same place. Paths of any length take part: a call that is not made is made on none. */
const countedKey = (line: HistoryLine, actor: string): string => {
  const { scenario, params, image, arm, fingerprint } = line;
  const { slotPathNames: _, ...others } = fingerprint;
  return JSON.stringify([scenario, params, image, arm, actor, fingerprintText(others)]);
};

/** Runs that made this call there, on paths of any length. */
const madeKey = (counted: string, { what }: HistoryLine): string => JSON.stringify([counted, what]);

const byStart = (a: HistoryLine, b: HistoryLine): number => {
  const [first, second] = [`${a.startedAt} ${a.run}`, `${b.startedAt} ${b.run}`];
  return first < second ? -1 : first > second ? 1 : 0;
};

/** A run that counted other calls of an actor, and has no line of this one, did not make it: its count is 0. */
const withUnseen = (all: readonly HistoryLine[], series: Map<string, HistoryLine[]>): void => {
  const counted = new Map<string, Map<string, HistoryLine>>();
  const made = new Map<string, Set<string>>();
  for (const line of all) {
    const actor = actorOf(line);
    if (actor === null) continue;
    const key = countedKey(line, actor);
    at(counted, key, () => new Map()).set(line.run, line);
    at(made, madeKey(key, line), () => new Set()).add(line.run);
  }
  for (const [key, own] of series) {
    const [first] = own;
    const actor = actorOf(first!);
    if (actor === null) continue;
    const { what, noise, fingerprint } = first!;
    const counting = countedKey(first!, actor);
    const seen = made.get(madeKey(counting, first!))!;
    const zeros = [...counted.get(counting)!.values()]
      .filter(({ run }) => !seen.has(run))
      .map((line) => ({ ...line, what, noise, fingerprint, value: 0, lo: 0, hi: 0 }));
    if (zeros.length > 0) series.set(key, [...own, ...zeros].sort(byStart));
  }
};

export const trends = (lines: readonly HistoryLine[]): readonly Trend[] => {
  const series = new Map<string, HistoryLine[]>();
  for (const line of lines) {
    const key = seriesKey(line);
    const own = series.get(key);
    if (own === undefined) series.set(key, [line]);
    else own.push(line);
  }
  withUnseen(lines, series);
  return [...series.values()].map(trendOf);
};

/** The least of an exact count may step beyond the fence while its passes still share a value with earlier ones. */
export const hasChanged = ({ of, changes, fence }: Trend): boolean =>
  changes.length > 0 || (of.noise !== 'exact' && fence?.kind === 'fence' && fence.outside);
