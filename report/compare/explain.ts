// One paragraph for each red row: the change, other changes beside it, and the command that measures it again.
import type { Comparison } from '../../results/gate/compare.ts';
import type { ExactResult } from '../../results/gate/exact.ts';
import { placeKey } from '../../results/gate/exact-rows.ts';
import type { Gate, Red } from '../../results/gate/gate.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { shellLine } from '../../results/shell-line.ts';
import { ascii } from '../../results/visible.ts';
import { formatPercent, formatRatio, grouped, plural } from '../format.ts';
import { type Cause, causesOf } from './causes.ts';
import { changeText, countedText, latencyText, placeText, reasonText } from './words.ts';

const MOST_CALLS = 4;

const totalOf = (rows: readonly ExactResult[], side: 'base' | 'head'): string =>
  grouped(rows.reduce((sum, row) => sum + (row[side]?.least ?? 0), 0));

/** Other calls of the same actor in the same phase. */
const otherCalls = (row: ExactResult, all: readonly ExactResult[]): string => {
  const { counted } = row;
  if (counted?.kind !== 'call') return '';
  const calls = all.flatMap((other) =>
    other.counted?.kind === 'call' &&
    placeKey(other.place) === placeKey(row.place) &&
    other.counted.phase === counted.phase &&
    other.counted.actor === counted.actor
      ? [{ row: other, call: other.counted.call }]
      : [],
  );
  const changed = calls.filter((other) => other.row !== row && other.row.status !== 'equal');
  const names = changed.slice(0, MOST_CALLS).map((other) => `${ascii(other.call)} ${changeText(other.row)}`);
  const more = changed.length > MOST_CALLS ? `, and ${changed.length - MOST_CALLS} more` : '';
  const others =
    changed.length === 0
      ? `No other call of ${ascii(counted.actor)} changed`
      : `Also changed: ${names.join(', ')}${more}`;
  const rows = calls.map((other) => other.row);
  return ` ${others}; all its calls in this phase: ${totalOf(rows, 'base')} -> ${totalOf(rows, 'head')}.`;
};

const reproduce = (run: RunFile, scenario: string): string => {
  const text = run.catalogue.scenarios[scenario]?.reproduce;
  return text === undefined ? '' : ` The scenario runs: ${ascii(text)}.`;
};

const selection = (run: RunFile, { scenario, image }: ExactResult['place']): readonly string[] => {
  const source = run.images.find(({ name }) => name === image)?.source ?? image;
  return ['--scenarios', scenario, '--images', source];
};

/** Names come from the run folder, which is untrusted. */
const commandOf = (words: readonly string[]): string => shellLine(words.map(ascii));

/** The command is last and without a full stop, so that it can be pasted. */
interface Explanation {
  readonly text: string;
  readonly toDo: string;
}

const joined = ({ text, toDo }: Explanation, between = ''): string => `${text}${between} ${toDo}`;

/**
 * The whole arm if the head has nothing of it, else the place alone. A comma separates two patterns, and a slash the parts of one: a
 * scenario or an image with one of them is any.
 */
const patternOf = ({ scenario, image, arm }: ExactResult['place'], all: readonly ExactResult[]): string => {
  const name = arm.replaceAll(',', ';');
  const isGone = all.every(
    ({ place, counted, status }) => place.arm !== arm || (status === 'vanished' && counted === null),
  );
  const part = (text: string): string => (/[,/]/.test(text) ? '*' : text);
  return isGone ? name : `${part(scenario)}/${part(image)}/${name}`;
};

const explainVanished = (
  { place, counted, because }: ExactResult,
  all: readonly ExactResult[],
): Explanation => {
  const what = counted?.kind === 'metric' ? `${ascii(counted.metric)} of ` : '';
  const why =
    because.length === 0 ? 'The head records no reason.' : `The head records: ${ascii(because.join('; '))}.`;
  return {
    text: `${what}${placeText(place)}: counted in the base, absent from the head. ${why}`,
    toDo: `To accept it: ${commandOf(['--allow-missing', patternOf(place, all)])}`,
  };
};

const subjectOf = ({ counted }: ExactResult): string => {
  if (counted === null) return 'everything';
  return counted.kind === 'call'
    ? `in the phase ${ascii(counted.phase)}, ${ascii(counted.actor)} calls ${ascii(counted.call)}`
    : ascii(counted.metric);
};

const explainExact = (row: ExactResult, all: readonly ExactResult[], run: RunFile): Explanation => {
  if (row.status === 'vanished') return explainVanished(row, all);
  const { place } = row;
  const varies =
    row.status === 'varies' ? ' It was equal in every pass of the base and varies in the head.' : '';
  const equal =
    row.noise === 'quasi'
      ? 'Kernel, programs, architecture, path and image are equal on both sides, and the least of several passes is compared'
      : 'Programs, architecture, path and image are equal on both sides';
  const allocated =
    row.counted?.kind === 'metric' && row.counted.allocated === true
      ? ', by more than two file systems of one kind differ'
      : '';
  const how = row.timed === true ? [] : ['--count-only'];
  return {
    text: `${placeText(place)}: ${subjectOf(row)} ${changeText(row)}${allocated}. ${equal}, so this is not noise.${varies}${otherCalls(row, all)}${reproduce(run, place.scenario)}`,
    toDo: `To count it again: ${commandOf(['cfsbench', 'run', ...how, ...selection(run, place)])}`,
  };
};

const explainLatency = (row: LatencyResult, run: RunFile): string => {
  const noise = row.nullRatio === null ? '' : ` Ratio of the base to itself: ${formatRatio(row.nullRatio)}.`;
  const p = row.p === null ? '' : ` One-sided p, adjusted for all gated rows: ${row.p.toPrecision(2)}.`;
  const ab = (run.plan.ab ?? []).map((arm) => arm.replace(/#2$/, ''));
  const command = commandOf(['cfsbench', 'run', '--ab', ...ab, ...selection(run, row.place)]);
  return `${placeText(row.place)}: ${ascii(row.title)} ${latencyText(row)} over ${plural(row.n, 'block')}: the whole interval is beyond the threshold of ${formatPercent(row.delta)}.${noise}${p}${reproduce(run, row.place.scenario)} To measure it again: ${command}`;
};

export const explain = (red: Red, comparison: Comparison, run: RunFile): string =>
  red.kind === 'exact' ? joined(explainExact(red.row, comparison.exact, run)) : explainLatency(red.row, run);

/** One reason to be red: counts that changed together, or a latency. */
export type RedGroup =
  | { readonly kind: 'counts'; readonly cause: Cause }
  | { readonly kind: 'latency'; readonly row: LatencyResult };

const logOf = ({ ratio }: LatencyResult): number =>
  ratio.kind === 'interval' ? Math.abs(Math.log(ratio.center)) : 0;

/** Counts first, which decide everywhere; then the latencies, the most different first. */
export const redGroups = ({ red }: Gate, run: RunFile): readonly RedGroup[] => {
  const counts = red.flatMap((one) => (one.kind === 'exact' ? [one.row] : []));
  const latencies = red.flatMap((one) => (one.kind === 'latency' ? [one.row] : []));
  return [
    ...causesOf(counts, run.images).map((cause): RedGroup => ({ kind: 'counts', cause })),
    ...[...latencies].sort((a, b) => logOf(b) - logOf(a)).map((row): RedGroup => ({ kind: 'latency', row })),
  ];
};

export const explainGroup = (group: RedGroup, comparison: Comparison, run: RunFile): string => {
  if (group.kind === 'latency') return explainLatency(group.row, run);
  const { rows, text, where } = group.cause;
  const [first, ...others] = rows;
  const more = others.length === 0 ? '' : ` ${plural(rows.length, 'row')} in all, ${text}: ${where}.`;
  return joined(explainExact(first, comparison.exact, run), more);
};

export const shortReason = (group: RedGroup): string => {
  if (group.kind === 'latency')
    return `${placeText(group.row.place)}: ${ascii(group.row.metric)} ${latencyText(group.row)}`;
  const { rows, text, where } = group.cause;
  return rows.length === 1 && rows[0].status !== 'vanished'
    ? `${placeText(rows[0].place)}: ${countedText(rows[0])} ${reasonText(rows[0])}`
    : `${text} (${where}; ${plural(rows.length, 'row')})`;
};
