// The first table for a terminal or a mail: printable ASCII, as narrow as asked, colour only when asked.
import { unreachable } from '../results/errors.ts';
import { alerts } from './alert.ts';
import { countedLines } from './counted-lines.ts';
import { formatRatio, formatValue, rangeText, shortName } from './format.ts';
import { type Shown, shownArms } from './shown-arms.ts';
import { centreText, chanceText, runsText } from './standing.ts';
import { claimLines } from './terminal/claims.ts';
import { type Drawn, draw, GAP, headLines, plain, rowLine, type Text, wrapped } from './terminal/columns.ts';
import { observedLines } from './terminal/observed.ts';
import { markText } from './verdict-words.ts';
import type { ArmView, CellView, ReportView, RowView, SectionView, TableView, VersusView } from './view.ts';
import { ascii } from './visible.ts';

export interface TerminalOptions {
  readonly columns?: number;
  readonly color?: boolean;
  /** Every image and the combination of them, instead of the first image alone. */
  readonly allImages?: boolean;
}

const DEFAULT_COLUMNS = 80;
const value = (metric: string, number: number): string => formatValue(metric, number).replace('µ', 'u');

const armText = (row: RowView, cell: CellView, withValues: boolean): Text => {
  switch (cell.kind) {
    case 'absent':
      return plain('', '', '-', '');
    case 'value': {
      const shown = cell.idle ? 'no calls' : value(row.metric, cell.median);
      if (cell.versus === null) return withValues ? plain(shown, '', '', '') : plain('', '', shown, '');
      return versusText(withValues ? shown : '', cell.versus);
    }
    case 'combined':
      return versusText('', cell.versus);
    default:
      return unreachable(cell);
  }
};

const versusText = (shown: string, versus: VersusView): Text => {
  const { ratio, verdict } = versus;
  const parts = ratio.kind === 'tooFew' ? ['', ''] : [formatRatio(ratio.center), rangeText(ratio)];
  return { parts: [shown, ...parts, markText(versus)], verdict };
};

const cellText = (row: RowView, arm: ArmView, cell: CellView, withValues: boolean): Text => {
  switch (arm.role) {
    case 'baseline':
      return plain(cell.kind === 'value' ? armText(row, cell, true).parts[0]! : '-');
    case 'arm':
      return armText(row, cell, withValues);
    case 'null':
      return { parts: [cell.kind === 'absent' ? '-' : armText(row, cell, true).parts[1]!], verdict: null };
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

const drawArm = (rows: readonly RowView[], { arm, index }: Shown, withValues: boolean): Drawn =>
  draw({ title: ascii(arm.id), cells: rows.map((row) => cellText(row, arm, row.cells[index]!, withValues)) });

const drawLabels = (rows: readonly RowView[]): Drawn =>
  draw({ title: '', cells: rows.map(({ metric }) => plain(`  ${ascii(shortName(metric))}`)) });

interface Layout {
  readonly columns: number;
  readonly color: boolean;
  /** Medians of the arms beside their ratios. */
  readonly withValues: boolean;
}

/** One set of columns for all sections that any of the arms between baseline and null was measured in. */
const blockLines = (
  sections: readonly SectionView[],
  arms: readonly Shown[],
  { columns, color, withValues }: Layout,
): string[] => {
  const rows = rowsOf(sections);
  const labels = drawLabels(rows);
  const group = arms.map((arm) => drawArm(rows, arm, withValues));
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
  const always = shown.filter(({ arm }) => arm.role !== 'arm');
  const fixed = always.reduce(
    (sum, arm) => sum + drawArm(rows, arm, true).width + GAP.length,
    drawLabels(rows).width,
  );
  const others = shown.filter(({ arm }) => arm.role === 'arm');
  const middlesOf = (withValues: boolean): Shown[][] =>
    [false, true].flatMap((variant) =>
      chunks(
        others.filter(({ arm }) => arm.variant === variant),
        (arm) => drawArm(rows, arm, withValues).width,
        columns - fixed,
      ),
    );
  // Where one arm, or two side by side, need the room, ratios go before medians, which stand in the page.
  const [whole, short] = [middlesOf(true), middlesOf(false)];
  const fits = others.every((arm) => fixed + GAP.length + drawArm(rows, arm, true).width <= columns);
  const withValues = fits && (whole.some(({ length }) => length > 1) || short.length === whole.length);
  const middles = withValues ? whole : short;
  const baseline = always.filter(({ arm }) => arm.role === 'baseline');
  const null_ = always.filter(({ arm }) => arm.role === 'null');
  return (middles.length === 0 ? [[]] : middles).flatMap((middle) =>
    blockLines(
      table.sections.filter((section) => isMeasured(section, middle)),
      [...baseline, ...middle, ...null_],
      { columns, color, withValues },
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
  return `Ratios are to ${view.baseline}: ${centreText(view)}, with its interval. fast, slow: all of it beyond ${percent} % and 20 us; same: within ${percent} %; <20us: a smaller difference; ~: undecided; few: too few blocks. no calls: nothing to do here in this phase.${others} ${chanceText(view)}`;
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
    ...(tables.length === 0 ? [] : wrapped(ascii(runsText(view)), columns)),
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
