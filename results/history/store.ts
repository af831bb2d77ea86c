// The history on disk: one file per run, one line per metric, never rewritten, also not by two programs that add at the same time.
// Two branches that each added runs merge without conflict.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ResultsError } from '../errors.ts';
import { makeFolder, readRegular, removeEmpty } from '../files.ts';
import { isFileName } from '../journal.ts';
import { parseJson } from '../json.ts';
import { linesOf } from '../lines.ts';
import { checkHistoryLine } from '../schema/check.ts';
import type { HistoryLine } from '../schema/history.ts';
import { explaining } from '../system-error.ts';
import { createFile } from '../write-file.ts';

const SUFFIX = '.ndjson';
const MOST_BYTES = 64 * 1024 * 1024;

const fileOf = (dir: string, run: string): string => {
  if (!isFileName(run))
    throw new ResultsError('the id of the run cannot be a file name', { facts: [JSON.stringify(run)] });
  return join(dir, `${run}${SUFFIX}`);
};

type AddResult = 'added' | 'already there';

const isMade = (dir: string, path: string, bytes: string): boolean => {
  const made = makeFolder(dir);
  try {
    return createFile(path, bytes);
  } catch (error) {
    removeEmpty(made);
    throw error;
  }
};

const readFile = (path: string): readonly HistoryLine[] =>
  [...linesOf(path)].map(({ text }, i) => {
    const at = `${path}:${i + 1}`;
    return checkHistoryLine(
      parseJson(text, at, { hint: 'remove the file and add its run again: cfsbench history add RUN' }),
      at,
    );
  });

/** Of the run that is in the history already, with other bytes. */
const refusal = (path: string, [given]: readonly HistoryLine[]): ResultsError => {
  const [stored] = readFile(path);
  const isSame = stored?.startedAt === given?.startedAt && stored?.host === given?.host;
  return isSame
    ? new ResultsError('the history has this run with other values', {
        facts: [path, 'as after --partial, or as another version of cfsbench reads the run'],
        hint: 'remove that file and add the run again: the history is never rewritten',
        code: 'EEXIST',
      })
    : new ResultsError('the history has another run of the same name', {
        facts: [path],
        hint: 'choose another folder with --store, or remove that file: the history is never rewritten',
        code: 'EEXIST',
      });
};

export const addLines = (dir: string, run: string, lines: readonly HistoryLine[]): AddResult => {
  const path = fileOf(dir, run);
  const bytes = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (!existsSync(path) && isMade(dir, path, bytes)) return 'added';
  if (readRegular(path, { mostBytes: MOST_BYTES }).toString() === bytes) return 'already there';
  throw refusal(path, lines);
};

/** The lines of all runs in the order in which the runs began. */
export const readHistory = (dir: string): readonly HistoryLine[] => {
  if (!existsSync(dir)) return [];
  const files = explaining({ doing: 'list', path: dir }, () => readdirSync(dir))
    .filter((name) => name.endsWith(SUFFIX))
    .sort();
  const lines = files.flatMap((name) => readFile(join(dir, name)));
  const order = ({ startedAt, run }: HistoryLine): string => `${startedAt} ${run}`;
  return lines.sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
};
