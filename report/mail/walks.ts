// The table of the mailing list: listing everything, uncached and cached, in milliseconds, one row for each arm.
import { formatRatio } from '../format.ts';
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
  return formatRatio(cell.versus.ratio.center);
};

const walkCells = (tableOf: TableView, scenario: string): readonly CellView[] =>
  tableOf.sections
    .find((section) => section.scenario === scenario)
    ?.rows.find(({ metric }) => metric === 'walkWallNs')?.cells ?? [];

const oneImage = (view: ReportView, tableOf: TableView): readonly string[] => {
  const cold = walkCells(tableOf, 'walk-cold');
  const warm = walkCells(tableOf, 'walk-warm');
  const rows = view.arms.flatMap(({ id, role }, at) => {
    const [uncached, cached] = [cold[at], warm[at]];
    if ((uncached?.kind ?? 'absent') === 'absent' && (cached?.kind ?? 'absent') === 'absent') return [];
    const name = role === 'null' ? `${view.baseline}, again` : id;
    return [[name, inMs(uncached), ratioOf(uncached, role), inMs(cached), ratioOf(cached, role)]];
  });
  if (rows.length === 0) return [];
  return [...table([tableOf.image ?? '', 'uncached(ms)', 'ratio', 'cached(ms)', 'ratio'], rows), ''];
};

export const walkLines = (view: ReportView): readonly string[] => {
  const lines = view.tables.filter(({ image }) => image !== null).flatMap((one) => oneImage(view, one));
  return lines.length === 0
    ? []
    : ['ls -lR of the whole image (medians; ratio to the first row, by blocks)', '', ...lines];
};
