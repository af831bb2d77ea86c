// The commands `cfsbench list` and `cfsbench doctor`. Their modules load every backend, so they are imported when called.
import { tmpdir } from 'node:os';
import { Command } from 'commander';
import type { DoctorOptions } from './doctor.ts';

const WORK = [
  '--work <DIR>',
  'folder for the work of a run: its file system is tried out',
  tmpdir(),
] as const;

export const listCommand = (): Command =>
  new Command('list')
    .description('list backends, scenarios, images, probes and profiles by name')
    .option(...WORK)
    .action(async (options: { readonly work: string }) => {
      const { list } = await import('./list.ts');
      await list(options);
    });

export const doctorCommand = (): Command =>
  new Command('doctor')
    .description('check what this machine can measure, and print how to get what is missing')
    .option('--all', 'print how each feature was found')
    .option('--json', 'print the features found, as JSON')
    .option('--bench', 'check whether the machine is quiet enough to measure on')
    .option('--strict', 'with --bench: exit with 4 on a noisy machine')
    .option(...WORK)
    .addHelpText('after', '\nChanges nothing, except for short-lived files in the work folder.')
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./doctor.ts');
      await doctor(options);
    });
