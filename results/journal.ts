// Writes a run folder: samples.ndjson, one line per sample in the order of execution, and run.json.
//
// Does:    appends each sample with one write(2) to a file opened with O_APPEND; replaces run.json by rename.
// Error:   a kill can leave the last line incomplete; a full disk fails the append.
// Cost:    no fsync per sample: appended samples survive a kill of the process, not a crash of the machine.
// Leaves:  the run folder.
import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { ResultsError } from './errors.ts';
import type { RunFile, Sample } from './schema/run.ts';

export const SAMPLES_FILE = 'samples.ndjson';
export const RUN_FILE = 'run.json';

const NEWLINE = 0x0a;
const TAIL_BYTES = 65536;

const fileNamePart = (part: string): string =>
  part.replace(/[^A-Za-z0-9.]+/g, '-').replace(/^[-.]+|-+$/g, '') || 'x';

/** `<date>-<host>-<seed>`, safe as a file name. */
export const runFolderName = (startedAt: string, host: string, seed: string): string =>
  `${fileNamePart(startedAt.slice(0, 10))}-${fileNamePart(host.split('.')[0] ?? '')}-${fileNamePart(seed)}`;

/** Length of the file up to the end of its last complete line. */
const wholeLines = (fd: number): number => {
  let end = fstatSync(fd).size;
  const buffer = Buffer.alloc(TAIL_BYTES);
  while (end > 0) {
    const from = Math.max(0, end - TAIL_BYTES);
    const length = readSync(fd, buffer, 0, end - from, from);
    const at = buffer.subarray(0, length).lastIndexOf(NEWLINE);
    if (at >= 0) return from + at + 1;
    end = from;
  }
  return 0;
};

export interface Journal {
  readonly folder: string;
  append(sample: Sample): void;
  /** Replaces run.json. */
  writeRun(run: RunFile): void;
  close(): void;
}

interface JournalOptions {
  /** Continues in a folder that holds samples; an incomplete last line is cut off. */
  readonly resume?: boolean;
}

const writeWhole = (fd: number, bytes: Buffer, path: string): void => {
  const written = writeSync(fd, bytes);
  if (written !== bytes.length)
    throw new ResultsError(`${path}: incomplete write`, {
      facts: [`${written} of ${bytes.length} bytes`],
      hint: 'free disk space',
      code: 'short-write',
    });
};

const replaceFile = (path: string, text: string): void => {
  const temporary = `${path}.new`;
  const fd = openSync(temporary, 'w', 0o644);
  try {
    writeWhole(fd, Buffer.from(text), temporary);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(temporary, path);
};

/** Creates the folder if it is missing. */
export const openJournal = (folder: string, options: JournalOptions = {}): Journal => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, SAMPLES_FILE);
  const fd = openSync(path, 'a+', 0o644);
  const sizeBytes = fstatSync(fd).size;
  if (sizeBytes > 0 && options.resume !== true) {
    closeSync(fd);
    throw new ResultsError('the folder already holds a run', {
      facts: [path],
      hint: 'choose another folder with --out, or remove this folder',
      code: 'EEXIST',
    });
  }
  const whole = wholeLines(fd);
  if (whole < sizeBytes) ftruncateSync(fd, whole);
  return {
    folder,
    append: (sample) => writeWhole(fd, Buffer.from(`${JSON.stringify(sample)}\n`), path),
    writeRun: (run) => replaceFile(join(folder, RUN_FILE), `${JSON.stringify(run, null, 1)}\n`),
    close: () => closeSync(fd),
  };
};
