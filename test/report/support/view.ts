import { analyse } from '../../../report/analysis.ts';
import type { ReportView } from '../../../report/view.ts';
import type { CellView, RowView } from '../../../report/view-tables.ts';
import { startTally } from '../../../results/compare/tally.ts';
import type { RunFile, Sample } from '../../../results/schema/run.ts';

export const viewOf = (run: RunFile, samples: readonly Sample[]): ReportView => {
  const tally = startTally();
  for (const sample of samples) tally.add(sample);
  return analyse(run, tally.finish());
};

export const rowAt = (view: ReportView, image: string, section: string, metric: string): RowView =>
  view.tables
    .find((table) => table.image === image)!
    .sections.find(({ scenario, params }) => `${scenario} ${params}`.trim() === section)!
    .rows.find((row) => row.metric === metric)!;

export const cellAt = (view: ReportView, row: RowView, arm: string): CellView =>
  row.cells[view.arms.findIndex(({ id }) => id === arm)]!;
