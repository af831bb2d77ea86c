// The first table for a terminal or a mail: printable ASCII, as narrow as asked, colour only when asked.
import type { Verdict } from '../results/compare/verdict.ts';
import { unreachable } from '../results/errors.ts';
import type { Interval } from '../results/stats/interval.ts';
import { alerts } from './alert.ts';
import { formatRatio, formatValue, shortName } from './format.ts';
import { shownArms } from './shown-arms.ts';
import { claimLines } from './terminal/claims.ts';
import { type Drawn, draw, GAP, headLines, plain, rowLine, type Text, wrapped } from './terminal/columns.ts';
import { observedLines } from './terminal/observed.ts';
import type { ArmView, CellView, ReportView, RowView, SectionView, TableView } from './view.ts';
import { ascii } from './visible.ts';

export interface TerminalOptions {
  readonly columns?: number;
  readonly color?: boolean;
  /** Every image and the combination of them, instead of the first image alone. */
  readonly allImages?: boolean;
}

const DEFAULT_COLUMNS = 80;
const MARKS: Readonly<Record<Verdict, string>> = {
  faster: 'fast',
  slower: 'slow',
  same: 'same',
  undecided: '~',
  tooFew: 'few',
};
const value = (metric: string, number: number): string => formatValue(metric, number).replace('µ', 'u');

/** The wider side of the interval, in percent of the ratio. */
export const spread = (ratio: Interval): string => {
  if (ratio.kind === 'tooFew') return '';
  const half = Math.max(ratio.hi / ratio.center - 1, 1 - ratio.lo / ratio.center) * 100;
  return half > 999 ? '+-wide' : `+-${Math.ceil(half)}%`;
};

const times = (ratio: Interval): string => (ratio.kind === 'tooFew' ? '' : `${formatRatio(ratio.center)}x`);

const armText = (row: RowView, cell: CellView): Text => {
  switch (cell.kind) {
    case 'absent':
      return plain('-', '', '', '');
    case 'value': {
      const shown = cell.idle ? 'no calls' : value(row.metric, cell.median);
      if (cell.versus === null) return plain(shown, '', '', '');
      const { ratio, verdict } = cell.versus;
      return { parts: [shown, times(ratio), spread(ratio), MARKS[verdict]], verdict };
    }
    case 'combined': {
      const { ratio, verdict } = cell.versus;
      return { parts: ['', times(ratio), spread(ratio), MARKS[verdict]], verdict };
    }
    default:
      return unreachable(cell);
  }
};

const cellText = (row: RowView, arm: ArmView, cell: CellView): Text => {
  const text = armText(row, cell);
  switch (arm.role) {
    case 'baseline':
      return plain(cell.kind === 'combined' ? '1x' : text.parts[0]!);
    case 'arm':
      return text;
    case 'null':
      return { parts: [cell.kind === 'absent' ? '-' : text.parts[1]!], verdict: null };
    default:
      return unreachable(arm.role);
  }
};

/** Baseline and null arm are in every block; the other arms fill what the width leaves. */
const blocks = (drawn: readonly Drawn[], arms: readonly ArmView[], room: number): readonly Drawn[][] => {
  const always = drawn.filter((_, index) => arms[index]!.role !== 'arm');
  const fixed = always.reduce((sum, { width }) => sum + width + GAP.length, 0);
  const result: Drawn[][] = [];
  let current: Drawn[] = [];
  let used = fixed;
  for (const column of drawn.filter((_, index) => arms[index]!.role === 'arm')) {
    if (current.length > 0 && used + column.width + GAP.length > room) {
      result.push(current);
      current = [];
      used = fixed;
    }
    current.push(column);
    used += column.width + GAP.length;
  }
  const [baseline, ...null_] = always;
  return [...result, current].map((middle) => [baseline!, ...middle, ...null_]);
};

const headingOf = (section: SectionView, columns: number): string =>
  ascii([section.scenario, section.params].filter((part) => part !== '').join(', ')).slice(0, columns);

/** One set of columns for all sections, so that the eye can run down them. */
const tableLines = (
  table: TableView,
  arms: readonly ArmView[],
  columns: number,
  color: boolean,
): string[] => {
  const rows = table.sections.flatMap((section) => section.rows);
  const labels = draw({ title: '', cells: rows.map(({ metric }) => plain(`  ${ascii(shortName(metric))}`)) });
  const shown = shownArms(table, arms);
  const drawn = shown.map(({ arm, index }) =>
    draw({ title: ascii(arm.id), cells: rows.map((row) => cellText(row, arm, row.cells[index]!)) }),
  );
  const shownAs = shown.map(({ arm }) => arm);
  return blocks(drawn, shownAs, columns - labels.width).flatMap((group) => {
    let next = 0;
    const sections = table.sections.flatMap((section) => {
      const heading = headingOf(section, columns);
      return [
        color ? `\x1b[1m${heading}\x1b[0m` : heading,
        ...section.rows.map(() => rowLine(labels, group, next++, color)),
      ];
    });
    return [...headLines(labels.width, group), ...sections, ''];
  });
};

const blocksOf = (table: TableView): string => {
  const counts = table.sections.flatMap(({ rows }) =>
    rows.flatMap(({ cells }) => cells.flatMap((cell) => (cell.kind === 'value' ? [cell.n] : []))),
  );
  if (counts.length === 0) return '';
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return `, ${least === most ? least : `${least} to ${most}`} blocks`;
};

const titleOf = (view: ReportView, table: TableView): string => {
  if (table.image === null) return 'all images: per block, the median of their ratios';
  const image = view.images.find(({ name }) => name === table.image);
  const entries = image === undefined ? '' : ` (${image.entryCount} entries)`;
  return `${table.image}${entries}${blocksOf(table)}`;
};

/** Fewer lines than tables would need: only what a reader must know to read them. */
const legend = (view: ReportView): string => {
  const percent = Math.round(view.delta * 100);
  const others = view.arms.some(({ role }) => role === 'null')
    ? " null: the baseline again, this machine's noise."
    : '';
  return `Ratios are to ${view.baseline}, each with its interval. fast, slow: beyond ${percent} % and 20 us; same: shown to be within; ~: undecided; few: too few blocks. no calls: this phase has nothing to do here.${others}`;
};

/** The tables and what their words mean. */
export const tableBlock = (view: ReportView, options: TerminalOptions = {}): readonly string[] => {
  const columns = options.columns ?? DEFAULT_COLUMNS;
  const tables = options.allImages === true ? view.tables : view.tables.slice(0, 1);
  return [
    ...tables.flatMap((table) => [
      ...wrapped(ascii(titleOf(view, table)), columns),
      '',
      ...tableLines(table, view.arms, columns, options.color ?? false),
    ]),
    ...wrapped(ascii(tables.length === 0 ? view.finding : legend(view)), columns),
  ];
};

/** Lines end in newlines; no line is wider than `columns` unless a single column is. */
export const terminalOf = (view: ReportView, options: TerminalOptions = {}): string => {
  const columns = options.columns ?? DEFAULT_COLUMNS;
  const problems = alerts(view).flatMap((line) => wrapped(ascii(line), columns));
  const more = [claimLines(view.claims, columns), observedLines(view, columns)].flatMap((block) =>
    block.length === 0 ? [] : ['', ...block],
  );
  return `${[...tableBlock(view, options), ...more, ...(problems.length === 0 ? [] : ['', ...problems])].join('\n')}\n`;
};
