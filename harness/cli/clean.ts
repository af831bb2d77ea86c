// `cfsbench clean`: removes work folders and unfinished files of processes that have ended, and with --cache the caches. Never touches
// results, nor what cfsbench did not make.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { recordedFolders } from '../sys/folder-index.ts';
import { NO_MARK } from '../sys/marked-folder.ts';
import { type Mount, readMounts } from '../sys/mountinfo.ts';
import { cleanCaches } from './caches.ts';
import { cleanFile, leftFilesIn } from './left-files.ts';
import { type Cleaned, cleanOne, hasLeftoverName, leftoversIn } from './leftovers.ts';
import { formatBytes } from './size.ts';

const DEFAULT_DIR = 'runs';
const UNMARKED =
  'A folder without a mark belongs to another program, or to a version of cfsbench without marks: rm -r removes it.\n';

/** `about`: what a cache holds, and its size. */
const lineOf = (path: string, cleaned: Cleaned, about: string | null): string | null => {
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
      const note = about ?? (cleaned.isKept ? 'kept by --keep-work' : null);
      const verb = cleaned.kind === 'removed' ? 'removed' : 'would remove';
      return `${verb}: ${name}${note === null ? '' : ` (${note})`}`;
    }
  }
};

/** In the folder, or without one in `runs` and wherever a run of this user has worked. */
const pathsOf = (dir: string | undefined): readonly string[] => {
  if (dir === undefined)
    return [
      ...new Set([...leftoversIn(resolve(DEFAULT_DIR)), ...recordedFolders().filter(hasLeftoverName)]),
    ].sort();
  if (existsSync(dir)) return leftoversIn(resolve(dir));
  throw new UserError(`no such folder: ${visible(dir)}`, { hint: 'cfsbench clean RUNS_FOLDER' });
};

const filesOf = (dir: string): readonly string[] => (existsSync(dir) ? leftFilesIn(resolve(dir)) : []);

async function* cleanAll(
  dir: string | undefined,
  removes: boolean,
  mounts: readonly Mount[],
): AsyncGenerator<readonly [path: string, cleaned: Cleaned]> {
  for (const path of pathsOf(dir)) yield [path, await cleanOne(path, () => removes, mounts)];
  for (const path of filesOf(dir ?? DEFAULT_DIR)) yield [path, cleanFile(path, removes)];
}

interface Shown {
  count: number;
  failed: number;
  unmarked: number;
}

const show = (path: string, cleaned: Cleaned, shown: Shown, about: string | null = null): void => {
  const line = lineOf(path, cleaned, about);
  if (line === null) return;
  const hasFailed = cleaned.kind === 'failed';
  shown.count++;
  if (hasFailed) shown.failed++;
  if (cleaned.kind === 'strange' && cleaned.reason === NO_MARK) shown.unmarked++;
  (hasFailed ? process.stderr : process.stdout).write(`${line}\n`);
};

const showCaches = async (
  dir: string | undefined,
  removes: boolean,
  mounts: readonly Mount[],
  shown: Shown,
): Promise<void> => {
  for await (const { path, title, bytes, cleaned } of cleanCaches(dir, removes, mounts))
    show(path, cleaned, shown, `${title === null ? '' : `${title}, `}${formatBytes(bytes)}`);
  if (shown.count === 0) process.stdout.write('no cache folder exists\n');
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
  const mounts = readMounts();
  if (cache) await showCaches(dir, !dryRun, mounts, shown);
  const before = shown.count;
  for await (const [path, cleaned] of cleanAll(dir, !dryRun, mounts)) show(path, cleaned, shown);
  if (shown.count === before) {
    const where =
      dir === undefined ? './runs, nor where earlier runs of this user have worked' : visible(resolve(dir));
    process.stdout.write(`nothing was left in ${where}\n`);
  }
  if (shown.unmarked > 0) process.stdout.write(UNMARKED);
  if (shown.failed > 0)
    throw new UserError(`${shown.failed} of ${shown.count} could not be removed`, { exit: 5 });
};
