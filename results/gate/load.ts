// Loads a run folder: the run and its samples, tallied.
import { startTally, type Tallied, type Tally } from '../compare/tally.ts';
import type { Pooled } from '../pool/pooled.ts';
import { readRun, readSamples } from '../read.ts';
import type { RunFile } from '../schema/run.ts';

export interface LoadedRun {
  readonly folder: string;
  readonly run: RunFile;
  readonly tallied: Tallied;
  readonly okCount: number;
  readonly warnings: readonly string[];
  /** Absent: one run. */
  readonly pool?: Pooled;
}

/** Adds every sample of the folder. A last line without its newline is skipped. */
export const tallyJournal = (folder: string, tally: Tally, warn: (message: string) => void): void => {
  for (const sample of readSamples(folder, warn)) tally.add(sample);
};

export const okCountOf = ({ sampleCount, failures, skips }: Tallied): number =>
  sampleCount - failures.length - skips.length;

/** `known`: the run, where run.json could not be written. */
export const loadRun = async (folder: string, known?: RunFile): Promise<LoadedRun> => {
  const run = known ?? readRun(folder);
  const warnings: string[] = [];
  const tally = startTally();
  tallyJournal(folder, tally, (message) => warnings.push(message));
  const tallied = tally.finish();
  return { folder, run, tallied, okCount: okCountOf(tallied), warnings };
};
