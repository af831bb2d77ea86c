// private.json of a run folder: the options as they were typed, and the working directory. `run --resume` and `compare --confirm` need
// them; nothing that is published is made from this file.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readRegular } from '../../results/files.ts';
import { parseJson } from '../../results/json.ts';
import type { RecordedOptions, RunFile } from '../../results/schema/run.ts';
import { visible } from '../../results/visible.ts';
import { replaceFile } from '../../results/write-file.ts';
import { UserError } from '../model/errors.ts';

export const PRIVATE_FILE = 'private.json';
export const PRIVATE_MODE = 0o600;
const MOST_BYTES = 1024 * 1024;

export interface PrivateOptions {
  /** Options contain relative paths. */
  readonly cwd: string;
  readonly options: RecordedOptions['options'];
}

export const writePrivate = (runDir: string, { cwd, options }: PrivateOptions): void =>
  replaceFile(join(runDir, PRIVATE_FILE), `${JSON.stringify({ cwd, options }, null, 1)}\n`, PRIVATE_MODE);

const isPrivateOptions = (value: unknown): value is PrivateOptions => {
  if (typeof value !== 'object' || value === null) return false;
  const { cwd, options } = value as Readonly<Record<string, unknown>>;
  return (
    typeof cwd === 'string' && typeof options === 'object' && options !== null && !Array.isArray(options)
  );
};

/** Null if the folder was copied without the file. Runs of older versions have it in run.json. */
export const readPrivate = (runDir: string, { asked }: RunFile): PrivateOptions | null => {
  const path = join(runDir, PRIVATE_FILE);
  if (!existsSync(path)) return asked?.cwd === undefined ? null : { cwd: asked.cwd, options: asked.options };
  const value = parseJson(readRegular(path, { mostBytes: MOST_BYTES }).toString(), path);
  if (isPrivateOptions(value)) return value;
  throw new UserError(`${visible(path)} is damaged`, {
    facts: ['cwd must be a string, and options an object'],
    hint: 'start a new run: cfsbench run',
  });
};
