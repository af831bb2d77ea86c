// A run as text for a terminal or a mail: printable ASCII in lines of `columns` characters, color only on request.
import { alerts } from './alert.ts';
import { countedLines } from './counted-lines.ts';
import { blocksText } from './shown-arms.ts';
import { chanceText, runsText } from './standing.ts';
import { claimLines } from './terminal/claims.ts';
import { legendLines } from './terminal/legend.ts';
import { observedLines } from './terminal/observed.ts';
import { armTables } from './terminal/table.ts';
import { asciiText, wrapText } from './text.ts';
import type { ReportView, TableView } from './view.ts';

interface TerminalOptions {
  readonly columns?: number;
  readonly color?: boolean;
  /** Every image and all images combined, instead of only the first image. */
  readonly allImages?: boolean;
}

const DEFAULT_COLUMNS = 80;

const prose = (text: string, columns: number): readonly string[] =>
  text === '' ? [] : wrapText(asciiText(text), columns, { breakWords: true });

const titleOf = (view: ReportView, table: TableView): string => {
  if (table.image === null) return 'all images: per block, the median of their ratios';
  const image = view.images.find(({ name }) => name === table.image);
  const entries = image === undefined ? '' : ` (${image.entryCount} entries)`;
  const blocks = blocksText(table);
  return `${table.image}${entries}${blocks === '' ? '' : `, ${blocks}`}`;
};

/** Observed values, where nothing was timed; otherwise one line that points to the page. */
const observedBlock = (view: ReportView, columns: number): readonly string[] => {
  const lines = observedLines(view, columns);
  if (lines.length === 0 || view.tables.length === 0) return lines;
  const scenarios = [...new Set(view.observed.map(({ scenario }) => scenario))];
  return prose(`Observed, not timed (see the page): ${scenarios.join(', ')}.`, columns);
};

const timedBlock = (
  view: ReportView,
  tables: readonly TableView[],
  { columns, color }: { readonly columns: number; readonly color: boolean },
): readonly string[] => [
  ...(view.pool === null ? [] : [...prose(runsText(view), columns), '']),
  ...tables.flatMap((table) => [
    ...prose(titleOf(view, table), columns),
    '',
    ...armTables(table, view.arms, { columns, color }),
  ]),
  ...legendLines(view, tables, columns),
  ...prose(chanceText(view), columns),
  ...(view.pool === null ? prose(runsText(view), columns) : []),
];

/** Tables and legend, or the counts where nothing was timed. */
export const tableBlock = (view: ReportView, options: TerminalOptions = {}): readonly string[] => {
  const { columns = DEFAULT_COLUMNS, color = false, allImages = false } = options;
  // Scenarios with a section of their own are tables here only in a run that measured nothing else.
  const all = view.tables.length === 0 ? view.own : view.tables;
  const tables = allImages ? all : all.slice(0, 1);
  if (tables.length > 0) return timedBlock(view, tables, { columns, color });
  const counted = view.observed.length === 0 ? ['', ...countedLines(view, columns)] : [];
  return [...prose(view.finding, columns), ...counted];
};

/** Ends in a newline. From 60 columns on no line is wider than `columns`. */
export const terminalOf = (view: ReportView, options: TerminalOptions = {}): string => {
  const { columns = DEFAULT_COLUMNS, color = false } = options;
  const blocks = [
    tableBlock(view, options),
    claimLines(view.claims, columns, color),
    observedBlock(view, columns),
    view.dropped.flatMap(({ text }) => prose(text, columns)),
    alerts(view).flatMap((line) => prose(line, columns)),
  ].filter((block) => block.length > 0);
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
};
