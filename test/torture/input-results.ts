// Reports, comparisons and pools of damaged results.
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { damaged } from '../harness/properties/mutations.ts';
import { when } from './checks.ts';
import { INPUTS, inputTrial, pick, sampleOf, tryCommand } from './input.ts';

const STORED = fileURLToPath(new URL('../../../test/report/stored-run/', import.meta.url));
const REPORTED: readonly number[] = [0, 1, 5];
const REPORTS: readonly (readonly string[])[] = [
  ['report', '--format', 'terminal,markdown,json,csv,html', '--out'],
  ['compare', '--explain'],
  ['pool'],
];

export const resultsTrial = inputTrial(
  'results',
  'reports and comparisons of damaged results',
  (random) => {
    const files = [
      readFileSync(join(STORED, 'run.json')),
      gunzipSync(readFileSync(join(STORED, 'samples.ndjson.gz'))),
    ];
    return files.flatMap((file) => sampleOf(random, damaged([file])).slice(0, INPUTS / 2));
  },
  async ({ bytes, at, run, attempt }) => {
    const folder = join(run.home, `run-${at}`);
    cpSync(STORED, folder, { recursive: true });
    const journal = gunzipSync(readFileSync(join(folder, 'samples.ndjson.gz')));
    rmSync(join(folder, 'samples.ndjson.gz'));
    writeFileSync(join(folder, 'samples.ndjson'), journal);
    writeFileSync(join(folder, at < INPUTS / 2 ? 'run.json' : 'samples.ndjson'), bytes);
    const words = pick(attempt.random, REPORTS);
    const args =
      words.at(-1) === '--out' ? [...words, `${join(run.home, `out-${at}`)}/`, folder] : [...words, folder];
    const found = await tryCommand(attempt, run, { args, codes: REPORTED });
    return [
      ...found,
      ...when(existsSync(join(folder, 'run.json')) === false, 'loss', `${args[0]} removed run.json`),
    ];
  },
);
