// A run folder as a view: nothing is kept between the journal and what people read.
import { startTally } from '../results/compare/tally.ts';
import { readRun, readSamples } from '../results/read.ts';
import { type AnalysisOptions, analyse } from './analysis.ts';
import type { ReportView } from './view.ts';

export const loadView = async (
  folder: string,
  options: Pick<AnalysisOptions, 'delta'> = {},
): Promise<ReportView> => {
  const run = readRun(folder);
  const tally = startTally();
  const warnings: string[] = [];
  for await (const sample of readSamples(folder, (message) => warnings.push(message))) tally.add(sample);
  return analyse(run, tally.finish(), { ...options, warnings });
};
