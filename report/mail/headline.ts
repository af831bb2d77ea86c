// The table that the mailing list uses, for one image: listing it uncached and cached, making it and removing it, one row per arm.
import { plural } from '../format.ts';
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

const isOpen = (cell: CellView): boolean =>
  cell.kind === 'value' && (cell.versus?.verdict === 'undecided' || cell.versus?.verdict === 'tooFew');

/** The sign for undecided stands in a column of its own, so that the numbers are aligned. */
const cellText = (column: HeadlineCell, index: number, role: ArmView['role']): string => {
  const cell = column.cells[index];
  if (cell?.kind !== 'value' || cell.idle) return '- ';
  return `${inParentheses(column, msText(cell.median))}${role === 'arm' && isOpen(cell) ? '~' : ' '}`;
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
    leftOut: measured.length - shown.length,
  };
};

/** Of the image with the most columns; null: no image has one. */
export const headlineTable = (view: ReportView): HeadlineTable | null => {
  const [best] = view.tables
    .filter(({ image }) => image !== null)
    .map((table) => ({ table, columns: columnsOf(table) }))
    .sort((a, b) => b.columns.length - a.columns.length);
  if (best === undefined || best.columns.length === 0) return null;
  const { table, columns } = best;
  const { rows, leftOut } = rowsOf(view, columns);
  const hasSetUp = columns.some(({ scenario }) => scenario === 'churn');
  const more = leftOut === 0 ? '' : ` ${plural(leftOut, 'more variant')}: --long.`;
  return {
    table,
    scenarios: [...new Set(columns.map(({ scenario }) => scenario))],
    lines: [
      ...mailLines(
        `Medians in ms, ${blocksText(table)}; uncached and cached: ls -lR of every entry${hasSetUp ? '; create and destroy: all files local, without mount and unmount' : ''}. ~: not shown to differ from ${view.baseline}.${more}`,
      ),
      '',
      ...mailTable([table.image ?? '', ...columns.map(({ title }) => `${title} `)], rows),
    ],
  };
};
