import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXAMPLE, HOSTILE_RUN, okSamples, textOf } from './support.ts';

// The grammar of the format's proposal: a key in lower case, a unit line, or a name, a number of iterations, and pairs.
const CONFIG = /^[a-z][^\sA-Z:]*: .*$/;
const UNIT = /^Unit \S+( [a-z]+=\S+)+$/;
const RESULT = /^Benchmark[^a-z\s]\S*( \S+)+$/;
/** Readers take a number at the end of a name for a count of CPUs. */
const CPUS = /^\S*-\d+ /;

for (const [what, example] of [
  ['the example', EXAMPLE],
  ['hostile names', HOSTILE_RUN],
] as const)
  test(`${what}: every line is one of the format`, async () => {
    const lines = (await textOf('go', example)).trimEnd().split('\n');
    for (const line of lines) {
      if (line === '' || CONFIG.test(line) || UNIT.test(line)) continue;
      assert.match(line, RESULT);
      assert.doesNotMatch(line, CPUS);
      const fields = line.split(' ');
      assert.equal(fields.length % 2, 0, line);
      assert.ok(fields.length >= 4, line);
      for (const [at, field] of fields.entries())
        if (at > 0 && at % 2 === (at === 1 ? 1 : 0)) assert.ok(Number.isFinite(Number(field)), line);
    }
  });

test('one line per sample and time, with the value of the journal', async () => {
  const lines = (await textOf('go', EXAMPLE)).split('\n');
  const mounts = okSamples(EXAMPLE).filter(
    ({ scenario, pass, arm, params, image }) =>
      scenario === 'churn' &&
      pass === 'time' &&
      arm === 'composefs-fuse' &&
      params['store'] === 'full' &&
      image === 'debian-12-base',
  );
  const name =
    'BenchmarkChurn/store=full/image=debian-12-base/backend=composefs-fuse/metric=mountWallNs/cache=warm';
  assert.equal(mounts.length, 8);
  assert.deepEqual(
    lines.filter((line) => line.startsWith(`${name} `)),
    mounts.map(({ values }) => `${name} 1 ${values['mountWallNs']} ns/op`),
  );
});

test('exact counts say so, so that a reader takes no mean of them', async () => {
  const text = await textOf('go', EXAMPLE);
  assert.match(text, /^Unit count\/op assume=exact better=lower$/m);
  assert.match(text, /^Unit syscalls\/op assume=exact better=lower$/m);
  assert.match(text, /^Unit op\/s better=higher$/m);
});
