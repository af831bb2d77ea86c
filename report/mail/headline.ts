// The table that the mailing list uses, for one image: listing it uncached and cached, making it and removing it, one row per arm.
import type { Verdict } from '../../results/compare/verdict.ts';
import { formatPercent, plural } from '../format.ts';
import { inParentheses } from '../no-measurement.ts';
import { blocksText } from '../shown-arms.ts';
import type { ReportView } from '../view.ts';
import type { ArmView, CellView, RowView, TableView } from '../view-tables.ts';
import { mailLines, mailTable } from './lines.ts';

interface HeadlineColumn {
  readonly title: string;
  readonly scenario: string;
  readonly params: string;
  readonly metric: string;
}

const COLUMNS: readonly HeadlineColumn[] = [
  { title: 'uncached', scenario: 'walk-cold', params: '', metric: 'walkWallNs' },
  { title: 'cached', scenario: 'walk-warm', params: '', metric: 'walkWallNs' },
  { title: 'create', scenario: 'churn', params: 'local=files', metric: 'createWallNs' },
  { title: 'destroy', scenario: 'churn', params: 'local=files', metric: 'destroyWallNs' },
];

const MOST_VARIANTS = 6;
const NS_PER_MS = 1e6;

export const msText = (ns: number): string => {
  const ms = ns / NS_PER_MS;
  return ms < 1 ? ms.toFixed(3) : ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0);
};

export interface HeadlineTable {
  readonly table: TableView;
  readonly scenarios: readonly string[];
  readonly lines: readonly string[];
}

type HeadlineCell = HeadlineColumn & Pick<RowView, 'cells' | 'noMeasurement'>;

const columnsOf = ({ sections }: TableView): readonly HeadlineCell[] =>
  COLUMNS.flatMap((column) => {
    const row = sections
      .find(({ scenario, params }) => scenario === column.scenario && params === column.params)
      ?.rows.find(({ metric }) => metric === column.metric);
    return row === undefined ? [] : [{ ...row, ...column }];
  });

/** Slower and faster have none. */
const SIGNS: Readonly<Record<Verdict, string>> = {
  slower: ' ',
  faster: ' ',
  same: '=',
  belowFloor: '=',
  undecided: '~',
  tooFew: '~',
};

const signOf = (cell: CellView | undefined, role: ArmView['role']): string =>
  role === 'arm' && cell?.kind === 'value' && !cell.idle && cell.versus !== null
    ? SIGNS[cell.versus.verdict]
    : ' ';

/** The sign stands in a column of its own, so that the numbers are aligned. */
const cellText = (column: HeadlineCell, index: number, role: ArmView['role']): string => {
  const cell = column.cells[index];
  if (cell?.kind !== 'value' || cell.idle) return '- ';
  return `${inParentheses(column, msText(cell.median))}${signOf(cell, role)}`;
};

const rowsOf = (view: ReportView, columns: readonly HeadlineCell[]) => {
  const measured = view.arms
    .map((arm, index) => ({ arm, index }))
    .filter(({ index }) => columns.some(({ cells }) => (cells[index]?.kind ?? 'absent') !== 'absent'));
  const variants = measured.filter(({ arm }) => arm.variant);
  const shown = measured.filter(({ arm }) => !variants.slice(MOST_VARIANTS).some((one) => one.arm === arm));
  return {
    rows: shown.map(({ arm, index }) => [
      arm.role === 'null' ? `${view.baseline}, again` : arm.id,
      ...columns.map((column) => cellText(column, index, arm.role)),
    ]),
    signs: new Set(
      shown.flatMap(({ arm, index }) => columns.map(({ cells }) => signOf(cells[index], arm.role))),
    ),
    leftOut: measured.length - shown.length,
  };
};

/** Of the columns and signs that the table has. */
const legendOf = (
  view: ReportView,
  columns: readonly HeadlineColumn[],
  signs: ReadonlySet<string>,
): string => {
  const titlesOf = (of: (scenario: string) => boolean): string =>
    columns
      .filter(({ scenario }) => of(scenario))
      .map(({ title }) => title)
      .join(' and ');
  const isSetUp = (scenario: string): boolean => scenario === 'churn';
  const [setUp, walks] = [titlesOf(isSetUp), titlesOf((scenario) => !isSetUp(scenario))];
  const meanings = [
    ...(signs.has('=')
      ? [`=: within ${formatPercent(view.delta)} of ${view.baseline}, or below the floor`]
      : []),
    ...(signs.has('~') ? [`~: neither shown to differ from ${view.baseline} nor to be the same`] : []),
  ];
  return [
    ...(walks === '' ? [] : [`; ${walks}: ls -lR of every entry`]),
    ...(setUp === '' ? [] : [`; ${setUp}: all files local, without mount and unmount`]),
    '.',
    ...(meanings.length === 0 ? [] : [` ${meanings.join('; ')}.`]),
  ].join('');
};

/** Of the image with the most columns; null: no image has one. */
export const headlineTable = (view: ReportView): HeadlineTable | null => {
  const [best] = view.tables
    .filter(({ image }) => image !== null)
    .map((table) => ({ table, columns: columnsOf(table) }))
    .sort((a, b) => b.columns.length - a.columns.length);
  if (best === undefined || best.columns.length === 0) return null;
  const { table, columns } = best;
  const { rows, signs, leftOut } = rowsOf(view, columns);
  const more = leftOut === 0 ? '' : ` ${plural(leftOut, 'more variant')}: --long.`;
  return {
    table,
    scenarios: [...new Set(columns.map(({ scenario }) => scenario))],
    lines: [
      ...mailLines(`Medians in ms, ${blocksText(table)}${legendOf(view, columns, signs)}${more}`),
      '',
      ...mailTable([table.image ?? '', ...columns.map(({ title }) => `${title} `)], rows),
    ],
  };
};
