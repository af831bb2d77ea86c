import { CSV_FILE } from '../../results/journal.ts';
import type { ReportFormat } from './format.ts';

export const format: ReportFormat = {
  id: 'csv',
  title: `${CSV_FILE} in the run folder, a row per sample and metric; of a pool, per arm and metric`,
  file: CSV_FILE,
  inRunFolder: true,
  pools: true,
  async *pieces({ run }) {
    if (run.pool !== undefined) {
      const { poolCsv } = await import('../../results/pool/csv.ts');
      yield* poolCsv(run);
      return;
    }
    const { longCsv } = await import('../../results/csv/long.ts');
    const { readSamples } = await import('../../results/read.ts');
    yield* longCsv(run.run, readSamples(run.folder));
  },
};
