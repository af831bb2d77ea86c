// The table of attacks as CSV.
import { stringify } from 'csv-stringify/sync';
import { kernelsOf } from '../fleet/machine.ts';
import type { ReportView } from '../view.ts';
import { cellText } from './text.ts';

const HEAD = ['run', 'kernel', 'image', 'backend', 'level', 'checked_by', 'attack', 'outcome', 'reason'];
/** Quotes a cell that a spreadsheet would run as a formula. */
const OPTIONS = { escape_formulas: true } as const;

/** Levels that were not tried have a row without backend and attack. */
export const tamperCsv = (view: ReportView): string => {
  const { id, tampering } = view;
  // A cell of a pool holds for all its machines.
  const kernel = kernelsOf(view).join('; ');
  return stringify(
    [
      HEAD,
      ...tampering.flatMap(({ image, columns, rows, untried }) => [
        ...columns.flatMap(({ arm, level }, at) =>
          rows.map(({ attack, cells }) => {
            const cell = cells[at]!;
            return [
              ...[id, kernel, image, arm, level.title, level.by, attack, cellText(cell)],
              cell.kind === 'untried' ? cell.reason : '',
            ];
          }),
        ),
        ...untried.map(({ level, reason }) => [
          ...[id, kernel, image, '', level, '', '', 'not tried'],
          reason,
        ]),
      ]),
    ],
    OPTIONS,
  );
};
