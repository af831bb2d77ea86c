// Trends for a terminal: each series that changed, with the run, the value before and the value after.
import { hasChanged, type Trend, type TrendChange } from '../../results/history/trends.ts';
import { ascii } from '../../results/visible.ts';
import { formatRatio, grouped, plural } from '../format.ts';
import { wrapText } from '../text.ts';

const LATEST = 8;
const COMMIT_DIGITS = 12;

export const isBytes = (what: string): boolean => /^\S+Bytes$/.test(what);

export const valueText = ({ of }: Trend, value: number): string => {
  if (of.noise === 'noisy') return formatRatio(value);
  // Rounded bytes would show a small change as none.
  return isBytes(of.what) ? `${grouped(value)} B` : grouped(value);
};

/** `changed with run-4 (commit 0123)`; where the run before has that commit too, no commit is the cause. */
export const changedWith = (
  { run, commit, isSameCommit }: TrendChange,
  text: (untrusted: string) => string = String,
): string => {
  const name = text(commit?.slice(0, COMMIT_DIGITS) ?? 'unknown');
  return isSameCommit
    ? `changed with ${text(run)}, and not by a commit: the run before is of ${name} as well`
    : `changed with ${text(run)} (commit ${name})`;
};

/** `12 runs`, or `the latest 400 of 450 runs`. */
export const runsOf = ({ lines, omitted }: Trend): string =>
  omitted === 0
    ? plural(lines.length, 'run')
    : `the latest ${grouped(lines.length)} of ${grouped(lines.length + omitted)} runs`;

/** After the number of runs; empty if no run was left out. */
export const omittedText = (trends: readonly Trend[]): string => {
  const long = trends.filter(({ omitted }) => omitted > 0);
  if (long.length === 0) return '';
  const most = Math.max(...long.map(({ lines }) => lines.length));
  return ` ${grouped(long.length)} series ${long.length === 1 ? 'has' : 'have'} more than ${grouped(most)} runs: the latest ${grouped(most)} are shown, and no change before them.`;
};

const trendLines = (trend: Trend, columns: number): readonly string[] => {
  const { of, lines, changes, fence } = trend;
  const latest = lines.slice(-LATEST).map(({ value }) => valueText(trend, value));
  const title = [of.scenario, of.params, of.image, of.arm].filter((part) => part !== '').join(', ');
  const details = [
    `${lines.length > LATEST ? '... ' : ''}${latest.join(' ')} (${runsOf(trend)})`,
    ...changes.map(
      (change) =>
        `${changedWith(change, ascii)}: ${valueText(trend, change.before)} -> ${valueText(trend, change.after)}`,
    ),
    ...(fence?.kind === 'fence' && fence.outside
      ? [
          `the latest step of ${valueText(trend, fence.step)} is outside ${valueText(trend, fence.lo)} to ${valueText(trend, fence.hi)}`,
        ]
      : []),
  ];
  return [
    ...wrapText(`${ascii(title)}: ${ascii(of.what)}`, columns),
    ...details.flatMap((text) => wrapText(text, columns, { indent: '  ' })),
    '',
  ];
};

export const historyText = (
  trends: readonly Trend[],
  options: { readonly columns: number; readonly all: boolean },
): string => {
  if (trends.length === 0) return 'The history is empty. To add a run: cfsbench history add RUN\n';
  const changed = trends.filter(hasChanged);
  const listed = options.all ? trends : changed;
  const runs = new Set(trends.flatMap(({ lines }) => lines.map(({ run }) => run))).size;
  const sum = `${grouped(trends.length)} series of ${grouped(runs)} runs, ${grouped(changed.length)} with a change. Changes never fail a gate.${omittedText(trends)}`;
  return `${[...listed.flatMap((trend) => trendLines(trend, options.columns)), ...wrapText(sum, options.columns)].join('\n')}\n`;
};
