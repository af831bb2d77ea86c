import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { EXAMPLE, okSamples, textOf, unhappy } from './support.ts';

type Record_ = Readonly<Record<string, string>>;

const records = async (id: string, example = EXAMPLE): Promise<readonly Record_[]> =>
  parse(await textOf(id, example), { columns: true });

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

test('long: a reader gets every value and every counted call of the journal', async () => {
  const rows = await records('csv');
  const values = sum(okSamples(EXAMPLE).flatMap(({ values }) => Object.values(values)));
  const calls = sum(
    okSamples(EXAMPLE).flatMap(({ ledger = {} }) =>
      Object.values(ledger).flatMap((actors) =>
        Object.values(actors).flatMap((counts) => Object.values(counts)),
      ),
    ),
  );
  const read = (isCall: boolean) =>
    sum(rows.filter(({ call }) => (call !== '') === isCall).map(({ value }) => Number(value)));
  assert.ok(calls > 0);
  assert.equal(read(false), values);
  assert.equal(read(true), calls);
});

test('long: a row says its run, its phase and its unit', async () => {
  const row = (await records('csv')).find(({ metric }) => metric === 'mountWallNs')!;
  const { run, host, kernel, seed, phase, unit } = row;
  assert.deepEqual(
    { run, host, kernel, seed, phase, unit },
    {
      run: EXAMPLE.run.id,
      host: 'example',
      kernel: '6.18.0',
      seed: '7',
      phase: 'mount',
      unit: 'ns',
    },
  );
});

test('wide: one row per sample; what was not measured is an empty cell', async () => {
  const rows = await records('csv-wide');
  assert.equal(rows.length, EXAMPLE.samples.length);
  for (const [at, sample] of okSamples(EXAMPLE).entries())
    for (const [column, cell] of Object.entries(rows[at]!))
      if (/(Ns|Count|Bytes|PerSecond)$/.test(column))
        assert.equal(cell, String(sample.values[column] ?? ''), `${at} ${column}`);
});

test('wide: failures and skips say why', async () => {
  const rows = await records('csv-wide', unhappy());
  assert.deepEqual(
    rows.slice(0, 3).map(({ detail }) => detail),
    ['mount: EBUSY: no & "really" <#>', 'leak: left: one mount', 'fuse: no device'],
  );
});
