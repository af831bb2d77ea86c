// The table of trials: in a terminal, and between two markers of docs/reliability.md.
import { tableLines } from '../../report/text.ts';
import { COLUMNS, type Column, type Trial } from './trial.ts';

export const START_MARKER = '<!-- torture: start -->';
export const END_MARKER = '<!-- torture: end -->';
const TERMINAL_COLUMNS = 100;

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

export const tableMarkdown = (rows: readonly TableRow[]): string => {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = `|---|${HEAD.slice(1)
    .map(() => '---:|')
    .join('')}`;
  return [line(HEAD), rule, ...rows.map((row) => line(cellsOf(row)))].join('\n');
};

/** Replaces what lies between the markers. */
export const withTable = (document: string, rows: readonly TableRow[]): string => {
  const from = document.indexOf(START_MARKER);
  const to = document.indexOf(END_MARKER);
  if (from < 0 || to < from) throw new Error(`no lines ${START_MARKER} and ${END_MARKER}`);
  return `${document.slice(0, from + START_MARKER.length)}\n${tableMarkdown(rows)}\n${document.slice(to)}`;
};

/** Cells of the table in a document, line by line, without its head. */
export const tableIn = (document: string): readonly (readonly string[])[] =>
  document
    .slice(document.indexOf(START_MARKER), document.indexOf(END_MARKER))
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
