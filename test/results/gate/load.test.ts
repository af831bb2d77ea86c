// A run folder read by the patterns of its lines, compared with adding up its samples one by one.
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTally, type Table, type Tallied } from '../../../results/compare/tally.ts';
import { loadRun } from '../../../results/gate/load.ts';
import { SAMPLES_FILE } from '../../../results/journal.ts';
import { readSamples } from '../../../results/read.ts';
import type { Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../../report/support/example.ts';
import { withRunFolder } from '../../report/support/folder.ts';

const { run, samples } = exampleRun();

const plain = (table: Table) =>
  [...table].map(([metric, arms]) => [metric, [...arms].map(([arm, byBlock]) => [arm, [...byBlock]])]);

const all = ({ groups, ...rest }: Tallied) => ({
  ...rest,
  groups: groups.map(({ time, count, ...others }) => ({
    ...others,
    time: plain(time),
    count: plain(count),
  })),
});

const oneByOne = async (folder: string): Promise<Tallied> => {
  const tally = startTally();
  for await (const sample of readSamples(folder)) tally.add(sample);
  return tally.finish();
};

const compared = (of: readonly Sample[], tail = ''): Promise<void> =>
  withRunFolder({ run, samples: of }, async (folder) => {
    appendFileSync(join(folder, SAMPLES_FILE), tail);
    const { tallied, okCount, warnings } = await loadRun(folder);
    assert.deepEqual(all(tallied), all(await oneByOne(folder)));
    assert.equal(okCount, of.filter(({ outcome }) => outcome === 'ok').length);
    const noted = of.flatMap(({ notes }) => notes);
    assert.deepEqual(
      [...tallied.notes],
      [...new Set(noted)].map((note) => [note, noted.filter((one) => one === note).length]),
    );
    assert.equal(warnings.length, tail === '' ? 0 : 1);
  });

test('a run as it is written, with a torn last line', () => compared(samples, JSON.stringify(samples[0])));

test('what a run can have: sessions, notes, gaps, failures, what was skipped, blocks out of order', () =>
  compared(
    samples.flatMap((sample, at): Sample[] => {
      if (sample.outcome !== 'ok' || at % 5 === 0) return [sample];
      if (at % 5 === 1) return [sample, { ...sample, session: at % 3, notes: ['again', `at ${at % 2}`] }];
      if (at % 5 === 2) return [{ ...sample, took: { erofs: at % 2 === 0 ? 'file' : 'loop' } }];
      if (at % 5 === 3) return [{ ...sample, block: 100 - sample.block, params: { files: at % 7 } }];
      const { values, ledger, ...base } = sample;
      const [, ...others] = Object.entries(values);
      return [
        { ...sample, values: Object.fromEntries(others) },
        { ...base, outcome: 'failed', phase: 'use', code: 'EIO', message: 'no' },
        { ...base, outcome: 'skipped', need: 'loop', reason: 'none' },
      ];
    }),
  ));

test('lines of any length', () =>
  compared(
    [60_000, 65_000, 200_000, 2_000_000].flatMap((length) =>
      ['x', 'é', '\n'].flatMap((char) =>
        samples.slice(0, 4).map((sample) => ({ ...sample, notes: [char.repeat(length)] })),
      ),
    ),
  ));

test('a wrong line among thousands like it is refused as it is by itself', () =>
  withRunFolder({ run, samples: [...samples, ...samples] }, async (folder) => {
    const line = JSON.stringify(samples[3]);
    const wrong = [/"block":\d+/, '"block":-1'] as const;
    appendFileSync(join(folder, SAMPLES_FILE), `${line}\n${line.replace(...wrong)}\n${line}\n`);
    const at = 2 * samples.length + 2;
    const message = new RegExp(`samples\\.ndjson:${at}\\.block: expected a whole number from 0$`);
    await assert.rejects(loadRun(folder), { name: 'ResultsError', message });
    await assert.rejects(oneByOne(folder), { name: 'ResultsError', message });
  }));
