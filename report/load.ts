// The view of a run folder, computed from the journal each time.
import type { LoadedRun } from '../results/gate/load.ts';
import { type AnalysisOptions, analyse } from './analysis.ts';
import type { ReportView } from './view.ts';

type ViewOptions = Pick<AnalysisOptions, 'delta'>;

/** The run may be a pool. */
export const viewOf = ({ run, tallied, warnings, pool }: LoadedRun, options: ViewOptions = {}): ReportView =>
  analyse(run, tallied, { ...options, warnings, ...(pool === undefined ? {} : { pool }) });
