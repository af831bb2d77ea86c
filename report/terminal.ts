// The first table for a terminal or a mail: printable ASCII, as narrow as asked, colour only when asked.
import { alerts } from './alert.ts';
import { countedLines } from './counted-lines.ts';
import { shortName } from './format.ts';
import { type Shown, shownArms } from './shown-arms.ts';
import { centreText, chanceText, runsText } from './standing.ts';
import { cellText, type Detail, SHORTER, WHOLE } from './terminal/cells.ts';
import { claimLines } from './terminal/claims.ts';
import { type Drawn, draw, GAP, headLines, plain, rowLine, wrapped } from './terminal/columns.ts';
import { observedLines } from './terminal/observed.ts';
import type { ArmView, ReportView, RowView, SectionView, TableView } from './view.ts';
import { ascii } from './visible.ts';

export interface TerminalOptions {
  readonly columns?: number;
  readonly color?: boolean;
  /** Every image and the combination of them, instead of the first image alone. */
  readonly allImages?: boolean;
}

const DEFAULT_COLUMNS = 80;
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

const drawArm = (rows: readonly RowView[], { arm, index }: Shown, detail: Detail): Drawn =>
  draw({ title: ascii(arm.id), cells: rows.map((row) => cellText(row, arm, row.cells[index]!, detail)) });

const drawLabels = (rows: readonly RowView[]): Drawn =>
  draw({ title: '', cells: rows.map(({ metric }) => plain(`  ${ascii(shortName(metric))}`)) });

interface Layout {
  readonly columns: number;
  readonly color: boolean;
  readonly detail: Detail;
}

/** One set of columns for all sections that any of the arms between baseline and null was measured in. */
const blockLines = (
  sections: readonly SectionView[],
  arms: readonly Shown[],
  { columns, color, detail }: Layout,
): string[] => {
  const rows = rowsOf(sections);
  const labels = drawLabels(rows);
  const group = arms.map((arm) => drawArm(rows, arm, detail));
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
    (sum, arm) => sum + drawArm(rows, arm, WHOLE).width + GAP.length,
    drawLabels(rows).width,
  );
  const others = shown.filter(({ arm }) => arm.role === 'arm');
  const middlesOf = (detail: Detail): Shown[][] =>
    [false, true].flatMap((variant) =>
      chunks(
        others.filter(({ arm }) => arm.variant === variant),
        (arm) => drawArm(rows, arm, detail).width,
        columns - fixed,
      ),
    );
  const fits = (detail: Detail): boolean =>
    others.every((arm) => fixed + GAP.length + drawArm(rows, arm, detail).width <= columns);
  // Where one arm, or two side by side, need the room, ratios go before medians.
  const short = SHORTER.find(fits) ?? SHORTER.at(-1)!;
  const whole = middlesOf(WHOLE);
  const isWhole =
    fits(WHOLE) && (whole.some(({ length }) => length > 1) || middlesOf(short).length === whole.length);
  const detail = isWhole ? WHOLE : short;
  const middles = middlesOf(detail);
  const baseline = always.filter(({ arm }) => arm.role === 'baseline');
  const null_ = always.filter(({ arm }) => arm.role === 'null');
  return (middles.length === 0 ? [[]] : middles).flatMap((middle) =>
    blockLines(
      table.sections.filter((section) => isMeasured(section, middle)),
      [...baseline, ...middle, ...null_],
      { columns, color, detail },
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
  const apart =
    view.pool === null ? '' : 'run sd: how far the runs lie apart beyond what their blocks explain. ';
  return `Ratios are to ${view.baseline}: ${centreText(view)}, with its interval. fast, slow: all of it beyond ${percent} % and 20 us; same: within ${percent} %; <20us: a smaller difference; ~: undecided; few: too few ${view.pool === null ? 'blocks' : 'runs'}. ${apart}no calls: nothing to do here in this phase.${others} ${chanceText(view)}`;
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
    ...(view.pool === null ? [] : [...wrapped(ascii(runsText(view)), columns), '']),
    ...tables.flatMap((table) => [
      ...wrapped(ascii(titleOf(view, table)), columns),
      '',
      ...tableLines(table, view.arms, columns, options.color ?? false),
    ]),
    ...wrapped(ascii(tables.length === 0 ? view.finding : legend(view)).trimEnd(), columns),
    ...(tables.length === 0 || view.pool !== null ? [] : wrapped(ascii(runsText(view)), columns)),
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
