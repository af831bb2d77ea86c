import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { paramsKey } from '../../../results/compare/tally.ts';
import { type LoadedRun, loadRun } from '../../../results/gate/load.ts';
import { SAMPLES_FILE } from '../../../results/journal.ts';
import type { OkSample, Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../../report/support/example.ts';
import { withRunFolder } from '../../report/support/folder.ts';

const { run, samples } = exampleRun();

const tallied = (of: readonly Sample[]): Promise<LoadedRun> =>
  withRunFolder({ run, samples: of }, (folder) => loadRun(folder));

test('every sample is counted once, under its group, metric, arm and block', async () => {
  const { tallied: found, okCount } = await tallied(samples);
  assert.equal(found.sampleCount, samples.length);
  assert.equal(okCount, samples.filter(({ outcome }) => outcome === 'ok').length);
  for (const sample of samples) {
    if (sample.outcome !== 'ok') continue;
    const data = found.groups.find(
      ({ group }) =>
        group.scenario === sample.scenario &&
        group.image === sample.image &&
        paramsKey(group.params) === paramsKey(sample.params),
    )!;
    const table = sample.pass === 'time' ? data.time : data.count;
    for (const [metric, value] of Object.entries(sample.values))
      assert.equal(table.get(metric)?.get(sample.arm)?.get(sample.block), value);
  }
});

test('blocks of different sessions are kept apart, and notes are counted', async () => {
  const first = samples.find(({ outcome, pass }) => outcome === 'ok' && pass === 'time') as OkSample;
  const { tallied: found } = await tallied([
    first,
    { ...first, seq: 1001, session: 1, notes: ['again', 'slow'] },
    { ...first, seq: 1002, session: 2, notes: ['again'] },
  ]);
  const [metric = ''] = Object.keys(first.values);
  assert.equal(found.groups[0]!.time.get(metric)!.get(first.arm)!.size, 3);
  assert.deepEqual([...found.notes], [...first.notes.map((note) => [note, 3]), ['again', 2], ['slow', 1]]);
});

test('failures and skips are kept beside the groups', async () => {
  const { values: _, ledger: _l, ...base } = samples.find(({ outcome }) => outcome === 'ok') as OkSample;
  const failed: Sample = { ...base, outcome: 'failed', phase: 'use', code: 'EIO', message: 'no' };
  const skipped: Sample = { ...base, outcome: 'skipped', need: 'loop', reason: 'none' };
  const { tallied: found, okCount } = await tallied([failed, { ...skipped, seq: failed.seq + 1 }]);
  assert.deepEqual(
    [found.failures, found.skips, okCount],
    [[failed], [{ ...skipped, seq: failed.seq + 1 }], 0],
  );
});

test('an incomplete last line is a warning', () =>
  withRunFolder({ run, samples }, async (folder) => {
    appendFileSync(join(folder, SAMPLES_FILE), JSON.stringify(samples[0]));
    const { tallied: found, warnings } = await loadRun(folder);
    assert.equal(found.sampleCount, samples.length);
    assert.equal(warnings.length, 1);
  }));

test('a wrong line is refused with its number', () =>
  withRunFolder({ run, samples }, async (folder) => {
    const line = JSON.stringify(samples[3]);
    appendFileSync(join(folder, SAMPLES_FILE), `${line.replace(/"block":\d+/, '"block":-1')}\n${line}\n`);
    const message = new RegExp(`samples\\.ndjson:${samples.length + 1}: block must be at least 0$`);
    await assert.rejects(loadRun(folder), { name: 'ResultsError', message });
  }));
