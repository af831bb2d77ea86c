// Runs in folders of their own, for as long as a test needs them.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../../../results/journal.ts';
import { type LoadedPool, loadPool } from '../../../results/pool/load.ts';
import type { RunFile, Sample } from '../../../results/schema/run.ts';

export interface StoredRun {
  readonly run: RunFile;
  readonly samples: readonly Sample[];
}

/** The sample as a slower machine would give it, if it is a timed one of the arm. */
export const slowerSample = (sample: Sample, arm: string, factor: number): Sample =>
  sample.outcome !== 'ok' || sample.pass !== 'time' || sample.arm !== arm
    ? sample
    : {
        ...sample,
        values: Object.fromEntries(
          Object.entries(sample.values).map(([metric, value]) => [
            metric,
            metric.endsWith('Ns') ? value * factor : metric.endsWith('PerSecond') ? value / factor : value,
          ]),
        ),
      };

export const storeRun = (folder: string, { run, samples }: StoredRun): void => {
  mkdirSync(folder);
  const journal = openJournal(folder);
  for (const sample of samples) journal.append(sample);
  journal.writeRun(run);
  journal.close();
};

/** Writes the runs into folders and removes them after the work. */
export const withFolders = async <T>(
  runs: readonly StoredRun[],
  work: (folders: readonly string[]) => Promise<T>,
): Promise<T> => {
  const home = mkdtempSync(join(tmpdir(), 'cfsbench-pool-'));
  try {
    const folders = runs.map((run, at) => {
      const folder = join(home, String(at));
      storeRun(folder, run);
      return folder;
    });
    return await work(folders);
  } finally {
    rmSync(home, { recursive: true });
  }
};

export const pooled = (runs: readonly StoredRun[], id = 'pooled'): Promise<LoadedPool> =>
  withFolders(runs, (folders) => loadPool(folders, id));
