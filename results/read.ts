// Reads a run folder back. Its contents are untrusted: every error names the file, and the line in the journal.
import { join } from 'node:path';
import { ResultsError } from './errors.ts';
import { readRegular } from './files.ts';
import { RUN_FILE, SAMPLES_FILE } from './journal.ts';
import { parseFlatJson, parseJson } from './json.ts';
import { linesOf } from './lines.ts';
import { checkRun, checkSample } from './schema/check.ts';
import type { RunFile, Sample } from './schema/run.ts';
import { upgradeRun } from './upgrade.ts';

const RUN_MOST_BYTES = 128 * 1024 * 1024;
const HINT =
  'name a run folder, which holds run.json and samples.ndjson; for a folder of several runs: cfsbench pool';

export const readRun = (folder: string): RunFile => {
  const path = join(folder, RUN_FILE);
  const text = readRegular(path, { mostBytes: RUN_MOST_BYTES, hint: HINT }).toString();
  return checkRun(upgradeRun(parseFlatJson(text, path)), path);
};

/** Two processes that wrote one run folder, or an editor. */
const refuseRepeat = (seq: number, first: number, second: number, path: string): never => {
  throw new ResultsError(`${path}: sample ${seq} is in lines ${first} and ${second}`, {
    facts: ['each slot of a run has one sample; two processes may have written this file'],
    hint: 'measure again: cfsbench run',
  });
};

/**
 * The samples of the journal in the order of execution. A last line without its newline, as a kill leaves it, is skipped with a
 * warning; any other bad line throws, and so does a slot with two samples.
 */
export function* readSamples(
  folder: string,
  warn: (message: string) => void = () => {},
): Generator<Sample, undefined> {
  const path = join(folder, SAMPLES_FILE);
  const lineOf = new Map<number, number>();
  let number = 0;
  for (const { text, isWhole } of linesOf(path, { hint: HINT })) {
    const at = `${path}:${++number}`;
    if (!isWhole) {
      warn(
        `${SAMPLES_FILE}:${number}: the last line is incomplete and was skipped (${text.length} characters)`,
      );
      return;
    }
    const sample = checkSample(parseJson(text, at), at);
    const first = lineOf.get(sample.seq);
    if (first !== undefined) refuseRepeat(sample.seq, first, number, path);
    lineOf.set(sample.seq, number);
    yield sample;
  }
}
