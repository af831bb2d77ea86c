import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { writeCsv } from '../../results/csv.ts';
import type { OkSample, Sample } from '../../results/schema/run.ts';
import { exampleRun } from '../report/support/example.ts';
import { withRunFolder } from '../report/support/folder.ts';

const { run, samples: all } = exampleRun({ blocks: 1, countPasses: 0, images: ['one'] });

const table = (samples: readonly Sample[]): Promise<string[]> =>
  withRunFolder({ run, samples }, async (folder) => {
    await writeCsv(folder);
    assert.deepEqual(readdirSync(folder).sort(), ['run.json', 'samples.csv', 'samples.ndjson']);
    return readFileSync(join(folder, 'samples.csv'), 'utf8').trimEnd().split('\n');
  });

const { values: _, ...slot } = all[0] as OkSample;

test('every metric of every sample is a row', async () => {
  const lines = await table(all);
  const metrics = all.reduce(
    (sum, sample) => sum + (sample.outcome === 'ok' ? Object.keys(sample.values).length : 1),
    0,
  );
  assert.equal(lines.length, 1 + metrics);
  assert.match(
    lines[0]!,
    /^run,host,kernel,emulated,seed,seq,block,session,order,pass,scenario,params,cache,image,arm,backend,placement,startedAt,outcome,phase,actor,call,metric,unit,value,detail$/,
  );
  assert.match(
    lines[1]!,
    /,0,0,0,time,churn,store=empty,warm,one,erofs-overlay,erofs-overlay,free,.*,ok,,,,commandStartWallNs,ns,\d+,$/,
  );
});

test('failures and skips are rows with their reason', async () => {
  const lines = await table([
    { ...slot, outcome: 'failed', phase: 'mount', code: 'EBUSY', message: 'no, "really"' },
    { ...slot, seq: 1, outcome: 'skipped', need: 'fuse', reason: 'no device' },
  ]);
  assert.match(lines[1]!, /,failed,mount,,,,,,"EBUSY: no, ""really"""$/);
  assert.match(lines[2]!, /,skipped,,,,,,,fuse: no device$/);
});

test('a name that a spreadsheet would run becomes text; a negative number does not', async () => {
  const lines = await table([{ ...slot, image: '=1+1', outcome: 'ok', values: { driftNs: -5 } }]);
  assert.match(lines[1]!, /,'=1\+1,/);
  assert.match(lines[1]!, /,driftNs,ns,-5,$/);
});

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

test('a reader gets every value and every counted call of the journal', async () => {
  const counted = exampleRun({ blocks: 1, images: ['one'] });
  const rows: Record<string, string>[] = parse((await table(counted.samples)).join('\n'), { columns: true });
  const ok = counted.samples.filter((sample): sample is OkSample => sample.outcome === 'ok');
  const calls = ok.flatMap(({ ledger = {} }) =>
    Object.values(ledger).flatMap((actors) => Object.values(actors).flatMap((by) => Object.values(by))),
  );
  const read = (isCall: boolean) =>
    sum(rows.filter(({ call }) => (call !== '') === isCall).map(({ value }) => Number(value)));
  assert.ok(calls.length > 0);
  assert.equal(read(true), sum(calls));
  assert.equal(read(false), sum(ok.flatMap(({ values }) => Object.values(values))));
});

test('no name moves the cursor, breaks a line or changes the direction of the text', async () => {
  const text = (
    await table([{ ...slot, image: 'a\nb\u202e\u0007', outcome: 'ok', values: { driftNs: 1 } }])
  ).join('\n');
  assert.doesNotMatch(text, /[^\P{Cc}\n]|\p{Cf}/u);
  assert.match(text, /a\\u\{a\}b/);
});

test('sums over phases and waits have no phase', async () => {
  const values = {
    createWallNs: 1,
    createDurableWallNs: 1,
    createSyncWallNs: 1,
    destroyDurableWallNs: 1,
    mountCpuNs: 1,
    useServerCpuNs: 1,
    ingestPerObjectNs: 1,
    createCallCount: 1,
  };
  const [head, ...rows] = parse((await table([{ ...slot, outcome: 'ok', values }])).join('\n')) as string[][];
  const [phase, metric] = [head!.indexOf('phase'), head!.indexOf('metric')];
  assert.deepEqual(
    rows.map((row) => [row[metric], row[phase]]),
    [
      ['createWallNs', 'create'],
      ['createDurableWallNs', ''],
      ['createSyncWallNs', ''],
      ['destroyDurableWallNs', ''],
      ['mountCpuNs', 'mount'],
      ['useServerCpuNs', 'use'],
      ['ingestPerObjectNs', 'ingest'],
      ['createCallCount', 'create'],
    ],
  );
});
