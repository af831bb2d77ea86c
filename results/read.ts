// Reading a run folder back. Whatever stands in it is untrusted: every error names the file and the line.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ResultsError } from './errors.ts';
import { RUN_FILE, SAMPLES_FILE } from './journal.ts';
import { type Line, linesOf } from './lines.ts';
import type { RunFile, Sample } from './schema/run.ts';
import { checkRun, checkSample } from './shapes.ts';

type Warn = (message: string) => void;

export interface JournalLine {
  readonly path: string;
  /** From 1. */
  readonly number: number;
  readonly line: Line;
}

const cannotRead = (path: string, error: unknown): ResultsError =>
  new ResultsError(`${path}: cannot be read`, {
    facts: [error instanceof Error ? error.message : String(error)],
    hint: 'name a run folder: it holds run.json and samples.ndjson; of a folder of runs: cfsbench pool',
    code: (error as { code?: string }).code ?? 'bad-results',
  });

const parse = (text: string, at: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ResultsError(`${at}: not JSON`, { facts: [(error as Error).message] });
  }
};

export const readRun = (folder: string): RunFile => {
  const path = join(folder, RUN_FILE);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw cannotRead(path, error);
  }
  return checkRun(parse(text, path), path);
};

/**
 * The whole lines of the journal, which are valid until the next one is asked for. A torn last line, as a kill leaves it, is told
 * to `warn` and left out.
 */
export function* journalLines(folder: string, warn: Warn): Generator<JournalLine, undefined> {
  const path = join(folder, SAMPLES_FILE);
  let number = 0;
  try {
    for (const line of linesOf(path)) {
      number++;
      if (line.whole) yield { path, number, line };
      else
        warn(
          `${SAMPLES_FILE}:${number}: the last line is torn and was left out (${line.to - line.from} bytes)`,
        );
    }
  } catch (error) {
    if ((error as { syscall?: string }).syscall !== undefined) throw cannotRead(path, error);
    throw error;
  }
}

export const textOf = ({ line: { bytes, from, to } }: JournalLine): string =>
  bytes.toString('utf8', from, to);

export const sampleOf = (text: string, { path, number }: JournalLine): Sample => {
  const at = `${path}:${number}`;
  return checkSample(parse(text, at), at);
};

/** The samples in the order of execution, one at a time. What is wrong with any of them, but for a torn last line, throws. */
export async function* readSamples(folder: string, warn: Warn = () => {}): AsyncGenerator<Sample> {
  for (const line of journalLines(folder, warn)) yield sampleOf(textOf(line), line);
}
