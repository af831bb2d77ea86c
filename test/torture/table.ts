// The table of trials: in a terminal, and between two markers of docs/reliability.md.
import { tableLines } from '../../report/text.ts';
import { COLUMNS, type Column, type Trial } from './trial.ts';

/** Lines of docs/reliability.md around a table that the script writes. */
export interface Markers {
  readonly start: string;
  readonly end: string;
}

const markersOf = (name: string): Markers => ({
  start: `<!-- ${name}: start -->`,
  end: `<!-- ${name}: end -->`,
});

export const TRIAL_MARKERS = markersOf('torture');
export const LONG_MARKERS = markersOf('long runs');
const TERMINAL_COLUMNS = 150;

export interface TrialTally {
  tried: number;
  readonly found: Record<Column, number>;
  /** Of all attempts; null if no attempt has a time. */
  slowestMs: number | null;
}

export const emptyTally = (): TrialTally => ({
  tried: 0,
  found: { leak: 0, loss: 0, crash: 0, hang: 0, exit: 0 },
  slowestMs: null,
});

export interface TableRow {
  readonly trial: Pick<Trial, 'id' | 'title'>;
  readonly tally: TrialTally;
}

/** Of a row of docs/reliability.md: a kind that fails keeps its row, so each says which program gave it. */
export const ORIGIN = 'commit, date';

/** `commit`: null if it is not known. */
export const originOf = (commit: string | null, at: Date): string =>
  `${commit ?? 'unknown'}, ${at.toISOString().slice(0, 'YYYY-MM-DD'.length)}`;

const HEAD = ['disturbance', 'tried', ...Object.values(COLUMNS), 'slowest end'];

const seconds = (ms: number | null): string => (ms === null ? '' : `${(ms / 1000).toFixed(1)} s`);

const cellsOf = ({ trial, tally }: TableRow): readonly string[] => [
  trial.title,
  tally.tried.toLocaleString('en-US'),
  ...Object.keys(COLUMNS).map((column) => String(tally.found[column as Column])),
  seconds(tally.slowestMs),
];

export const tableText = (rows: readonly TableRow[]): string =>
  `${tableLines(HEAD, rows.map(cellsOf), TERMINAL_COLUMNS).join('\n')}\n`;

const markdownLine = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The first column is left, the others are right. */
const tableMarkdown = (lines: readonly (readonly string[])[]): string => {
  const head = [...HEAD, ORIGIN];
  const rule = `|---|${'---:|'.repeat(head.length - 1)}`;
  return [markdownLine(head), rule, ...lines.map(markdownLine)].join('\n');
};

export const textMarkdown = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [markdownLine(head), `|${'---|'.repeat(head.length)}`, ...rows.map(markdownLine)].join('\n');

/** Replaces what lies between the markers of a document. */
export const between = (document: string, { start, end }: Markers, table: string): string => {
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`no lines ${start} and ${end}`);
  return `${document.slice(0, from + start.length)}\n${table}\n${document.slice(to)}`;
};

/** Cells of the table between the markers of a document, line by line, without its head. */
export const tableIn = (document: string, { start, end }: Markers): readonly (readonly string[])[] =>
  document
    .slice(document.indexOf(start), document.indexOf(end))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

/** The rows of what was tried take the place of the document's rows of the same kinds; its other rows stay, in the order of all kinds. */
export const mergedMarkdown = (
  document: string,
  { rows, origin }: { readonly rows: readonly TableRow[]; readonly origin: string },
  all: readonly Pick<Trial, 'title'>[],
): string => {
  const lines = [
    ...tableIn(document, TRIAL_MARKERS),
    ...rows.filter(({ tally }) => tally.tried > 0).map((row) => [...cellsOf(row), origin]),
  ];
  const byTitle = new Map(lines.map((cells) => [cells[0], cells]));
  const known = all.flatMap(({ title }) => (byTitle.has(title) ? [byTitle.get(title)!] : []));
  return tableMarkdown(known);
};
