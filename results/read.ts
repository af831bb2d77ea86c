// Reads a run folder back. Its contents are untrusted: every error names the file, and the line in the journal.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ResultsError } from './errors.ts';
import { RUN_FILE, SAMPLES_FILE } from './journal.ts';
import { parseJson } from './json.ts';
import { linesOf } from './lines.ts';
import { checkRun, checkSample } from './schema/check.ts';
import type { RunFile, Sample } from './schema/run.ts';
import { upgradeRun } from './upgrade.ts';

const cannotRead = (path: string, error: unknown): ResultsError =>
  new ResultsError(`${path}: cannot be read`, {
    facts: [error instanceof Error ? error.message : String(error)],
    hint: 'name a run folder, which holds run.json and samples.ndjson; for a folder of several runs: cfsbench pool',
    code: (error as { code?: string }).code ?? 'bad-results',
  });

export const readRun = (folder: string): RunFile => {
  const path = join(folder, RUN_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw cannotRead(path, error);
  }
  return checkRun(upgradeRun(parseJson(text, path)), path);
};

/**
 * The samples of the journal in the order of execution. A last line without its newline, as a kill leaves it, is skipped with a
 * warning; any other bad line throws.
 */
export function* readSamples(
  folder: string,
  warn: (message: string) => void = () => {},
): Generator<Sample, undefined> {
  const path = join(folder, SAMPLES_FILE);
  let number = 0;
  try {
    for (const { text, isWhole } of linesOf(path)) {
      const at = `${path}:${++number}`;
      if (isWhole) yield checkSample(parseJson(text, at), at);
      else
        warn(
          `${SAMPLES_FILE}:${number}: the last line is incomplete and was skipped (${text.length} characters)`,
        );
    }
  } catch (error) {
    if ((error as { syscall?: string }).syscall !== undefined) throw cannotRead(path, error);
    throw error;
  }
}
