// Formats read by external readers: junitparser, a TAP parser, a CSV parser, JSON Schemas of other tools.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'csv-parse/sync';
import { machineFormats } from '../../../results/exports/registry.ts';
import { countsAgree, junitSuites, levels, skipJunit, tap } from './readers.ts';
import { EXAMPLE, HOSTILE_RUN, okSamples, textOf, unhappy } from './support.ts';

// Line feeds end lines; no other character may move the cursor or change the direction of the text.
const UNSEEN = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;

for (const { id } of machineFormats)
  test(`${id}: a hostile name is shown as text`, async () => {
    assert.doesNotMatch(await textOf(id, HOSTILE_RUN), UNSEEN);
  });

test('JUnit: a reader counts the cases that the file states', { skip: skipJunit }, async () => {
  for (const example of [EXAMPLE, HOSTILE_RUN, unhappy()])
    for (const suite of junitSuites(await textOf('junit', example))) countsAgree(suite);
});

test('KTAP: a TAP reader finds every test at both levels, and a suite fails if a case in it fails', async () => {
  for (const example of [EXAMPLE, HOSTILE_RUN, unhappy()]) {
    const { top, nested } = levels(await textOf('ktap', example));
    const inner = nested.map(tap);
    assert.equal(tap(top).count, inner.length);
    assert.equal(tap(top).failed, inner.filter(({ failed }) => failed > 0).length);
  }
  assert.equal(tap(levels(await textOf('ktap', unhappy())).top).failed, 1);
});

test('KTAP: no name turns a test into a skipped one', async () => {
  assert.equal(tap(levels(await textOf('ktap', HOSTILE_RUN)).top).skipped, 0);
});

test('wide CSV: a reader gets every value, an empty cell for a missing one, and the reason of a failure', async () => {
  const rows: Record<string, string>[] = parse(await textOf('wide-csv', EXAMPLE), { columns: true });
  assert.equal(rows.length, EXAMPLE.samples.length);
  for (const [at, sample] of okSamples(EXAMPLE).entries())
    for (const [column, cell] of Object.entries(rows[at]!))
      if (/(Ns|Count|Bytes|PerSecond)$/.test(column))
        assert.equal(cell, String(sample.values[column] ?? ''), `${at} ${column}`);
  const bad: Record<string, string>[] = parse(await textOf('wide-csv', unhappy()), { columns: true });
  assert.deepEqual(
    bad.slice(0, 3).map(({ detail }) => detail),
    ['mount: EBUSY: no & "really" <#>', 'leak: left: one mount', 'fuse: no device'],
  );
});

test('wide CSV: rows of emulated CPUs are marked, and keep every value', async () => {
  const guest = { kernel: 'deb:6.12', accelerator: 'tcg', emulated: true, emulator: 'QEMU 7.2' } as const;
  const emulated = { ...EXAMPLE, run: { ...EXAMPLE.run, guest } };
  const rowsOf = async (example: typeof EXAMPLE) =>
    parse(await textOf('wide-csv', example), { columns: true }) as Record<string, string>[];
  const [real, marked] = [await rowsOf(EXAMPLE), await rowsOf(emulated)];
  assert.deepEqual(new Set(real.map((row) => row['emulated'])), new Set(['no']));
  assert.deepEqual(new Set(marked.map((row) => row['emulated'])), new Set(['yes']));
  assert.ok(marked.some(({ mountWallNs }) => Number(mountWallNs) > 0));
});

const number = { type: 'number' };
const maybe = { type: ['number', 'null'] };
const string = { type: 'string', minLength: 1 };
const object = (properties: Record<string, unknown>, optional: Record<string, unknown> = {}) => ({
  type: 'object',
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
  additionalProperties: false,
});

const GITHUB = {
  type: 'array',
  minItems: 1,
  items: object({ name: string, value: number, unit: string }, { range: string, extra: string }),
};
const BENCHER = {
  type: 'object',
  minProperties: 1,
  additionalProperties: {
    type: 'object',
    minProperties: 1,
    additionalProperties: object({ value: number }, { lower_value: number, upper_value: number }),
  },
};
const HYPERFINE = object({
  results: {
    type: 'array',
    minItems: 1,
    items: object({
      command: string,
      mean: number,
      stddev: maybe,
      median: number,
      user: maybe,
      system: maybe,
      min: number,
      max: number,
      times: { type: 'array', items: number, minItems: 1 },
      exit_codes: { type: 'array', items: { const: 0 } },
      parameters: { type: 'object', additionalProperties: { type: 'string' } },
    }),
  },
});

for (const [id, schema] of [
  ['github-action-benchmark-smaller', GITHUB],
  ['github-action-benchmark-bigger', GITHUB],
  ['bencher', BENCHER],
  ['hyperfine', HYPERFINE],
] as const)
  test(`${id}: the shape that its reader expects, without other fields`, async () => {
    for (const example of [EXAMPLE, HOSTILE_RUN]) {
      const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
      assert.ok(ajv.validate(schema, JSON.parse(await textOf(id, example))), ajv.errorsText());
    }
  });
