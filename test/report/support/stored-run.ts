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

/** One claim each that is not asked, not testable and undecided. */
const CLAIMS = ['C1', 'C5', 'C6'];

export const storedView = (): ReportView => {
  const run = upgradeRun(JSON.parse(read('run.json').toString('utf8'))) as RunFile;
  const tally = startTally();
  const lines = gunzipSync(read('samples.ndjson.gz')).toString('utf8').trimEnd().split('\n');
  for (const line of lines) tally.add(JSON.parse(line) as Sample);
  return analyse(run, tally.finish(), { claims: claims.filter(({ id }) => CLAIMS.includes(id)) });
};
