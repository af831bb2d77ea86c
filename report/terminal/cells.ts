// What stands in a cell of the first table: as much of it as there is room for.
import { unreachable } from '../../results/errors.ts';
import { formatRatio, formatValue, rangeText, runsApartText } from '../format.ts';
import { markText } from '../verdict-words.ts';
import type { ArmView, CellView, RowView, VersusView } from '../view.ts';
import { plain, type Text } from './columns.ts';

export interface Detail {
  /** Medians of the arms beside their ratios. */
  readonly values: boolean;
  /** How far runs lie apart. */
  readonly apart: boolean;
}

export const WHOLE: Detail = { values: true, apart: true };
/** What goes first where the room is short stands in the page. */
export const SHORTER: readonly Detail[] = [
  { values: false, apart: true },
  { values: false, apart: false },
];

const value = (metric: string, number: number): string => formatValue(metric, number).replace('µ', 'u');

const versusText = (shown: string, versus: VersusView, { apart }: Detail): Text => {
  const { ratio, verdict } = versus;
  const parts = ratio.kind === 'tooFew' ? ['', ''] : [formatRatio(ratio.center), rangeText(ratio)];
  return { parts: [shown, ...parts, markText(versus), apart ? runsApartText(ratio) : ''], verdict };
};

const armText = (row: RowView, cell: CellView, detail: Detail): Text => {
  switch (cell.kind) {
    case 'absent':
      return plain('', '', '-', '', '');
    case 'value': {
      const shown = cell.idle ? 'no calls' : value(row.metric, cell.median);
      if (cell.versus === null)
        return detail.values ? plain(shown, '', '', '', '') : plain('', '', shown, '', '');
      return versusText(detail.values ? shown : '', cell.versus, detail);
    }
    case 'combined':
      return versusText('', cell.versus, detail);
    default:
      return unreachable(cell);
  }
};

export const cellText = (row: RowView, arm: ArmView, cell: CellView, detail: Detail): Text => {
  switch (arm.role) {
    case 'baseline':
      return plain(cell.kind === 'value' ? armText(row, cell, WHOLE).parts[0]! : '-');
    case 'arm':
      return armText(row, cell, detail);
    case 'null':
      return { parts: [cell.kind === 'absent' ? '-' : armText(row, cell, WHOLE).parts[1]!], verdict: null };
    default:
      return unreachable(arm.role);
  }
};
