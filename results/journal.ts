// Writes a run folder: samples.ndjson, one line per sample in the order of execution, and run.json.
//
// Does:    appends each sample with one write(2) to a file opened with O_APPEND; replaces run.json by rename.
// Error:   a kill can leave the last line incomplete; a full disk fails the append.
// Cost:    no fsync per sample: appended samples survive a kill of the process, not a crash of the machine.
// Leaves:  the run folder.
import { closeSync, fstatSync, ftruncateSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ResultsError } from './errors.ts';
import { makeFolder, openForAppend } from './files.ts';
import type { RunFile, Sample } from './schema/run.ts';
import { removeTemporaries, replaceFile, writing } from './write-file.ts';

export const SAMPLES_FILE = 'samples.ndjson';
export const CSV_FILE = 'samples.csv';
export const RUN_FILE = 'run.json';

const NEWLINE = 0x0a;
const TAIL_BYTES = 65536;

const fileNamePart = (part: string): string =>
  part
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .slice(0, LONGEST_PART)
    .replace(/^[-.]+|-+$/g, '') || 'x';

const LONGEST_PART = 64;

/** `<date>-<host>-<seed>`, safe as a file name. */
export const runFolderName = (startedAt: string, host: string, seed: string): string =>
  `${fileNamePart(startedAt.slice(0, 10))}-${fileNamePart(host.split('.')[0] ?? '')}-${fileNamePart(seed)}`;

/** True for the id of a run that can be part of a path: one from a run folder is untrusted. */
export const isFileName = (id: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(id);

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
  const written = writing(path, () => writeSync(fd, bytes));
  if (written !== bytes.length)
    throw new ResultsError(`cannot write ${path}: no space left`, {
      facts: [`written: ${written} of ${bytes.length} bytes`],
      hint: 'free disk space',
      code: 'ENOSPC',
    });
};

/** A failed write leaves no part of a line: the next one would be appended to it. */
const openAppender = (fd: number, sizeBytes: number, path: string): ((line: string) => void) => {
  let end = sizeBytes;
  return (line) => {
    const bytes = Buffer.from(`${line}\n`);
    try {
      writeWhole(fd, bytes, path);
    } catch (error) {
      ftruncateSync(fd, end);
      throw error;
    }
    end += bytes.length;
  };
};

/** Creates the folder if it is missing. */
export const openJournal = (folder: string, options: JournalOptions = {}): Journal => {
  makeFolder(folder);
  const path = join(folder, SAMPLES_FILE);
  const { fd, sizeBytes } = openForAppend(path);
  if (sizeBytes > 0 && options.resume !== true) {
    closeSync(fd);
    throw new ResultsError('the folder already holds a run', {
      facts: [path],
      hint: 'choose another folder with --out, or remove this folder',
      code: 'EEXIST',
    });
  }
  removeTemporaries(folder);
  const whole = wholeLines(fd);
  if (whole < sizeBytes) ftruncateSync(fd, whole);
  const append = openAppender(fd, whole, path);
  return {
    folder,
    append: (sample) => append(JSON.stringify(sample)),
    writeRun: (run) => replaceFile(join(folder, RUN_FILE), `${JSON.stringify(run, null, 1)}\n`),
    close: () => closeSync(fd),
  };
};
