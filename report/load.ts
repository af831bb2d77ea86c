// A run folder as a view: nothing is kept between the journal and what people read.
import { type LoadedRun, loadRun } from '../results/gate/load.ts';
import { type AnalysisOptions, analyse } from './analysis.ts';
import type { ReportView } from './view.ts';

type Options = Pick<AnalysisOptions, 'delta'>;

/** Of a run, or of several that were put together. */
export const viewOf = ({ run, tallied, warnings, pool }: LoadedRun, options: Options = {}): ReportView =>
  analyse(run, tallied, { ...options, warnings, ...(pool === undefined ? {} : { pool }) });

export const loadView = async (folder: string, options: Options = {}): Promise<ReportView> =>
  viewOf(await loadRun(folder), options);
