// `cfsbench clean`: removes work folders of processes that have ended. Never touches results.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../model/errors.ts';
import { FEATURES_PREFIX } from '../sys/features/folder-name.ts';
import { WORK_PREFIX } from './work-folder.ts';

/** In a work folder that `--keep-work` left on purpose. */
const KEPT_FILE = 'kept';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const ownerOf = (path: string, name: string): number => {
  if (name.startsWith(FEATURES_PREFIX)) return Number.parseInt(name.slice(FEATURES_PREFIX.length), 10);
  const file = join(path, 'pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : Number.NaN;
};

interface WorkFolder {
  readonly path: string;
  /** The run that uses it is still going on. */
  readonly live: boolean;
  readonly kept: boolean;
}

/** Work folders directly below `dir`. */
export const workFolders = (dir: string): readonly WorkFolder[] => {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => name.startsWith(WORK_PREFIX) || name.startsWith(FEATURES_PREFIX))
    .map((name) => {
      const path = join(dir, name);
      const pid = ownerOf(path, name);
      return {
        path,
        live: Number.isInteger(pid) && pid > 0 && isAlive(pid),
        kept: existsSync(join(path, KEPT_FILE)),
      };
    });
};

export const markKept = (workDir: string): void => writeFileSync(join(workDir, KEPT_FILE), '');

/** Layers unpacked in a user namespace have owners that only a user namespace may act for. */
const removeInNamespace = async (path: string): Promise<boolean> => {
  const { probeNamespaces } = await import('../sys/namespace-probe.ts');
  const found = await probeNamespaces();
  if (found.kind === 'refused' || found.privilege === 'root') return false;
  const [program = '', ...prefix] = found.prefix;
  return spawnSync(program, [...prefix, 'rm', '-rf', '--', path], { stdio: 'ignore' }).status === 0;
};

export const removeWorkFolder = async (path: string): Promise<void> => {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (await removeInNamespace(path)) return;
    throw new UserError(`cannot remove the work folder ${path}`, {
      exit: 5,
      facts: [error instanceof Error ? error.message : String(error)],
      hint: `as root: rm -rf ${path}`,
    });
  }
};

const clean = async (dir: string, { dryRun = false }: { readonly dryRun?: boolean }): Promise<void> => {
  if (!existsSync(dir) && dir !== 'runs')
    throw new UserError(`no such folder: ${dir}`, { hint: 'cfsbench clean RUNS_FOLDER' });
  const folders = workFolders(resolve(dir));
  for (const { path, live, kept } of folders) {
    if (!live && !dryRun) await removeWorkFolder(path);
    const verb = live ? 'in use, not removed' : dryRun ? 'would remove' : 'removed';
    process.stdout.write(`${verb}: ${path}${kept && !live ? ' (kept by --keep-work)' : ''}\n`);
  }
  if (folders.length === 0) process.stdout.write(`no work folders in ${resolve(dir)}\n`);
};

export const cleanCommand = (): Command =>
  new Command('clean')
    .description('remove the work folders of runs that were killed or run with --keep-work')
    .argument('[DIR]', 'folder that holds the runs', 'runs')
    .option('-n, --dry-run', 'print what would be removed; remove nothing')
    .addHelpText('after', '\nResults and the work folders of live runs are never removed.')
    .action(clean);
