// Removes what killed runs left: work folders whose process is gone. Results are never touched.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../model/errors.ts';
import { WORK_PREFIX } from './work-folder.ts';

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Work folders directly below `dir`, each with whether its run still lives. */
export const workFolders = (dir: string): { path: string; live: boolean }[] => {
  if (!existsSync(dir)) return [];
  return readdirSync(dir)
    .filter((name) => name.startsWith(WORK_PREFIX))
    .map((name) => {
      const path = join(dir, name);
      const pid = existsSync(join(path, 'pid'))
        ? Number(readFileSync(join(path, 'pid'), 'utf8'))
        : Number.NaN;
      return { path, live: Number.isInteger(pid) && pid > 0 && alive(pid) };
    });
};

export const cleanCommand = (): Command =>
  new Command('clean')
    .description('remove the work folders of runs that were killed; results stay')
    .argument('[DIR]', 'where runs were kept', 'runs')
    .option('-n, --dry-run', 'only say what would go')
    .action((dir: string, { dryRun }: { dryRun?: boolean }) => {
      if (!existsSync(dir) && dir !== 'runs')
        throw new UserError(`no such folder: ${dir}`, { hint: 'cfsbench clean RUNS_FOLDER' });
      const folders = workFolders(resolve(dir));
      for (const { path, live } of folders) {
        if (live) process.stdout.write(`in use, left alone: ${path}\n`);
        else {
          if (dryRun !== true) rmSync(path, { recursive: true, force: true });
          process.stdout.write(`${dryRun === true ? 'would remove' : 'removed'}: ${path}\n`);
        }
      }
      if (folders.length === 0) process.stdout.write(`nothing left behind in ${resolve(dir)}\n`);
    });
