import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ResultsError } from '../../results/errors.ts';
import { openJournal, runFolderName } from '../../results/journal.ts';
import { readRun, readSamples } from '../../results/read.ts';
import type { Sample } from '../../results/schema/run.ts';
import { exampleRun } from '../report/support/example.ts';

const root = mkdtempSync(join(tmpdir(), 'cfsbench-journal-'));
after(() => rmSync(root, { recursive: true }));

let folders = 0;
const folder = (): string => join(root, String(folders++));
const { run, samples } = exampleRun({ blocks: 1, countPasses: 1, images: ['one'] });

const readAll = async (from: string, warn?: (message: string) => void): Promise<Sample[]> => {
  const all: Sample[] = [];
  for await (const sample of readSamples(from, warn)) all.push(sample);
  return all;
};

const written = (lines: readonly Sample[]): string => {
  const path = folder();
  const journal = openJournal(path);
  for (const sample of lines) journal.append(sample);
  journal.writeRun(run);
  journal.close();
  return path;
};

const refused = async (line: string): Promise<ResultsError> => {
  const path = written(samples.slice(0, 2));
  appendFileSync(join(path, 'samples.ndjson'), `${line}\n`);
  const error = await readAll(path).then(
    () => assert.fail('was accepted'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof ResultsError);
  return error;
};

test('appended samples are read back in order, and run.json unchanged', async () => {
  const path = written(samples);
  assert.deepEqual(await readAll(path), samples);
  assert.deepEqual(readRun(path), run);
  assert.deepEqual(readdirSync(path).sort(), ['run.json', 'samples.ndjson']);
});

test('each sample is one line and is written at once', () => {
  const path = folder();
  const journal = openJournal(path);
  journal.append(samples[0]!);
  assert.equal(readFileSync(join(path, 'samples.ndjson'), 'utf8'), `${JSON.stringify(samples[0])}\n`);
  journal.append(samples[1]!);
  assert.equal(readFileSync(join(path, 'samples.ndjson'), 'utf8').split('\n').length, 3);
  journal.close();
});

test('an incomplete last line is skipped with a warning', async () => {
  const path = written(samples.slice(0, 3));
  appendFileSync(join(path, 'samples.ndjson'), '{"schema":1,"seq":');
  const warnings: string[] = [];
  assert.equal((await readAll(path, (message) => warnings.push(message))).length, 3);
  assert.match(warnings.join(), /samples\.ndjson:4: the last line is incomplete and was skipped/);
});

test('resuming cuts an incomplete line off and continues', async () => {
  const path = written(samples.slice(0, 3));
  appendFileSync(join(path, 'samples.ndjson'), `{"torn":"${'x'.repeat(200_000)}`);
  const journal = openJournal(path, { resume: true });
  journal.append(samples[3]!);
  journal.close();
  const warnings: string[] = [];
  assert.deepEqual(await readAll(path, (message) => warnings.push(message)), samples.slice(0, 4));
  assert.deepEqual(warnings, []);
});

test('a folder that holds a run is refused without resume', () => {
  const path = written(samples.slice(0, 1));
  assert.throws(() => openJournal(path), { name: 'ResultsError', code: 'EEXIST' });
});

test('a line that is not JSON is refused with file and line', async () => {
  assert.match((await refused('{"schema":1,')).message, /samples\.ndjson:3: not JSON/);
});

test('a wrong value is refused with file, line, field and what is allowed', async () => {
  const message = async (change: object): Promise<string> =>
    (await refused(JSON.stringify({ ...samples[0], ...change }))).message.replace(/^.*samples\.ndjson/, '');
  assert.equal(await message({ block: -1 }), ':3: block must be at least 0');
  assert.equal(await message({ block: 1.5 }), ':3: block must be a whole number');
  assert.equal(await message({ pass: 'both' }), ':3: pass must be one of time, count');
  assert.equal(await message({ params: { files: null } }), ':3: params.files must be a string or a number');
  assert.equal(await message({ values: { mountWallNs: '1' } }), ':3: values.mountWallNs must be a number');
  assert.equal(
    await message({ ledger: { use: { ls: { read: 1.5 } } } }),
    ':3: ledger.use.ls.read must be a whole number',
  );
  assert.equal(await message({ outcome: 'failed' }), ':3: code is missing');
  assert.equal(
    await message({ outcome: 'failed', phase: 'walk', code: 'EIO', message: '' }),
    ':3: phase must be one of ingest, create, mount, use, unmount, settle, destroy, collect, prepare, leak',
  );
  assert.equal(await message({ outcome: 'lost' }), ':3: outcome must be one of ok, failed, skipped');
  assert.match((await refused('[]')).message, /:3: expected schema 1/);
});

test('a slot with two samples is refused with both lines', async () => {
  const error = await refused(JSON.stringify(samples[1]));
  assert.match(error.message, /samples\.ndjson: sample 1 is in lines 2 and 3$/);
});

test('a line of a newer version is refused with a hint', async () => {
  const error = await refused(JSON.stringify({ ...samples[0], schema: 2 }));
  assert.match(error.hint ?? '', /newer cfsbench/);
});

test('only a newline ends a line, not U+2028 or a carriage return', async () => {
  const note = 'a\u2028b\u2029c\u0085d\re';
  const sample: Sample = { ...samples[0]!, notes: [note] };
  assert.equal((await readAll(written([sample, samples[1]!])))[0]!.notes[0], note);
});

test('a wrong field of run.json is refused with its name', () => {
  const path = written([]);
  writeFileSync(
    join(path, 'run.json'),
    JSON.stringify({ ...run, images: [{ ...run.images[0], entryCount: null }] }),
  );
  assert.throws(() => readRun(path), {
    name: 'ResultsError',
    message: `${join(path, 'run.json')}: images[0].entryCount must be a whole number`,
    facts: ['found: null'],
  });
  rmSync(join(path, 'run.json'));
  assert.throws(() => readRun(path), { name: 'ResultsError', code: 'ENOENT' });
});

test('a backend whose idle phases are a number is refused, not called a bug', () => {
  const path = written([]);
  const [id = '', backend] = Object.entries(run.catalogue.backends)[0]!;
  const catalogue = { ...run.catalogue, backends: { [id]: { ...backend, idle: 7 } } };
  writeFileSync(join(path, 'run.json'), JSON.stringify({ ...run, catalogue }));
  assert.throws(() => readRun(path), {
    name: 'ResultsError',
    message: `${join(path, 'run.json')}: catalogue.backends.${id}.idle must be an array`,
  });
});

test('a run of an older version, without the fields added since, is read', () => {
  const path = written([]);
  const { conditions: _c, fairness: _f, asked: _a, resumed: _r, ...older } = run;
  const { looks: _l, ended: _e, ab: _b, lives: _v, ...plan } = run.plan;
  writeFileSync(join(path, 'run.json'), JSON.stringify({ ...older, plan }));
  assert.equal(readRun(path).id, run.id);
});

test('a field that this version does not know is kept', () => {
  const path = written([]);
  writeFileSync(join(path, 'run.json'), JSON.stringify({ ...run, later: [1] }));
  assert.deepEqual((readRun(path) as unknown as { later: unknown }).later, [1]);
});

test('a folder name is safe for any host and seed', () => {
  assert.equal(runFolderName('2026-01-15T10:00:00.000Z', 'box.example.org', '42'), '2026-01-15-box-42');
  assert.equal(runFolderName('2026-01-15T10:00:00.000Z', '../etc', '../../x y'), '2026-01-15-x-x-y');
});

test('lines are read one by one', { timeout: 60_000 }, async () => {
  const path = folder();
  openJournal(path).close();
  const line = (seq: number): string => `${JSON.stringify({ ...samples[0], seq })}\n`;
  for (let i = 0; i < 30; i++) {
    const block = Array.from({ length: 1000 }, (_, j) => line(1000 * i + j));
    appendFileSync(join(path, 'samples.ndjson'), block.join(''));
  }
  const before = process.memoryUsage().heapUsed;
  let count = 0;
  let mostBytes = 0;
  for await (const _ of readSamples(path)) {
    if (++count % 1000 === 0) mostBytes = Math.max(mostBytes, process.memoryUsage().heapUsed - before);
  }
  assert.equal(count, 30_000);
  assert.ok(mostBytes < 200e6, `${mostBytes} bytes of heap`);
});
