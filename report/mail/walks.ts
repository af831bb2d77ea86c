// Tables as the mailing list uses them: ls -lR of the image, uncached and cached, in milliseconds, one row per arm.
import { ratioText } from '../format.ts';
import { inParentheses } from '../no-measurement.ts';
import { joinParts } from '../text.ts';
import type { ReportView } from '../view.ts';
import type { CellView, RowView, TableView } from '../view-tables.ts';
import { msText } from './headline.ts';
import { mailTable } from './lines.ts';

const inMs = (row: RowView, cell: CellView | undefined): string =>
  cell?.kind === 'value' ? inParentheses(row, msText(cell.median)) : '-';

const ratioOf = (cell: CellView | undefined, role: string): string => {
  if (role === 'baseline') return cell?.kind === 'value' ? '1' : '-';
  if (cell?.kind !== 'value' || cell.versus === null || cell.versus.ratio.kind === 'tooFew') return '-';
  return ratioText(cell.versus.ratio);
};

interface WalkRow {
  readonly params: string;
  readonly row: RowView;
}

const walkRows = (table: TableView, scenario: string): readonly WalkRow[] =>
  table.sections.flatMap((section) => {
    if (section.scenario !== scenario) return [];
    const row = section.rows.find(({ metric }) => metric === 'walkWallNs');
    return row === undefined ? [] : [{ params: section.params, row }];
  });

const WALKS = [
  ['walk-cold', 'uncached(ms)'],
  ['walk-warm', 'cached(ms)'],
] as const;

/** A table for each walk: with the ratios of two one would be wider than a mail. */
const imageLines = (view: ReportView, table: TableView): readonly string[] =>
  WALKS.flatMap(([scenario, title]) =>
    walkRows(table, scenario).flatMap(({ params, row }) => {
      const rows = view.arms.flatMap(({ id, role }, at) => {
        const cell = row.cells[at];
        if ((cell?.kind ?? 'absent') === 'absent') return [];
        return [[role === 'null' ? `${view.baseline}, again` : id, inMs(row, cell), ratioOf(cell, role)]];
      });
      return rows.length === 0
        ? []
        : [...mailTable([joinParts(table.image, params), title, 'ratio'], rows), ''];
    }),
  );

export const walkLines = (view: ReportView): readonly string[] => {
  const lines = view.tables.filter(({ image }) => image !== null).flatMap((table) => imageLines(view, table));
  return lines.length === 0
    ? []
    : ['ls -lR of the whole image (medians; ratios to the first row, per block)', '', ...lines];
};
