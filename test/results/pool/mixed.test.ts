// Machines of a pool that differ in what their times and counts depend on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsText } from '../../../report/fleet/words.ts';
import { poolCsv } from '../../../results/pool/csv.ts';
import type { RunFile, Sample } from '../../../results/schema/run.ts';
import { exampleRun } from '../../report/support/example.ts';
import { pooled, type StoredRun } from './stored-runs.ts';

interface Given {
  readonly host: string;
  /** Of its `ls`. */
  readonly version?: string;
  readonly hour?: number;
  readonly guest?: RunFile['guest'];
  readonly calls?: number;
}

const withCalls = (sample: Sample, statx: number): Sample =>
  sample.outcome !== 'ok' || sample.ledger === undefined || sample.scenario !== 'walk-warm'
    ? sample
    : {
        ...sample,
        ledger: {
          ...sample.ledger,
          use: { ...sample.ledger.use, ls: { ...sample.ledger.use?.['ls'], statx } },
        },
      };

const runOf = ({ host, version, hour = 10, guest, calls }: Given): StoredRun => {
  const { run, samples } = exampleRun({ seed: hour, images: ['debian-12-base'] });
  const tools = { ...run.environment.tools, ...(version === undefined ? {} : { ls: `ls ${version}` }) };
  return {
    run: {
      ...run,
      id: `${host}-${hour}`,
      host,
      startedAt: `2026-01-15T${hour}:00:00.000Z`,
      environment: { ...run.environment, tools },
      ...(guest === undefined ? {} : { guest }),
    },
    samples: calls === undefined ? samples : samples.map((sample) => withCalls(sample, calls)),
  };
};

const TCG = { kernel: 'deb:6.12', accelerator: 'tcg', emulated: true, emulator: 'QEMU 7.2' } as const;

test('times of a pool with an emulated guest are compared between no machines, whichever run is first', async () => {
  for (const [real, emulated] of [
    [10, 12],
    [12, 10],
  ] as const) {
    const runs = [
      ...[0, 1].map((more) => runOf({ host: 'machine-a', hour: real + more })),
      ...[0, 1].map((more) => runOf({ host: 'machine-b', hour: real + more })),
      ...[0, 1].map((more) => runOf({ host: 'machine-c', hour: emulated + more, guest: TCG })),
    ];
    const { pool } = await pooled(runs);
    assert.equal(pool.fleet!.machines.length, 3);
    assert.deepEqual(pool.fleet!.rows, []);
  }
});

test('the table of a pool has no times of an emulated guest', async () => {
  const metricsOf = async (guest?: typeof TCG): Promise<readonly string[]> => {
    const found = await pooled([10, 11].map((hour) => runOf({ host: 'machine-a', hour, guest })));
    const [, ...rows] = [...poolCsv(found)].join('').trim().split('\n');
    return rows.map((row) => row.split(',')[3]!);
  };
  assert.ok((await metricsOf()).includes('mountWallNs'));
  const emulated = await metricsOf(TCG);
  assert.ok(emulated.length > 0);
  assert.deepEqual(
    emulated.filter((metric) => /(?:Ns|PerSecond)$/.test(metric)),
    [],
  );
});

test('equal counts that a machine made with another program are compared with machines that have that program', async () => {
  const { pool } = await pooled([
    runOf({ host: 'machine-a', version: '1', hour: 10, calls: 5 }),
    runOf({ host: 'machine-a', version: '2', hour: 11, calls: 5 }),
    runOf({ host: 'machine-b', version: '2', hour: 12, calls: 7 }),
  ]);
  assert.match(pool.fleet!.unequal[0]?.examples[0] ?? '', /use ls statx 5 and 7$/);
});

const textOf = async (given: readonly Given[]): Promise<string> =>
  countsText((await pooled(given.map(runOf))).pool.fleet!);

test('only counts that two machines share are called equal, and a machine that shares none is named', async () => {
  const [a, b] = [{ host: 'machine-a' }, { host: 'machine-b' }];
  assert.match(
    await textOf([a, b]),
    /^All [\d,]+ counts that two or more machines share with equal fingerprints are equal\.$/,
  );
  const withOther = (host: string, architecture: string): StoredRun => {
    const stored = runOf({ host });
    return { ...stored, run: { ...stored.run, environment: { ...stored.run.environment, architecture } } };
  };
  const alone = await pooled([runOf(a), runOf(b), withOther('machine-c', 'arm64')]);
  assert.match(
    countsText(alone.pool.fleet!),
    /are equal\. Counts of machine-c were compared with none: no other machine has equal fingerprints\.$/,
  );
  const none = await pooled([runOf(a), withOther('machine-c', 'arm64')]);
  assert.equal(
    countsText(none.pool.fleet!),
    'No count was compared: no two machines have a constant count with equal fingerprints.',
  );
});
