// `cfsbench clean`: removes work folders and unfinished files of processes that have ended. Never touches results, nor what cfsbench did
// not make.
import { existsSync, rmSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { cachePath } from '../native/own-place.ts';
import { recordedFolders } from '../sys/folder-index.ts';
import { NO_MARK } from '../sys/marked-folder.ts';
import { readMounts } from '../sys/mountinfo.ts';
import { liveRuns } from '../sys/run-locks.ts';
import { VM_CACHE } from '../vm/cache.ts';
import { cleanFile, leftFilesIn } from './left-files.ts';
import { type Cleaned, cleanOne, failed, leftoversIn } from './leftovers.ts';

const DEFAULT_DIR = 'runs';
const UNMARKED =
  'A folder without a mark belongs to another program, or to a version of cfsbench without marks: rm -r removes it.\n';

const lineOf = (path: string, cleaned: Cleaned): string | null => {
  const name = visible(path);
  switch (cleaned.kind) {
    case 'gone':
      return null;
    case 'live':
      return `in use, not removed: ${name}`;
    case 'recent':
      return `changed in the last hour, not removed: ${name}`;
    case 'strange':
      return `not removed: ${name} (${cleaned.reason})`;
    case 'failed':
      return `cannot remove: ${[name, ...cleaned.facts.map(visible)].join('\n  ')}`;
    default: {
      const why = basename(path) === VM_CACHE ? 'kernels and guests of cfsbench vm' : 'kept by --keep-work';
      const kept = cleaned.isKept ? ` (${why})` : '';
      return `${cleaned.kind === 'removed' ? 'removed' : 'would remove'}: ${name}${kept}`;
    }
  }
};

/** In the folder, or without one in `runs` and wherever a run of this user has worked. */
const pathsOf = (dir: string | undefined): readonly string[] => {
  if (dir === undefined)
    return [...new Set([...leftoversIn(resolve(DEFAULT_DIR)), ...recordedFolders()])].sort();
  if (existsSync(dir)) return leftoversIn(resolve(dir));
  throw new UserError(`no such folder: ${visible(dir)}`, { hint: 'cfsbench clean RUNS_FOLDER' });
};

const filesOf = (dir: string): readonly string[] => (existsSync(dir) ? leftFilesIn(resolve(dir)) : []);

async function* cleanAll(
  dir: string | undefined,
  removes: boolean,
): AsyncGenerator<readonly [path: string, cleaned: Cleaned]> {
  const mounts = readMounts();
  for (const path of pathsOf(dir)) yield [path, await cleanOne(path, () => removes, mounts)];
  for (const path of filesOf(dir ?? DEFAULT_DIR)) yield [path, cleanFile(path, removes)];
}

/** A run takes its server, libraries and manifests from the cache, whenever it needs them. */
const cleanCache = (path: string, removes: boolean): Cleaned => {
  if (liveRuns().length > 0) return { kind: 'live' };
  try {
    if (removes) rmSync(path, { recursive: true });
    return { kind: removes ? 'removed' : 'stays', isKept: false };
  } catch (error) {
    return failed(error);
  }
};

interface Shown {
  count: number;
  failed: number;
  unmarked: number;
}

const show = (path: string, cleaned: Cleaned, shown: Shown): void => {
  const line = lineOf(path, cleaned);
  if (line === null) return;
  const hasFailed = cleaned.kind === 'failed';
  shown.count++;
  if (hasFailed) shown.failed++;
  if (cleaned.kind === 'strange' && cleaned.reason === NO_MARK) shown.unmarked++;
  (hasFailed ? process.stderr : process.stdout).write(`${line}\n`);
};

const showCache = (removes: boolean, shown: Shown): void => {
  const path = cachePath();
  if (path === null || !existsSync(path)) process.stdout.write('no cache folder exists\n');
  else show(path, cleanCache(path, removes), shown);
};

export interface CleanOptions {
  readonly dryRun?: boolean;
  readonly cache?: boolean;
}

export const clean = async (
  dir: string | undefined,
  { dryRun = false, cache = false }: CleanOptions,
): Promise<void> => {
  const shown: Shown = { count: 0, failed: 0, unmarked: 0 };
  if (cache) showCache(!dryRun, shown);
  const before = shown.count;
  for await (const [path, cleaned] of cleanAll(dir, !dryRun)) show(path, cleaned, shown);
  if (shown.count === before) {
    const where =
      dir === undefined ? './runs, nor where earlier runs of this user have worked' : visible(resolve(dir));
    process.stdout.write(`nothing was left in ${where}\n`);
  }
  if (shown.unmarked > 0) process.stdout.write(UNMARKED);
  if (shown.failed > 0)
    throw new UserError(`${shown.failed} of ${shown.count} could not be removed`, { exit: 5 });
};
