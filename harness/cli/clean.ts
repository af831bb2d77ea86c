// Removes what killed runs left: work folders whose process is gone. Results are never touched.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../model/errors.ts';
import { FEATURES_PREFIX } from '../sys/features-folder.ts';
import { WORK_PREFIX } from './work-folder.ts';

const alive = (pid: number): boolean => {
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

/** Work folders directly below `dir`, each with whether its run still lives. */
export const workFolders = (dir: string): { path: string; live: boolean }[] => {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => name.startsWith(WORK_PREFIX) || name.startsWith(FEATURES_PREFIX))
    .map((name) => {
      const path = join(dir, name);
      const pid = ownerOf(path, name);
      return { path, live: Number.isInteger(pid) && pid > 0 && alive(pid) };
    });
};

/** Layers unpacked in a user namespace belong to ids that only such a namespace may act for. */
const removeInside = async (path: string): Promise<boolean> => {
  const { probeNamespaces } = await import('../sys/namespace-probe.ts');
  const found = probeNamespaces();
  if (found.kind === 'refused' || found.privilege === 'root') return false;
  const [program = '', ...prefix] = found.prefix;
  return spawnSync(program, [...prefix, 'rm', '-rf', '--', path], { stdio: 'ignore' }).status === 0;
};

/** A work folder whose run is gone. */
export const removeWorkFolder = async (path: string): Promise<void> => {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (await removeInside(path)) return;
    throw new UserError(`not all of it can be removed: ${path}`, {
      exit: 5,
      facts: [error instanceof Error ? error.message : String(error)],
      hint: `as root: rm -rf ${path}`,
    });
  }
};

export const cleanCommand = (): Command =>
  new Command('clean')
    .description('remove the work folders of runs that were killed; results stay')
    .argument('[DIR]', 'where runs were kept', 'runs')
    .option('-n, --dry-run', 'only say what would go')
    .action(async (dir: string, { dryRun }: { dryRun?: boolean }) => {
      if (!existsSync(dir) && dir !== 'runs')
        throw new UserError(`no such folder: ${dir}`, { hint: 'cfsbench clean RUNS_FOLDER' });
      const folders = workFolders(resolve(dir));
      for (const { path, live } of folders) {
        if (live) process.stdout.write(`in use, left alone: ${path}\n`);
        else {
          if (dryRun !== true) await removeWorkFolder(path);
          process.stdout.write(`${dryRun === true ? 'would remove' : 'removed'}: ${path}\n`);
        }
      }
      if (folders.length === 0) process.stdout.write(`nothing left behind in ${resolve(dir)}\n`);
    });
