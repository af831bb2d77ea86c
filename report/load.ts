// A run folder as a view: nothing is kept between the journal and what people read.
import { loadRun } from '../results/gate/load.ts';
import { type AnalysisOptions, analyse } from './analysis.ts';
import type { ReportView } from './view.ts';

export const loadView = async (
  folder: string,
  options: Pick<AnalysisOptions, 'delta'> = {},
): Promise<ReportView> => {
  const { run, tallied, warnings } = await loadRun(folder);
  return analyse(run, tallied, { ...options, warnings });
};
