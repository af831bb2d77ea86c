// The tables of the mailing list: listing everything, uncached and cached, in milliseconds, one row for each arm.
import { ratioText } from '../format.ts';
import type { CellView, ReportView, TableView } from '../view.ts';
import { table } from './lines.ts';

const NS_PER_MS = 1e6;

const inMs = (cell: CellView | undefined): string => {
  if (cell?.kind !== 'value') return '-';
  const ms = cell.median / NS_PER_MS;
  return ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0);
};

const ratioOf = (cell: CellView | undefined, role: string): string => {
  if (role === 'baseline') return cell?.kind === 'value' ? '1' : '-';
  if (cell?.kind !== 'value' || cell.versus === null || cell.versus.ratio.kind === 'tooFew') return '-';
  return ratioText(cell.versus.ratio);
};

const walkCells = (tableOf: TableView, scenario: string): readonly CellView[] =>
  tableOf.sections
    .find((section) => section.scenario === scenario)
    ?.rows.find(({ metric }) => metric === 'walkWallNs')?.cells ?? [];

/** One table for the cold and one for the warm walk: side by side their ratios would not fit a mail. */
const oneWalk = (
  view: ReportView,
  tableOf: TableView,
  scenario: string,
  title: string,
): readonly string[] => {
  const cells = walkCells(tableOf, scenario);
  const rows = view.arms.flatMap(({ id, role }, at) => {
    const cell = cells[at];
    if ((cell?.kind ?? 'absent') === 'absent') return [];
    return [[role === 'null' ? `${view.baseline}, again` : id, inMs(cell), ratioOf(cell, role)]];
  });
  return rows.length === 0 ? [] : [...table([tableOf.image ?? '', title, 'ratio'], rows), ''];
};

const oneImage = (view: ReportView, tableOf: TableView): readonly string[] => [
  ...oneWalk(view, tableOf, 'walk-cold', 'uncached(ms)'),
  ...oneWalk(view, tableOf, 'walk-warm', 'cached(ms)'),
];

export const walkLines = (view: ReportView): readonly string[] => {
  const lines = view.tables.filter(({ image }) => image !== null).flatMap((one) => oneImage(view, one));
  return lines.length === 0
    ? []
    : ['ls -lR of the whole image (medians; ratio to the first row, by blocks)', '', ...lines];
};
