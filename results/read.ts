// Reading a run folder back. Whatever stands in it is untrusted: every error names the file and the line.
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ResultsError } from './errors.ts';
import { RUN_FILE, SAMPLES_FILE } from './journal.ts';
import type { RunFile, Sample } from './schema/run.ts';
import { checkRun, checkSample } from './shapes.ts';

const NEWLINE = 0x0a;
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

const cannotRead = (path: string, error: unknown): ResultsError =>
  new ResultsError(`${path}: cannot be read`, {
    facts: [error instanceof Error ? error.message : String(error)],
    hint: 'name a run folder: it holds run.json and samples.ndjson',
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

/** Lines without their newline; the last one says whether it had one. Only 0x0a ends a line. */
async function* lines(path: string): AsyncGenerator<{ readonly bytes: Buffer; readonly whole: boolean }> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  const stream = createReadStream(path, { highWaterMark: 1 << 18 });
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const piece = chunk.subarray(from, at);
      yield { bytes: rest.length === 0 ? piece : Buffer.concat([...rest, piece]), whole: true };
      rest = [];
      restBytes = 0;
      from = at + 1;
    }
    if (from === chunk.length) continue;
    rest.push(chunk.subarray(from));
    restBytes += chunk.length - from;
    if (restBytes > LONGEST_LINE_BYTES)
      throw new ResultsError(`${path}: a line is longer than ${LONGEST_LINE_BYTES} bytes`);
  }
  if (rest.length > 0) yield { bytes: Buffer.concat(rest), whole: false };
}

/**
 * The samples in the order of execution, one at a time. A torn last line, as a kill leaves it, is told to `warn` and left out;
 * anything else that is wrong throws.
 */
export async function* readSamples(
  folder: string,
  warn: (message: string) => void = () => {},
): AsyncGenerator<Sample> {
  const path = join(folder, SAMPLES_FILE);
  let number = 0;
  try {
    for await (const line of lines(path)) {
      number++;
      const at = `${path}:${number}`;
      if (!line.whole) {
        warn(
          `${SAMPLES_FILE}:${number}: the last line is torn and was left out (${line.bytes.length} bytes)`,
        );
        return;
      }
      yield checkSample(parse(line.bytes.toString('utf8'), at), at);
    }
  } catch (error) {
    if (error instanceof ResultsError) throw error;
    if ((error as { syscall?: string }).syscall !== undefined) throw cannotRead(path, error);
    throw error;
  }
}
