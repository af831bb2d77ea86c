// One paragraph for every red row: what, by how much, what else changed beside it, and what to type next.
import type { Comparison } from '../../results/gate/compare.ts';
import type { ExactResult } from '../../results/gate/exact.ts';
import { placeKey } from '../../results/gate/exact-rows.ts';
import type { Red } from '../../results/gate/gate.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { formatPercent, formatRatio } from '../format.ts';
import { ascii } from '../visible.ts';
import { changeText, countedText, latencyText, placeText, plural, reasonText } from './words.ts';

const SHOWN = 4;

const totalOf = (rows: readonly ExactResult[], side: 'base' | 'head'): number =>
  rows.reduce((sum, row) => sum + (row[side]?.least ?? 0), 0);

/** Other calls of the same actor in the same phase. */
const beside = (row: ExactResult, all: readonly ExactResult[]): string => {
  const { counted } = row;
  if (counted?.kind !== 'call') return '';
  const same = all.filter(
    (other) =>
      other.counted?.kind === 'call' &&
      placeKey(other.place) === placeKey(row.place) &&
      other.counted.phase === counted.phase &&
      other.counted.actor === counted.actor,
  );
  const changed = same.filter((other) => other !== row && other.status !== 'equal');
  const names = changed
    .slice(0, SHOWN)
    .map((other) =>
      other.counted?.kind === 'call' ? `${ascii(other.counted.call)} ${changeText(other)}` : '',
    );
  const others =
    changed.length === 0
      ? 'No other call of it changed'
      : `Also changed: ${names.join(', ')}${changed.length > SHOWN ? `, and ${changed.length - SHOWN} more` : ''}`;
  return `${others}; all calls of ${ascii(counted.actor)} in this phase: ${totalOf(same, 'base')} -> ${totalOf(same, 'head')}.`;
};

const reproduce = (run: RunFile, scenario: string): string => {
  const text = run.catalogue.scenarios[scenario]?.reproduce;
  return text === undefined ? '' : ` What runs there: ${ascii(text)}.`;
};

const again = (run: RunFile, { scenario, image }: ExactResult['place']): string => {
  const source = run.images.find(({ name }) => name === image)?.source ?? image;
  return `To count it again: cfsbench run --count-only --scenarios ${ascii(scenario)} --images ${ascii(source)}.`;
};

const explainExact = (row: ExactResult, all: readonly ExactResult[], run: RunFile): string => {
  const where = placeText(row.place);
  if (row.status === 'vanished') {
    const why =
      row.because.length === 0
        ? 'The head does not say why.'
        : `The head says: ${ascii(row.because.join('; '))}.`;
    const what = row.counted?.kind === 'metric' ? `${ascii(row.counted.metric)} of ` : '';
    return `${what}${where}: the base has counts of it, the head has none. ${why} If that is meant: --allow-missing ${ascii(row.place.arm)}.`;
  }
  const { counted } = row;
  const what =
    counted?.kind === 'call'
      ? `in the phase ${ascii(counted.phase)}, ${ascii(counted.actor)} calls ${ascii(counted.call)}`
      : ascii(counted?.kind === 'metric' ? counted.metric : 'everything');
  const varies =
    row.status === 'varies' ? ' It was the same in every pass of the base, and is not in the head.' : '';
  return `${where}: ${what} ${changeText(row)}. Programs, architecture, path and image are the same on both sides, so this is no noise.${varies} ${beside(row, all)}${reproduce(run, row.place.scenario)} ${again(run, row.place)}`;
};

const explainLatency = (row: LatencyResult, run: RunFile): string => {
  const noise = row.nullRatio === null ? '' : ` The base against itself: ${formatRatio(row.nullRatio)}.`;
  const p = row.p === null ? '' : ` One-sided p among all gated rows: ${row.p.toPrecision(2)}.`;
  const { scenario, image } = row.place;
  const source = run.images.find(({ name }) => name === image)?.source ?? image;
  const ab = (run.plan.ab ?? []).map((arm) => ascii(arm.replace(/#2$/, ''))).join(' ');
  return `${placeText(row.place)}: ${ascii(row.title)} ${latencyText(row)} over ${plural(row.n, 'block')}: all of the interval is beyond the threshold of ${formatPercent(row.delta)}.${noise}${p}${reproduce(run, scenario)} To measure it again: cfsbench run --ab ${ab} --scenarios ${ascii(scenario)} --images ${ascii(source)}.`;
};

export const explain = (red: Red, comparison: Comparison, run: RunFile): string =>
  red.kind === 'exact' ? explainExact(red.row, comparison.exact, run) : explainLatency(red.row, run);

export const shortReason = (red: Red): string =>
  red.kind === 'exact'
    ? `${placeText(red.row.place)}: ${red.row.counted === null ? '' : `${countedText(red.row)} `}${reasonText(red.row)}`
    : `${placeText(red.row.place)}: ${ascii(red.row.metric)} ${latencyText(red.row)}`;
