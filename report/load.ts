// The view of a run folder, computed from the journal each time.
import { type LoadedRun, loadRun } from '../results/gate/load.ts';
import { type AnalysisOptions, analyse } from './analysis.ts';
import type { ReportView } from './view.ts';

type ViewOptions = Pick<AnalysisOptions, 'delta'>;

/** The run may be a pool. */
export const viewOf = ({ run, tallied, warnings, pool }: LoadedRun, options: ViewOptions = {}): ReportView =>
  analyse(run, tallied, { ...options, warnings, ...(pool === undefined ? {} : { pool }) });

export const loadView = async (folder: string, options: ViewOptions = {}): Promise<ReportView> =>
  viewOf(await loadRun(folder), options);
