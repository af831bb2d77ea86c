// The runs of a folder, and the last run: `runs/latest` is a link to it.
import { existsSync, lstatSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { RUN_FILE } from '../../results/journal.ts';
import { readRun } from '../../results/read.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { PLAN_FILE } from './pool-plan.ts';
import { RUNS } from './runs-folder.ts';

const LATEST = 'latest';

export interface FoundRun {
  readonly folder: string;
  /** The first run of a pool. Null: it cannot be read. */
  readonly run: RunFile | null;
  /** Null: a single run. */
  readonly pooled: readonly string[] | null;
}

const isRunFolder = (folder: string): boolean => existsSync(join(folder, RUN_FILE));

/** The runs in a folder, by name; without the link. */
export const runFoldersBelow = (folder: string): readonly string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => isRunFolder(path) && !lstatSync(path).isSymbolicLink());

/** Runs that are `running` or were `interrupted` can be resumed; one that ran out of time or failed would do so again. */
const hasEnded = ({ status }: RunFile): boolean => status !== 'running' && status !== 'interrupted';

/** Throws for a run that cannot be read: it may be finished, and must not be measured again. */
export const isFinished = (folder: string): boolean => isRunFolder(folder) && hasEnded(readRun(folder));

const readOrNull = (folder: string): RunFile | null => {
  try {
    return readRun(folder);
  } catch {
    return null;
  }
};

const warn = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** The runs of the pool in this folder, the finished ones if there are any; null: it holds no pool. `say`: names runs that cannot be read. */
export const pooledIn = (folder: string, say: (line: string) => void = warn): readonly string[] | null => {
  if (!existsSync(join(folder, PLAN_FILE))) return null;
  const all = runFoldersBelow(folder).flatMap((path) => {
    const run = readOrNull(path);
    if (run !== null) return [{ path, run }];
    say(`cannot be read, left out: ${visible(path)}`);
    return [];
  });
  const finished = all.filter(({ run }) => hasEnded(run));
  return (finished.length > 0 ? finished : all).map(({ path }) => path);
};

/** Runs and pools directly below a folder, the last one first. */
export const runsBelow = (folder: string): readonly FoundRun[] =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => !lstatSync(path).isSymbolicLink())
    .flatMap((path): FoundRun[] => {
      const pooled = pooledIn(path, () => {});
      if (pooled !== null)
        return [{ folder: path, run: pooled[0] === undefined ? null : readOrNull(pooled[0]), pooled }];
      return isRunFolder(path) ? [{ folder: path, run: readOrNull(path), pooled: null }] : [];
    })
    .sort((a, b) => ((a.run?.startedAt ?? '') < (b.run?.startedAt ?? '') ? 1 : -1));

/** The run that the link names, else the one that began last. */
export const lastRun = (): string => {
  const link = join(RUNS, LATEST);
  if (isRunFolder(link) || existsSync(join(link, PLAN_FILE))) return link;
  const last = existsSync(RUNS) ? runsBelow(RUNS).find(({ run }) => run !== null) : undefined;
  if (last !== undefined) return last.folder;
  throw new UserError(`no run in ${resolve(RUNS)}`, {
    hint: 'cfsbench run, or name a run folder: cfsbench report DIR',
  });
};

/** A run elsewhere is not linked; a failure leaves the link as it was, since the last run can be found without it. */
export const linkLatest = (folder: string): void => {
  const runs = dirname(resolve(folder));
  if (runs !== resolve(RUNS)) return;
  const [link, fresh] = [join(runs, LATEST), join(runs, `.${LATEST}-${process.pid}`)];
  try {
    if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === false) return;
    symlinkSync(basename(folder), fresh);
    renameSync(fresh, link);
  } catch {
    rmSync(fresh, { force: true });
  }
};
