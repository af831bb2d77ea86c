// Several runs as the columns of one table, for a terminal. Times of different runs are shown and never judged.

import type { RunColumns, TimeColumns } from '../../results/gate/columns.ts';
import type { LatencyResult } from '../../results/gate/latencies.ts';
import type { ImageInfo } from '../../results/schema/run.ts';
import { groupsBy } from '../analysis/group-by.ts';
import { formatInstant, formatValue, plural, ratioText, shortName } from '../format.ts';
import { asciiText, tableLines, wrapText } from '../text.ts';
import { type Cause, causesOf } from './causes.ts';
import { CHANGED, placeText } from './words.ts';

const MOST_LABEL_COLUMNS = 28;
const MOST_CAUSES = 20;
const BETWEEN_COLUMNS = 3;
const COMMIT_DIGITS = 12;

interface ColumnRow {
  readonly label: string;
  readonly cells: readonly string[];
}

export interface ColumnTable {
  readonly title: string;
  readonly rows: readonly ColumnRow[];
}

const cellText = (cell: LatencyResult | null, text: (cell: LatencyResult) => string): string =>
  cell === null ? '-' : text(cell);

/** The baseline's own times, then the other arms as ratios to it. */
const rowsOf = (times: readonly [TimeColumns, ...TimeColumns[]], baseline: string): readonly ColumnRow[] => {
  const { metric } = times[0];
  const name = shortName(metric);
  const known = times[0].cells.map(
    (_, at) => times.map(({ cells }) => cells[at]!).find((cell) => cell !== null) ?? null,
  );
  return [
    {
      label: `${name}, ${baseline}`,
      cells: known.map((cell) => cellText(cell, ({ baseMedian }) => formatValue(metric, baseMedian))),
    },
    ...times.map(({ place, cells }) => ({
      label: `${name}, ${place.arm}`,
      cells: cells.map((cell) => cellText(cell, ({ ratio }) => ratioText(ratio))),
    })),
  ];
};

/** One table for each scenario with its parameters on one image. */
export const columnTables = ({ runs, times }: RunColumns): readonly ColumnTable[] => {
  const baseline = [...new Set(runs.map((run) => run.baseline))].join(' or ');
  return groupsBy(times, ({ place }) => placeText({ ...place, arm: '' })).map((same) => ({
    title: `${placeText({ ...same[0].place, arm: '' })} (ratios to ${baseline})`,
    rows: groupsBy(same, ({ metric }) => metric).flatMap((one) => rowsOf(one, baseline)),
  }));
};

export const runTitle = ({ id, startedAt, commit, kernel, status }: RunColumns['runs'][number]): string =>
  `${id}, ${formatInstant(startedAt)}, kernel ${kernel}, commit ${commit?.slice(0, COMMIT_DIGITS) ?? 'unknown'}${status === 'complete' ? '' : `, ${status}`}`;

export interface CountChanges {
  readonly title: string;
  readonly causes: readonly Cause[];
}

/** Counts of each further run that differ from those of the first. */
export const countChanges = (
  { comparisons }: RunColumns,
  images: readonly ImageInfo[],
): readonly CountChanges[] =>
  comparisons.map(({ exact }, at) => {
    const changed = exact.filter(({ status }) => status === 'new' || CHANGED.includes(status));
    const equal = exact.filter(({ status }) => status === 'equal').length;
    return {
      title: `Run ${at + 2} against run 1: ${plural(equal, 'count')} equal, ${changed.length} changed`,
      causes: causesOf(changed, images),
    };
  });

const causeText = ({ status, text, where, rows }: Cause): string =>
  `${status}: ${text} (${where}; ${plural(rows.length, 'row')})`;

/** As many runs side by side as fit. */
const tableOf = ({ title, rows }: ColumnTable, columns: number): readonly string[] => {
  const label = Math.min(MOST_LABEL_COLUMNS, Math.max(...rows.map((row) => row.label.length)));
  const widest = Math.max(...rows.flatMap(({ cells }) => cells.map((cell) => cell.length)));
  const fitting = Math.max(1, Math.floor((columns - label) / (widest + BETWEEN_COLUMNS)));
  const runCount = rows[0]!.cells.length;
  return Array.from({ length: Math.ceil(runCount / fitting) }, (_, part) => part * fitting).flatMap(
    (from) => [
      ...wrapText(asciiText(title), columns),
      ...tableLines(
        ['', ...rows[0]!.cells.slice(from, from + fitting).map((_, at) => `run ${from + at + 1}`)],
        rows.map(({ label: name, cells }) => [name, ...cells.slice(from, from + fitting)].map(asciiText)),
        columns,
      ),
      '',
    ],
  );
};

export const columnsText = (
  compared: RunColumns,
  { columns, images }: { readonly columns: number; readonly images: readonly ImageInfo[] },
): string => {
  const wrapped = (text: string, indent = '', hanging = indent): readonly string[] =>
    wrapText(asciiText(text), columns, { indent, hanging, breakWords: true });
  const lines = [
    ...compared.runs.flatMap((run, at) => wrapped(`run ${at + 1}: ${runTitle(run)}`, '', '  ')),
    '',
    ...columnTables(compared).flatMap((table) => tableOf(table, columns)),
    ...countChanges(compared, images).flatMap(({ title, causes }) => [
      ...wrapped(title),
      ...causes.slice(0, MOST_CAUSES).flatMap((cause) => wrapped(causeText(cause), '  ', '    ')),
      ...(causes.length > MOST_CAUSES ? wrapped(`and ${causes.length - MOST_CAUSES} more causes`, '  ') : []),
    ]),
    '',
    ...wrapped('Times of different runs are shown, never judged. To judge two: cfsbench run --ab BASE HEAD'),
  ];
  return `${lines.join('\n')}\n`;
};
