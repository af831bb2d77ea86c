import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { machineFormats } from '../../../results/exports/registry.ts';
import { loadRun } from '../../../results/gate/load.ts';
import { exampleRun } from '../../report/support/example.ts';
import { withRunFolder } from '../../report/support/folder.ts';

const HOSTILE = 'a"b<c>&]]>\n# x | \u0001\u202e,=1+1 / é';

const textOf = (id: string, name = 'debian-12-base'): Promise<string> =>
  withRunFolder(exampleRun({ images: [name], blocks: 8, countPasses: 1 }), async (folder) => {
    const pieces: string[] = [];
    for await (const piece of machineFormats.find((one) => one.id === id)!.pieces(await loadRun(folder)))
      pieces.push(piece);
    return pieces.join('');
  });

for (const { id } of machineFormats)
  test(`${id}: the same run gives the same bytes`, async () => {
    assert.equal(await textOf(id), await textOf(id));
  });

test('go: every line is a key, a unit, a benchmark with an even number of fields, or empty', async () => {
  const lines = (await textOf('go', HOSTILE)).split('\n').slice(0, -1);
  for (const line of lines.filter((one) => one !== ''))
    assert.match(line, /^(?:[a-z]+: .*|Unit \S+( \w+=\w+)+|Benchmark[A-Z]\S* 1 [\d.e+-]+ \S+)$/);
  const mounts = lines.filter((line) =>
    /^BenchmarkChurn.*backend=erofs-overlay\/metric=mountWallNs /.test(line),
  );
  assert.equal(mounts.length % 8, 0);
  assert.ok(mounts.length > 0);
});

test('go: counts of which more are better have a unit of their own', async () => {
  const made = exampleRun({ images: ['one'], blocks: 8, countPasses: 3 });
  const { catalogue } = made.run;
  const turned = Object.entries(catalogue.metrics).map(([name, metric]) => [
    name,
    name.endsWith('Count') ? { ...metric, better: 'higher' } : metric,
  ]);
  const run = { ...made.run, catalogue: { ...catalogue, metrics: Object.fromEntries(turned) } };
  const text = await withRunFolder({ ...made, run }, async (folder) => {
    const pieces: string[] = [];
    const go = machineFormats.find(({ id }) => id === 'go')!;
    for await (const piece of go.pieces(await loadRun(folder))) pieces.push(piece);
    return pieces.join('');
  });
  assert.match(text, /^Unit exact-more\/op assume=exact better=higher$/m);
  assert.match(text, /Count 1 \d+ (?:exact-)?more\/op$/m);
  assert.doesNotMatch(text, /Count 1 \d+ (?:exact-)?count\/op$/m);
});

test('hyperfine: times are seconds, and agree with their own summary', async () => {
  const { results } = JSON.parse(await textOf('hyperfine', HOSTILE));
  assert.ok(results.length > 10);
  for (const { times, mean, min, max, median } of results) {
    assert.ok(times.every((one: number) => one > 0 && one < 60));
    assert.ok(Math.abs(times.reduce((a: number, b: number) => a + b, 0) / times.length - mean) < 1e-9);
    assert.ok(min <= median && median <= max);
  }
});

test('github-action-benchmark: each file has one direction, and every entry its fields', async () => {
  const names = new Set<string>();
  for (const direction of ['smaller', 'bigger']) {
    const entries = JSON.parse(await textOf(`github-action-benchmark-${direction}`, HOSTILE));
    assert.ok(entries.length > 0, direction);
    for (const { name, unit, value, range } of entries) {
      assert.equal(names.has(name), false, name);
      names.add(name);
      assert.deepEqual([typeof name, typeof unit, typeof value], ['string', 'string', 'number']);
      if (range !== undefined) assert.match(range, /^± [\d.e+-]+$/);
      assert.equal(direction === 'bigger', /PerSecond$/.test(name), name);
    }
  }
});

test('github-action-benchmark: metrics that are always zero are left out, counted ones are not', async () => {
  const entries = (
    await Promise.all(['smaller', 'bigger'].map((one) => textOf(`github-action-benchmark-${one}`)))
  ).flatMap((text) => JSON.parse(text) as readonly { name: string; value: number }[]);
  const names = entries.map(({ name }) => name);
  assert.equal(names.filter((name) => /left\w+Count$/.test(name)).length, 0);
  assert.equal(
    names.filter((name) => /unpacked-overlay\/metric=(ingest|collect)WallNs$/.test(name)).length,
    0,
  );
  assert.ok(names.some((name) => /unpacked-overlay\/metric=createWallNs$/.test(name)));
  assert.ok(names.some((name) => /composefs-fuse\/metric=fuseLookupCount$/.test(name)));
  assert.deepEqual(
    entries.filter(({ value }) => value === 0),
    [],
  );
});

test('bencher: each benchmark has one measure, with its value within its bounds', async () => {
  const all = Object.values(JSON.parse(await textOf('bencher', HOSTILE))) as Record<
    string,
    { value: number; lower_value?: number; upper_value?: number }
  >[];
  assert.ok(all.length > 10);
  for (const measures of all)
    for (const { value, lower_value = value, upper_value = value } of Object.values(measures))
      assert.ok(lower_value <= value && value <= upper_value);
});

test('ktap: plans and lines agree on both levels', async () => {
  const lines = (await textOf('ktap', HOSTILE)).split('\n').slice(0, -1);
  for (const line of lines)
    assert.match(line, /^(?: {2})?(?:KTAP version 1|1\.\.\d+|# .*|(?:not )?ok \d+ [^#]*(?:# SKIP .*)?)$/);
  const outer = lines.filter((line) => /^(not )?ok /.test(line)).length;
  assert.equal(lines[1], `1..${outer}`);
  const plans = lines.flatMap((line) => /^ {2}1\.\.(\d+)$/.exec(line)?.slice(1).map(Number) ?? []);
  assert.equal(
    lines.filter((line) => /^ {2}(not )?ok /.test(line)).length,
    plans.reduce((a, b) => a + b, 0),
  );
});

const xmllint = spawnSync('xmllint', ['--version']).error === undefined;
test('junit: an XML reader accepts it with hostile names', {
  skip: xmllint ? false : 'no xmllint',
}, async () => {
  const { status, stderr } = spawnSync('xmllint', ['--noout', '-'], {
    input: await textOf('junit', HOSTILE),
  });
  assert.equal(status, 0, String(stderr));
});

test('junit: attributes count the cases', async () => {
  const text = await textOf('junit', HOSTILE);
  assert.doesNotMatch(text, /[\u0000-\u0008]/);
  const total = Number(/<testsuites name="cfsbench" tests="(\d+)"/.exec(text)![1]);
  assert.equal([...text.matchAll(/<testcase /g)].length, total);
  assert.match(text, /<skipped message="/);
});

test('wide-csv: a row for each sample, a column for each metric', async () => {
  const { samples } = exampleRun({ images: ['debian-12-base'], blocks: 8, countPasses: 1 });
  const lines = (await textOf('wide-csv')).trimEnd().split('\n');
  assert.equal(lines.length, samples.length + 1);
  assert.match(lines[0]!, /,outcome,.*mountWallNs/);
});
