// A run folder as the gate sees it: the run, its samples tallied, and what stood in the way.
import { startTally, type Tallied } from '../compare/tally.ts';
import { readRun, readSamples } from '../read.ts';
import type { RunFile } from '../schema/run.ts';

export interface Loaded {
  readonly folder: string;
  readonly run: RunFile;
  readonly tallied: Tallied;
  readonly okCount: number;
  readonly warnings: readonly string[];
}

export const loadRun = async (folder: string): Promise<Loaded> => {
  const run = readRun(folder);
  const tally = startTally();
  const warnings: string[] = [];
  let okCount = 0;
  for await (const sample of readSamples(folder, (message) => warnings.push(message))) {
    tally.add(sample);
    if (sample.outcome === 'ok') okCount++;
  }
  return { folder, run, tallied: tally.finish(), okCount, warnings };
};
