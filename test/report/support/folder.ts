// A run folder for the time of a test.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openJournal } from '../../../results/journal.ts';
import type { RunFile, Sample } from '../../../results/schema/run.ts';

export const withRunFolder = async <T>(
  { run, samples }: { readonly run: RunFile; readonly samples: readonly Sample[] },
  work: (folder: string) => Promise<T>,
): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-report-'));
  try {
    const journal = openJournal(folder);
    for (const sample of samples) journal.append(sample);
    journal.writeRun(run);
    journal.close();
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};
