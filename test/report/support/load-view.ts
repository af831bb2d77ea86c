// The view of a run folder.
import { viewOf } from '../../../report/load.ts';
import type { ReportView } from '../../../report/view.ts';
import { loadRun } from '../../../results/gate/load.ts';

export const loadView = async (folder: string, options?: Parameters<typeof viewOf>[1]): Promise<ReportView> =>
  viewOf(await loadRun(folder), options);
