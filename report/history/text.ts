// Trends for a terminal: each series that changed, with the run, the value before and the value after.
import { hasChanged, type Trend } from '../../results/history/trends.ts';
import { formatRatio, grouped } from '../format.ts';
import { wrapText } from '../text.ts';
import { ascii } from '../visible.ts';

const LATEST = 8;

const shown = ({ of }: Trend, value: number): string =>
  of.noise === 'noisy' ? formatRatio(value) : grouped(value);

const lineOf = (text: string, indent: string, columns: number): string[] =>
  wrapText(text, columns - indent.length).map((line) => `${indent}${line}`);

const trendLines = (trend: Trend, columns: number): string[] => {
  const { of, lines, changes, fence } = trend;
  const latest = lines.slice(-LATEST).map(({ value }) => shown(trend, value));
  const title = [of.scenario, of.params, of.image, of.arm].filter((part) => part !== '').join(', ');
  return [
    ...lineOf(`${ascii(title)}: ${ascii(of.what)}`, '', columns),
    ...lineOf(
      `${lines.length > LATEST ? '... ' : ''}${latest.join(' ')}   (${lines.length} runs)`,
      '  ',
      columns,
    ),
    ...changes.flatMap(({ run, commit, before, after }) =>
      lineOf(
        `changed with ${ascii(run)} (commit ${ascii(commit ?? 'unknown')}): ${shown(trend, before)} -> ${shown(trend, after)}`,
        '  ',
        columns,
      ),
    ),
    ...(fence?.kind === 'fence' && fence.outside
      ? lineOf(
          `the latest step of ${grouped(fence.step)} is outside ${fence.lo.toPrecision(3)} to ${fence.hi.toPrecision(3)}`,
          '  ',
          columns,
        )
      : []),
    '',
  ];
};

export const historyText = (
  trends: readonly Trend[],
  options: { readonly columns: number; readonly all: boolean },
): string => {
  if (trends.length === 0) return 'the history is empty; add a run: cfsbench history add RUN\n';
  const changed = trends.filter(hasChanged);
  const listed = options.all ? trends : changed;
  const runs = new Set(trends.flatMap(({ lines }) => lines.map(({ run }) => run))).size;
  const sum = `${grouped(trends.length)} series of ${grouped(runs)} runs, ${grouped(changed.length)} with a change. Changes never fail a gate.`;
  return `${[...listed.flatMap((trend) => trendLines(trend, options.columns)), ...wrapText(sum, options.columns)].join('\n')}\n`;
};
