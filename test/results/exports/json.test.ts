// The JSON formats against their readers' shapes: what github-action-benchmark, Bencher and hyperfine's scripts take.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { EXAMPLE, HOSTILE, HOSTILE_RUN, okSamples, textOf } from './support.ts';

const number = { type: 'number' };
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
      stddev: { type: ['number', 'null'] },
      median: number,
      user: { type: ['number', 'null'] },
      system: { type: ['number', 'null'] },
      min: number,
      max: number,
      times: { type: 'array', items: number, minItems: 1 },
      exit_codes: { type: 'array', items: { const: 0 } },
      parameters: { type: 'object', additionalProperties: { type: 'string' } },
    }),
  },
});

for (const [id, schema] of [
  ['github-smaller', GITHUB],
  ['github-bigger', GITHUB],
  ['bencher', BENCHER],
  ['hyperfine', HYPERFINE],
] as const)
  for (const [what, example] of [
    ['the example', EXAMPLE],
    ['hostile names', HOSTILE_RUN],
  ] as const)
    test(`${id}: ${what} has the shape that its reader takes`, async () => {
      const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
      const value: unknown = JSON.parse(await textOf(id, example));
      assert.ok(ajv.validate(schema, value), ajv.errorsText());
    });

const MOUNT = 'churn/store=full/image=debian-12-base/backend=composefs-fuse/mountWallNs';

const mountNs = okSamples(EXAMPLE)
  .filter(
    ({ scenario, pass, arm, params, image }) =>
      scenario === 'churn' &&
      pass === 'time' &&
      arm === 'composefs-fuse' &&
      params['store'] === 'full' &&
      image === 'debian-12-base',
  )
  .map(({ values }) => values['mountWallNs']!);

const middle = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[3]! + sorted[4]!) / 2;
};

test('hyperfine: times are the seconds of the samples', async () => {
  const { results } = JSON.parse(await textOf('hyperfine', EXAMPLE));
  const mount = results.find(
    ({ command }: { command: string }) =>
      command === 'churn store=full debian-12-base composefs-fuse: mountWallNs',
  );
  assert.deepEqual(
    mount.times,
    mountNs.map((ns) => ns / 1e9),
  );
  assert.equal(mount.median, middle(mountNs) / 1e9);
  assert.ok(mount.user > 0 && mount.system > 0);
});

test('github-action-benchmark: rates are in the file of what should be bigger, and only there', async () => {
  const names = async (id: string): Promise<string[]> =>
    (JSON.parse(await textOf(id, EXAMPLE)) as { name: string }[]).map(({ name }) => name);
  const [smaller, bigger] = [await names('github-smaller'), await names('github-bigger')];
  assert.ok(bigger.every((name) => name.endsWith('imagesPerSecond')) && bigger.length > 0);
  assert.ok(smaller.includes(MOUNT));
  assert.deepEqual(
    smaller.filter((name) => bigger.includes(name)),
    [],
  );
});

test('bencher: latency is the median in nanoseconds between its bounds', async () => {
  const { latency } = JSON.parse(await textOf('bencher', EXAMPLE))[MOUNT];
  assert.equal(latency.value, middle(mountNs));
  assert.ok(latency.lower_value <= latency.value && latency.value <= latency.upper_value);
});

test('json: a reader gets a hostile name back as it was', async () => {
  const summary = JSON.parse(await textOf('json', HOSTILE_RUN));
  assert.equal(summary.images[0].name, HOSTILE);
  assert.equal(summary.times[0].image, HOSTILE);
});
