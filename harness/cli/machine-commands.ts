// The commands `cfsbench list`, `doctor` and `clean`. Their modules load much, so they are imported when called.
import { Command } from 'commander';
import type { CleanOptions } from './clean.ts';
import type { DoctorOptions } from './doctor.ts';

const WORK = [
  '--work <DIR>',
  'parent of work folders, whose file system is tested (default: ./runs, as for run; a folder for temporary files where that cannot be written)',
] as const;

export const listCommand = (): Command =>
  new Command('list')
    .description('list backends, scenarios, images, probes and profiles by name')
    .option(...WORK)
    .action(async (options: { readonly work?: string }) => {
      const { list } = await import('./list.ts');
      await list(options);
    });

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('check what this machine can measure, and print how to install what is missing')
    .option('--all', 'print how each feature was found')
    .option('--json', 'print the features found, as JSON')
    .option('--bench', 'check whether the machine is quiet enough to measure on')
    .option('--strict', 'with --bench: exit with 4 on a noisy machine')
    .option(...WORK)
    .addHelpText('after', '\nChanges nothing, except for short-lived files in the folder of --work.')
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./doctor.ts');
      await doctor(options);
    });

const CLEAN_HELP = `
Removes only what belongs to this user and is not in use: folders with the mark
of cfsbench, and unfinished files .cfsbench-new-... that nothing has written to
for an hour; never results, and no cache without --cache. Without DIR: in
./runs, and wherever a run of this user has worked.

Exit codes:
  0    nothing failed; what is in use, recent or not ours is named
  5    some leftovers could not be removed`;

export const cleanCommand = (): Command =>
  new Command('clean')
    .description(
      'remove leftovers: work folders of killed runs and of --keep-work, unfinished files of killed commands; with --cache also caches',
    )
    .argument('[DIR]', 'the folder that holds them, such as that of --work')
    .option('-n, --dry-run', 'print what would be removed; remove nothing')
    .option(
      '--cache',
      'remove the caches, too, and print their sizes: compiled programs and manifests, unless a run measures, and kernels and guests of cfsbench vm; they are made again when needed',
    )
    .addHelpText('after', CLEAN_HELP)
    .action(async (dir: string | undefined, options: CleanOptions) => {
      const { clean } = await import('./clean.ts');
      await clean(dir, options);
    });
