// Formats read by readers that are not ours: junitparser, a TAP parser, a CSV parser, JSON Schemas of what tools take.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { parse } from 'csv-parse/sync';
import { Parser } from 'tap-parser';
import { machineFormats } from '../../../results/exports/registry.ts';
import { EXAMPLE, HOSTILE_RUN, okSamples, textOf, unhappy } from './support.ts';

// Line feeds end lines; nothing else that moves a cursor or turns the text around may come through.
const UNSEEN = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u;

for (const { id } of machineFormats)
  test(`${id}: a hostile name is shown as text`, async () => {
    assert.doesNotMatch(await textOf(id, HOSTILE_RUN), UNSEEN);
  });

const PYTHON = '/usr/bin/python3';
const READER = `
import json, sys
from junitparser import JUnitXml
suites = JUnitXml.fromstring(sys.stdin.buffer.read())
kind = lambda case: case.result[0].__class__.__name__ if case.result else 'Passed'
print(json.dumps([[suite.name, suite.tests, suite.failures, suite.errors, suite.skipped,
  [kind(case) for case in suite]] for suite in suites]))
`;

type Suite = [
  name: string,
  tests: number,
  failures: number,
  errors: number,
  skipped: number,
  kinds: string[],
];

const hasReader = spawnSync(PYTHON, ['-c', 'import junitparser']).status === 0;

test('JUnit: its reader counts what the file says', {
  skip: hasReader ? false : 'python3-junitparser is not installed',
}, async () => {
  for (const example of [EXAMPLE, HOSTILE_RUN, unhappy()]) {
    const input = await textOf('junit', example);
    const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', READER], { input, encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    for (const [name, tests, failures, errors, skipped, kinds] of JSON.parse(stdout) as Suite[]) {
      const count = (kind: string) => kinds.filter((found) => found === kind).length;
      assert.deepEqual(
        [tests, failures, errors, skipped],
        [kinds.length, count('Failure'), count('Error'), count('Skipped')],
        name,
      );
    }
  }
});

/** KTAP nests by two blanks; a TAP reader takes one level at a time. */
const levels = (text: string): { readonly top: string; readonly nested: readonly string[] } => {
  const nested: string[][] = [];
  const top: string[] = [];
  for (const line of text.trimEnd().split('\n')) {
    if (!line.startsWith('  ')) top.push(line);
    else if (line === '  KTAP version 1') nested.push([line.slice(2)]);
    else nested.at(-1)!.push(line.slice(2));
  }
  return { top: top.join('\n'), nested: nested.map((lines) => lines.join('\n')) };
};

const tap = (ktap: string) => {
  assert.match(ktap, /^KTAP version 1\n1\.\.\d+\n/);
  const parser = new Parser({ strict: true });
  let [count, failed, skipped] = [0, 0, 0];
  parser.on('assert', ({ ok, skip }) => {
    count++;
    if (!ok) failed++;
    if (skip) skipped++;
  });
  parser.end(ktap.replace('KTAP version 1', 'TAP version 14'));
  const { plan, failures } = parser.results!;
  assert.equal(plan.end, count);
  // A failed test is no fault of the text.
  assert.deepEqual(
    failures.filter((one) => 'tapError' in one && one.tapError),
    [],
  );
  return { count, failed, skipped };
};

test('KTAP: a TAP reader finds every test at both levels, and a suite fails with what failed in it', async () => {
  for (const example of [EXAMPLE, HOSTILE_RUN, unhappy()]) {
    const { top, nested } = levels(await textOf('ktap', example));
    const inner = nested.map(tap);
    assert.equal(tap(top).count, inner.length);
    assert.equal(tap(top).failed, inner.filter(({ failed }) => failed > 0).length);
  }
  assert.equal(tap(levels(await textOf('ktap', unhappy())).top).failed, 1);
});

test('KTAP: a name cannot make itself a skipped test', async () => {
  assert.equal(tap(levels(await textOf('ktap', HOSTILE_RUN)).top).skipped, 0);
});

test('wide CSV: a reader gets every value; what was not measured is an empty cell; failures say why', async () => {
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
  test(`${id}: the shape that its reader takes, and nothing else in it`, async () => {
    for (const example of [EXAMPLE, HOSTILE_RUN]) {
      const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
      assert.ok(ajv.validate(schema, JSON.parse(await textOf(id, example))), ajv.errorsText());
    }
  });
