// The history on disk: one file per run, one line per metric, never rewritten. Files of different runs never touch, so two
// branches that each added runs merge without conflict.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ResultsError } from '../errors.ts';
import { checkLine, type Line } from './line.ts';

const SUFFIX = '.ndjson';

/** Run ids are safe as file names where this program made them; what stands in a run folder is untrusted. */
const fileOf = (dir: string, run: string): string => {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(run))
    throw new ResultsError('the id of the run is no file name', { facts: [JSON.stringify(run)] });
  return join(dir, `${run}${SUFFIX}`);
};

export type Added = 'added' | 'was there already';

export const addLines = (dir: string, run: string, lines: readonly Line[]): Added => {
  const path = fileOf(dir, run);
  const bytes = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (existsSync(path)) {
    if (readFileSync(path, 'utf8') === bytes) return 'was there already';
    throw new ResultsError('the history has another run of the same name', {
      facts: [path],
      hint: 'the history is never rewritten: add to another --store, or remove that file by hand',
      code: 'EEXIST',
    });
  }
  mkdirSync(dir, { recursive: true });
  writeFileSync(`${path}.new`, bytes);
  renameSync(`${path}.new`, path);
  return 'added';
};

const readFile = (path: string): Line[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line, i, all): Line[] => {
      if (line === '' && i === all.length - 1) return [];
      const at = `${path}:${i + 1}`;
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch (error) {
        throw new ResultsError(`${at}: not JSON`, {
          facts: [(error as Error).message],
          hint: 'remove the line or the file: the run can be added again',
        });
      }
      return [checkLine(value, at)];
    });

/** Of all runs, in the order in which they were begun. */
export const readHistory = (dir: string): readonly Line[] => {
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir)
    .filter((name) => name.endsWith(SUFFIX))
    .sort();
  const lines = files.flatMap((name) => readFile(join(dir, name)));
  const order = (line: Line): string => `${line.startedAt} ${line.run}`;
  return lines.sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
};
