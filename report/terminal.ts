// A run as text for a terminal or a mail: printable ASCII in lines of `columns` characters, color only on request.
import { alerts, problemCounts } from './alert.ts';
import { countedLines } from './counted-lines.ts';
import { fleetLines } from './fleet/text.ts';
import { plural } from './format.ts';
import { blocksText } from './shown-arms.ts';
import { chanceText, runsText } from './standing.ts';
import { tamperLines } from './tampering/text.ts';
import { claimLines } from './terminal/claims.ts';
import { legendLines } from './terminal/legend.ts';
import { observedLines } from './terminal/observed.ts';
import { armTables } from './terminal/table.ts';
import { asciiText, wrapText } from './text.ts';
import type { ReportView } from './view.ts';
import type { TableView } from './view-tables.ts';

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
  const entries = image === undefined ? '' : ` (${plural(image.entryCount, 'entry', 'entries')})`;
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

/** Where attacks ended, as `observedBlock`. */
const tamperBlock = (
  view: ReportView,
  { columns, allImages }: Required<Omit<TerminalOptions, 'color'>>,
): readonly string[] => {
  const { tampering, tables } = view;
  if (tables.length > 0 && !allImages)
    return tampering.length === 0
      ? []
      : prose('Attacks on images, and where each ends: see the page, or --long.', columns);
  return tampering.flatMap((table) => [
    ...prose(`Attacks on ${table.image}, and where each ends:`, columns),
    ...tamperLines(table, columns),
  ]);
};

/** Of those that are printed with their times, and of those that are named. */
const MOST_DROPPED = 3;
const MOST_NAMED = 8;

/** The parts dropped for lack of time; in a sentence, if they are many. */
export const droppedSentence = (dropped: ReportView['dropped'], mostNamed = MOST_NAMED): string => {
  const more = dropped.length - mostNamed;
  const named = dropped.slice(0, mostNamed).map(({ short }) => short);
  return dropped.length === 0
    ? ''
    : `No time for: ${[...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')}. A longer --budget measures them.`;
};

const droppedBlock = ({ dropped }: ReportView, columns: number): readonly string[] =>
  dropped.length <= MOST_DROPPED
    ? dropped.flatMap(({ text }) => prose(text, columns))
    : prose(droppedSentence(dropped), columns);

const otherImages = (view: ReportView, shown: readonly TableView[], columns: number): readonly string[] => {
  const others = view.tables.flatMap(({ image }) =>
    image === null || shown.some((table) => table.image === image) ? [] : [image],
  );
  return others.length === 0 ? [] : prose(`Other images (--long): ${others.join(', ')}.`, columns);
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
  ...otherImages(view, tables, columns),
  ...prose(chanceText(view), columns),
  ...(view.pool === null ? prose(runsText(view), columns) : []),
  ...prose(view.cutText, columns),
];

/** The image with the most sections, which is the one that every phase was measured on. */
const headlineTables = (all: readonly TableView[]): readonly TableView[] => {
  const most = Math.max(...all.map(({ sections }) => sections.length));
  return all.filter(({ sections }) => sections.length === most).slice(0, 1);
};

/** Tables and legend, or the counts where nothing was timed. */
export const tableBlock = (view: ReportView, options: TerminalOptions = {}): readonly string[] => {
  const { columns = DEFAULT_COLUMNS, color = false, allImages = false } = options;
  // Scenarios with a section of their own are tables here only in a run that measured nothing else.
  const all = view.tables.length === 0 ? view.own : view.tables;
  const tables = allImages ? all : headlineTables(all);
  if (tables.length > 0) return timedBlock(view, tables, { columns, color });
  return view.observed.length === 0 ? countedLines(view, columns) : [];
};

/** The alerts above it name the worst. Every run with a cold cache has notes. */
const problemsLine = (view: ReportView): readonly string[] => {
  const counts = problemCounts({ ...view, notes: [] });
  return counts === '' ? [] : [`${counts}: see the page, or --format mail --long.`];
};

/** Narrower tables would be cut. */
const FEWEST_COLUMNS = 60;

const narrowNotice = (columns: number): readonly string[] =>
  columns >= FEWEST_COLUMNS
    ? []
    : wrapText(`The tables need ${FEWEST_COLUMNS} columns; this terminal has ${columns}.`, columns);

/** Ends in a newline. From 60 columns on no line is wider than `columns`. The finding is last, where people look. */
export const terminalOf = (view: ReportView, options: TerminalOptions = {}): string => {
  const { columns: given = DEFAULT_COLUMNS, color = false } = options;
  const columns = Math.max(FEWEST_COLUMNS, given);
  const blocks = [
    narrowNotice(given),
    tableBlock(view, { ...options, columns }),
    fleetLines(view, { columns, isLong: options.allImages === true }),
    claimLines(view.claims, columns, color),
    observedBlock(view, columns),
    tamperBlock(view, { columns, allImages: options.allImages ?? false }),
    droppedBlock(view, columns),
    [...alerts(view), ...problemsLine(view)].flatMap((line) => prose(line, columns)),
    view.finding.flatMap((sentence) => prose(sentence, given)),
  ].filter((block) => block.length > 0);
  return `${blocks.map((block) => block.join('\n')).join('\n\n')}\n`;
};
