// The text of a cell, with as much detail as the width allows.
import { unreachable } from '../../results/errors.ts';
import { formatRatio, rangeText, runsApartText } from '../format.ts';
import { shownValue } from '../no-measurement.ts';
import { asciiText } from '../text.ts';
import { markText } from '../verdict-words.ts';
import type { ArmView, CellView, RowView, VersusView } from '../view-tables.ts';
import { type CellText, plainCell } from './columns.ts';

export interface CellDetail {
  /** Show medians beside the ratios. */
  readonly medians: boolean;
  /** Show the standard deviation between runs. */
  readonly runSd: boolean;
}

export const FULL_DETAIL: CellDetail = { medians: true, runSd: true };
/** In the order in which they are tried where the full detail is too wide; the page always has everything. */
export const REDUCED_DETAILS: readonly CellDetail[] = [
  { medians: true, runSd: false },
  { medians: false, runSd: false },
];

const versusCell = (median: string, versus: VersusView, { runSd }: CellDetail): CellText => {
  const { ratio, verdict } = versus;
  const parts = ratio.kind === 'tooFew' ? ['', ''] : [formatRatio(ratio.center), rangeText(ratio)];
  return { parts: [median, ...parts, markText(versus), runSd ? runsApartText(ratio) : ''], verdict };
};

const armCell = (row: RowView, cell: CellView, detail: CellDetail): CellText => {
  switch (cell.kind) {
    case 'absent':
      return plainCell('', '', '-', '', '');
    case 'value': {
      const median = cell.idle ? 'no calls' : asciiText(shownValue(row, cell.median));
      if (cell.versus !== null) return versusCell(detail.medians ? median : '', cell.versus, detail);
      return detail.medians ? plainCell(median, '', '', '', '') : plainCell('', '', median, '', '');
    }
    case 'combined':
      return versusCell('', cell.versus, detail);
    default:
      return unreachable(cell);
  }
};

export const cellText = (row: RowView, arm: ArmView, cell: CellView, detail: CellDetail): CellText => {
  switch (arm.role) {
    case 'baseline':
      return plainCell(cell.kind === 'value' ? armCell(row, cell, FULL_DETAIL).parts[0]! : '-');
    case 'arm':
      return armCell(row, cell, detail);
    case 'null':
      return plainCell(cell.kind === 'absent' ? '-' : armCell(row, cell, FULL_DETAIL).parts[1]!);
    default:
      return unreachable(arm.role);
  }
};
