// The first table for a terminal or a mail: printable ASCII, as narrow as asked, colour only when asked.
import type { Verdict } from '../results/compare/verdict.ts';
import { unreachable } from '../results/errors.ts';
import type { Interval } from '../results/stats/interval.ts';
import { alerts } from './alert.ts';
import { countedLines } from './counted-lines.ts';
import { formatRatio, formatValue, shortName } from './format.ts';
import { type Shown, shownArms } from './shown-arms.ts';
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

/** Arms side by side as far as the width goes; baseline and null arm take part of it in every block. */
const chunks = (arms: readonly Shown[], widthOf: (arm: Shown) => number, room: number): Shown[][] => {
  const result: Shown[][] = [];
  let used = 0;
  for (const arm of arms) {
    const width = widthOf(arm) + GAP.length;
    if (result.length === 0 || used + width > room) {
      result.push([]);
      used = 0;
    }
    result.at(-1)!.push(arm);
    used += width;
  }
  return result;
};

const headingOf = (section: SectionView, columns: number): string =>
  ascii([section.scenario, section.params].filter((part) => part !== '').join(', ')).slice(0, columns);

const isMeasured = ({ rows }: SectionView, arms: readonly Shown[]): boolean =>
  arms.length === 0 || rows.some(({ cells }) => arms.some(({ index }) => cells[index]!.kind !== 'absent'));

const rowsOf = (sections: readonly SectionView[]): readonly RowView[] => sections.flatMap(({ rows }) => rows);

const drawArm = (rows: readonly RowView[], { arm, index }: Shown): Drawn =>
  draw({ title: ascii(arm.id), cells: rows.map((row) => cellText(row, arm, row.cells[index]!)) });

const drawLabels = (rows: readonly RowView[]): Drawn =>
  draw({ title: '', cells: rows.map(({ metric }) => plain(`  ${ascii(shortName(metric))}`)) });

/** One set of columns for all sections that any of the arms between baseline and null was measured in. */
const blockLines = (
  sections: readonly SectionView[],
  arms: readonly Shown[],
  columns: number,
  color: boolean,
): string[] => {
  const rows = rowsOf(sections);
  const labels = drawLabels(rows);
  const group = arms.map((arm) => drawArm(rows, arm));
  let next = 0;
  const lines = sections.flatMap((section) => {
    const heading = headingOf(section, columns);
    return [
      color ? `\x1b[1m${heading}\x1b[0m` : heading,
      ...section.rows.map(() => rowLine(labels, group, next++, color)),
    ];
  });
  return [...headLines(labels.width, group), ...lines, ''];
};

/** The headline arms first, and below them the variants, with no section that asked nothing of them. */
const tableLines = (
  table: TableView,
  arms: readonly ArmView[],
  columns: number,
  color: boolean,
): string[] => {
  const rows = rowsOf(table.sections);
  const shown = shownArms(table, arms);
  const widthOf = (arm: Shown): number => drawArm(rows, arm).width;
  const always = shown.filter(({ arm }) => arm.role !== 'arm');
  const fixed = always.reduce((sum, arm) => sum + widthOf(arm) + GAP.length, drawLabels(rows).width);
  const others = shown.filter(({ arm }) => arm.role === 'arm');
  const middles = [false, true].flatMap((variant) =>
    chunks(
      others.filter(({ arm }) => arm.variant === variant),
      widthOf,
      columns - fixed,
    ),
  );
  const baseline = always.filter(({ arm }) => arm.role === 'baseline');
  const null_ = always.filter(({ arm }) => arm.role === 'null');
  return (middles.length === 0 ? [[]] : middles).flatMap((middle) =>
    blockLines(
      table.sections.filter((section) => isMeasured(section, middle)),
      [...baseline, ...middle, ...null_],
      columns,
      color,
    ),
  );
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

/** Below a table a pointer to the page; where nothing was timed the values themselves. */
const observedBlock = (view: ReportView, hasTable: boolean, columns: number): readonly string[] => {
  const lines = observedLines(view, columns);
  if (lines.length === 0 || !hasTable) return lines;
  const scenarios = [...new Set(view.observed.map(({ scenario }) => scenario))];
  return wrapped(ascii(`Observed, not timed, and in the page: ${scenarios.join(', ')}.`), columns);
};

/** The tables and what their words mean. */
export const tableBlock = (view: ReportView, options: TerminalOptions = {}): readonly string[] => {
  const columns = options.columns ?? DEFAULT_COLUMNS;
  // Scenarios with sections of their own stand in the page, but for a run that asked for nothing else.
  const all = view.tables.length === 0 ? view.own : view.tables;
  const tables = options.allImages === true ? all : all.slice(0, 1);
  return [
    ...tables.flatMap((table) => [
      ...wrapped(ascii(titleOf(view, table)), columns),
      '',
      ...tableLines(table, view.arms, columns, options.color ?? false),
    ]),
    ...wrapped(ascii(tables.length === 0 ? view.finding : legend(view)), columns),
    // Where nothing was timed, what was counted is the result.
    ...(tables.length === 0 && view.observed.length === 0 ? ['', ...countedLines(view).map(ascii)] : []),
  ];
};

/** Lines end in newlines; no line is wider than `columns` unless a single column is. */
export const terminalOf = (view: ReportView, options: TerminalOptions = {}): string => {
  const columns = options.columns ?? DEFAULT_COLUMNS;
  const problems = alerts(view).flatMap((line) => wrapped(ascii(line), columns));
  const more = [
    claimLines(view.claims, columns, options.color ?? false),
    observedBlock(view, view.tables.length > 0, columns),
  ].flatMap((block) => (block.length === 0 ? [] : ['', ...block]));
  return `${[...tableBlock(view, options), ...more, ...(problems.length === 0 ? [] : ['', ...problems])].join('\n')}\n`;
};
