import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCsv } from '../../results/csv.ts';
import { openJournal } from '../../results/journal.ts';
import type { Sample } from '../../results/schema/run.ts';
import { exampleRun } from '../report/support/example.ts';

const table = async (samples: readonly Sample[]): Promise<string[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'cfsbench-csv-'));
  try {
    const journal = openJournal(folder);
    for (const sample of samples) journal.append(sample);
    journal.close();
    await writeCsv(folder);
    return readFileSync(join(folder, 'samples.csv'), 'utf8').trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const { samples } = exampleRun({ blocks: 1, countPasses: 0, images: ['one'] });
const { values: _, ...slot } = samples[0] as Extract<Sample, { outcome: 'ok' }>;

test('every metric of every sample is a row', async () => {
  const lines = await table(samples);
  const metrics = samples.reduce(
    (sum, sample) => sum + (sample.outcome === 'ok' ? Object.keys(sample.values).length : 1),
    0,
  );
  assert.equal(lines.length, 1 + metrics);
  assert.match(
    lines[0]!,
    /^seq,block,order,pass,scenario,params,cache,image,arm,backend,startedAt,outcome,metric,value,detail$/,
  );
  assert.match(
    lines[1]!,
    /^0,0,0,time,churn,store=empty,warm,one,erofs-overlay,erofs-overlay,.*,ok,commandStartWallNs,\d+,$/,
  );
});

test('failures and skips are rows with their reason', async () => {
  const lines = await table([
    { ...slot, outcome: 'failed', phase: 'mount', code: 'EBUSY', message: 'no, "really"' },
    { ...slot, outcome: 'skipped', need: 'fuse', reason: 'no device' },
  ]);
  assert.match(lines[1]!, /,failed,,,"mount: EBUSY: no, ""really"""$/);
  assert.match(lines[2]!, /,skipped,,,fuse: no device$/);
});

test('a name that a spreadsheet would run is made text, a negative number is not', async () => {
  const lines = await table([{ ...slot, image: '=1+1', outcome: 'ok', values: { driftNs: -5 } }]);
  assert.match(lines[1]!, /,'=1\+1,/);
  assert.match(lines[1]!, /,driftNs,-5,$/);
});
