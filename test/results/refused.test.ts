// Run folders that were cut, edited or written by a newer version: each is refused in one sentence that names the file.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ResultsError } from '../../results/errors.ts';
import { readRun, readSamples } from '../../results/read.ts';
import { exampleRun } from '../report/support/example.ts';

const root = mkdtempSync(join(tmpdir(), 'cfsbench-refused-'));
after(() => rmSync(root, { recursive: true }));
const { run, samples } = exampleRun({ blocks: 1, countPasses: 0, images: ['one'] });
const [runText, sampleText] = [JSON.stringify(run), JSON.stringify(samples[0])];
const DEEP = 200_000;
const deep = `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`;

const errorOf = (work: () => unknown): ResultsError => {
  try {
    work();
  } catch (error) {
    if (error instanceof ResultsError) return error;
    throw error;
  }
  return assert.fail('was accepted');
};

const ofRun = (text: string): ResultsError => {
  writeFileSync(join(root, 'run.json'), text);
  return errorOf(() => readRun(root));
};

const ofSample = (text: string): ResultsError => {
  writeFileSync(join(root, 'samples.ndjson'), `${text}\n`);
  return errorOf(() => [...readSamples(root)]);
};

test('a file that was cut anywhere is not JSON', () => {
  for (let i = 0; i < 40; i++) {
    const end = Math.floor((runText.length * i) / 40);
    assert.match(ofRun(runText.slice(0, end)).message, /run\.json: not JSON$/);
  }
  for (let end = 0; end < sampleText.length; end += 7)
    assert.match(ofSample(sampleText.slice(0, end)).message, /samples\.ndjson:1: not JSON$/);
});

test('the error for a newer version suggests a newer cfsbench', () => {
  for (const error of [ofRun(JSON.stringify({ ...run, schema: 2 })), ofSample('{"schema":2}')]) {
    assert.match(error.message, /: expected schema 1$/);
    assert.match(error.hint ?? '', /newer cfsbench/);
  }
});

test('a value that is not a finite number is refused', () => {
  const wallNs = (value: string): string => runText.replace(/"wallNs":82000000000/, `"wallNs":${value}`);
  for (const value of ['NaN', 'Infinity', '-Infinity', '0x10'])
    assert.match(ofRun(wallNs(value)).message, /run\.json: not JSON$/, value);
  for (const value of ['1e999', '-1e999', '"82"'])
    assert.match(ofRun(wallNs(value)).message, /run\.json: wallNs must be a number or null$/, value);
  assert.deepEqual(ofRun(wallNs('1e999')).facts, ['found: Infinity']);
  assert.match(ofSample(sampleText.replace(/"seq":0/, '"seq":1e999')).message, /:1: seq must be a whole/);
});

test('keys that every object inherits are unknown keys', () => {
  writeFileSync(join(root, 'run.json'), runText.replace('{', '{"__defineGetter__":1,"toString":2,'));
  assert.equal(readRun(root).status, run.status);
});

test('unbounded nesting is refused, and errors escape control characters of the file', () => {
  assert.match(ofRun(deep).message, /nested more than 100 deep$/);
  // Where the schema allows unknown keys, too.
  const unknown = runText.replace('"environment":{', `"environment":{"new":${deep},`);
  assert.match(ofRun(unknown).message, /nested more than 100 deep$/);
  assert.match(
    ofRun(JSON.stringify({ ...run, text: '['.repeat(DEEP), status: 1 })).message,
    /status must be/,
  );
  const nested = ofSample(sampleText.replace(/"seq":0/, `"seq":${deep}`));
  assert.match(nested.message, /:1: seq must be a whole number$/);
  assert.deepEqual(nested.facts, ['found: arrays or objects that are nested too deeply']);
  const hostile = '\u009b31m\u202e\u0007';
  const errors = [
    ofRun(runText.replace('"complete"', `"${hostile}"`)),
    ofSample(sampleText.replace(/"seq":0/, `"seq":"${hostile}"`)),
    ofRun(`{"a":1 ${hostile}`),
  ];
  for (const { message, facts } of errors) assert.match([message, ...facts].join(''), /^[\P{C}]*$/u);
});
