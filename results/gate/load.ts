// A run folder as the gate sees it: the run, its samples tallied, and what stood in the way.
import { startTally, type Tallied, type Tally } from '../compare/tally.ts';
import { Patterns } from '../patterns/patterns.ts';
import type { Pooled } from '../pool/pooled.ts';
import { journalLines, readRun, sampleOf, textOf } from '../read.ts';
import type { RunFile } from '../schema/run.ts';

export interface Loaded {
  readonly folder: string;
  readonly run: RunFile;
  readonly tallied: Tallied;
  readonly okCount: number;
  readonly warnings: readonly string[];
  /** Absent: one run. */
  readonly pool?: Pooled;
}

/** Adds every sample of the folder. */
export const tallyJournal = (folder: string, tally: Tally, warn: (message: string) => void): void => {
  const patterns = new Patterns<(numbers: Float64Array) => void>();
  for (const journalLine of journalLines(folder, warn)) {
    const add = patterns.find(journalLine.line);
    if (add !== null) {
      add(patterns.numbers);
      continue;
    }
    const text = textOf(journalLine);
    const sample = sampleOf(text, journalLine);
    tally.add(sample);
    if (sample.outcome === 'ok') patterns.learn(text, sample, (places) => tally.like(sample, places));
  }
};

export const loadRun = async (folder: string): Promise<Loaded> => {
  const run = readRun(folder);
  const warnings: string[] = [];
  const tally = startTally();
  tallyJournal(folder, tally, (message) => warnings.push(message));
  const tallied = tally.finish();
  const okCount = tallied.sampleCount - tallied.failures.length - tallied.skips.length;
  return { folder, run, tallied, okCount, warnings };
};
