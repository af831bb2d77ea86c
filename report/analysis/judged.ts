// How many ratios a report judges, and how many of their intervals are expected to miss the truth by chance.
import { isDecided } from '../../results/compare/looks.ts';
import type { ReportView } from '../view.ts';
import type { ArmView, TableView } from '../view-tables.ts';

/** The combined table is left out: its rows are judged in the tables of the images. */
export const judgedOf = (tables: readonly TableView[], arms: readonly ArmView[]): ReportView['judged'] => {
  let [cells, verdicts, missed] = [0, 0, 0];
  for (const { sections } of tables.filter(({ image }) => image !== null))
    for (const { rows } of sections)
      for (const row of rows)
        row.cells.forEach((cell, at) => {
          if (cell.kind !== 'value' || cell.versus?.ratio.kind !== 'interval') return;
          if (arms[at]!.role !== 'arm') return;
          cells++;
          if (isDecided(cell.versus.verdict)) verdicts++;
          missed += 1 - cell.versus.ratio.confidence;
        });
  return { cells, verdicts, missed };
};
