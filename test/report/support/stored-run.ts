// Part of a run on a virtual machine: the headline arms of churn, walk-warm and walk-cold on one image. It was interrupted.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { analyse } from '../../../report/analysis.ts';
import { claims } from '../../../report/claims/registry.ts';
import type { ReportView } from '../../../report/view.ts';
import { startTally } from '../../../results/compare/tally.ts';
import type { RunFile, Sample } from '../../../results/schema/run.ts';
import { upgradeRun } from '../../../results/upgrade.ts';

const FOLDER = new URL('../../../../test/report/stored-run/', import.meta.url);
const read = (name: string): Buffer => readFileSync(new URL(name, FOLDER));

export interface StoredRun {
  readonly run: RunFile;
  readonly samples: readonly Sample[];
}

export const storedRun = (): StoredRun => ({
  run: upgradeRun(JSON.parse(read('run.json').toString('utf8'))) as RunFile,
  samples: gunzipSync(read('samples.ndjson.gz'))
    .toString('utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Sample),
});

/** Some claims that this run asks, or does not. */
const CLAIMS = ['C1', 'C5', 'C6'];

export const viewOfStored = ({ run, samples }: StoredRun): ReportView => {
  const tally = startTally();
  for (const sample of samples) tally.add(sample);
  return analyse(run, tally.finish(), { claims: claims.filter(({ id }) => CLAIMS.includes(id)) });
};

export const storedView = (): ReportView => viewOfStored(storedRun());
