// `cfsbench fleet slurm|parallel|matrix`: writes scripts for a scheduler. cfsbench itself schedules nothing and starts nothing.

import { chmodSync, statSync } from 'node:fs';
import { Command } from 'commander';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import type { FleetOptions } from './fleet-plan.ts';
import { commaList, wholeNumber } from './option-values.ts';
import { writeOut } from './write-out.ts';

const MOST_REPLICATES = 1000;
const DEFAULT_REPLICATES = 5;
const PERMISSIONS = 0o7777;
const READABLE = 0o444;

const COMMON = `
The printed text contains everything that the engine will run. A replicate that
fails, or never ends, is a missing run with its reason in the report.
Paths in the options of run are those of the machines that run it.`;

const SLURM_HELP = `
Prints a shell script: a job array with one task for each replicate, each alone
on its node, and a job that pools the runs when all tasks have ended, also those
that failed.
The results folder must be shared by all nodes; work folders are on their disks.

Examples:
  cfsbench fleet slurm --replicates 20 --nodes 10 -- --profile full | sh
  cfsbench fleet slurm --results /shared/rack --out rack.sh -- --budget 10m
${COMMON}`;

const PARALLEL_HELP = `
Prints a shell script for GNU parallel, which runs one replicate at a time on
each host and copies the run folders back. Hosts need ssh without a password,
rsync, and cfsbench in the PATH of that login; this machine is localhost.

Examples:
  cfsbench fleet parallel --hosts a,b,c --replicates 15 -- --profile full | sh
  cfsbench fleet parallel --hosts root@10.0.0.7,localhost --out desk.sh
${COMMON}`;

const MATRIX_HELP = `
Prints a GitHub Actions workflow: one job for each replicate on each kind of
runner, its run folder as an artifact, and a job that pools them.

Examples:
  cfsbench fleet matrix --replicates 5 > .github/workflows/cfsbench-fleet.yml
  cfsbench fleet matrix --runners ubuntu-24.04,ubuntu-24.04-arm \\
    --replicates 3 -- --profile quick
${COMMON}`;

const replicates = wholeNumber({ option: '--replicates', least: 1, most: MOST_REPLICATES });
const nodes = wholeNumber({ option: '--nodes', least: 1, most: MOST_REPLICATES });

const common = (name: string, description: string, help: string, runs = 'runs in all'): Command =>
  new Command(name)
    .description(description)
    .argument('[OPTIONS...]', 'after --: options of cfsbench run, without --out and --seed')
    .option('--replicates <N>', `${runs}, 1 to ${MOST_REPLICATES}`, replicates, DEFAULT_REPLICATES)
    .option('--seed <TEXT>', 'seeds are TEXT-1, TEXT-2 and so on (default: a new one)')
    .option('--program <PATH>', 'cfsbench on the machines (default: cfsbench, in the PATH)')
    .option('--out <FILE>', 'write to this file instead of standard output')
    .addHelpText('after', help);

/** For those who may read it. A device or a fifo keeps its mode. */
const makeExecutable = (path: string): void => {
  const stat = statSync(path);
  if (stat.isFile()) chmodSync(path, (stat.mode & PERMISSIONS) | ((stat.mode & READABLE) >> 2));
};

type Make = (words: readonly string[], options: FleetOptions) => Promise<string>;

const writing =
  (make: Make, isProgram: boolean) =>
  async (words: readonly string[], options: FleetOptions): Promise<void> => {
    const text = await make(words, options);
    const { out } = options;
    await writeOut([text], out);
    if (out === undefined) return;
    if (isProgram) makeExecutable(out);
    process.stderr.write(
      `${visible(out)}${isProgram ? `: start it with ${visible(shellLine(['sh', out]))}` : ''}\n`,
    );
  };

const slurm = (): Command =>
  common('slurm', 'a Slurm job array, and a job that pools its runs', SLURM_HELP)
    .option('--results <DIR>', 'shared folder for the results (default: runs/fleet-SEED here)')
    .option('--nodes <N>', 'largest number of nodes to use at the same time', nodes)
    .option('--partition <NAME>', 'passed to sbatch')
    .option('--account <NAME>', 'passed to sbatch')
    .option('--nodelist <LIST>', 'passed to sbatch, for the replicates')
    .option('--time <LIMIT>', 'passed to sbatch, for each replicate')
    .action(
      writing(async (words, options) => (await import('./fleet-slurm.ts')).slurmScript(words, options), true),
    );

const parallel = (): Command =>
  common('parallel', 'a GNU parallel command over ssh, and the report of the runs', PARALLEL_HELP)
    .requiredOption('--hosts <LIST>', 'ssh logins, comma-separated', commaList)
    .option('--results <DIR>', 'folder for the results on this machine (default: runs/fleet-SEED)')
    .action(
      writing(
        async (words, options) => (await import('./fleet-parallel.ts')).parallelScript(words, options),
        true,
      ),
    );

const matrix = (): Command =>
  common(
    'matrix',
    'a GitHub Actions workflow over kinds of runners',
    MATRIX_HELP,
    'runs on each kind of runner',
  )
    .option('--runners <LIST>', 'labels of runners, comma-separated (default: ubuntu-24.04)', commaList)
    .option(
      '--repository <OWNER/NAME>',
      'where cfsbench is checked out from (default: the repository of the workflow)',
    )
    .option(
      '--ref <REVISION>',
      'its branch, tag or commit (default: its default branch, or the commit of the workflow)',
    )
    .action(
      writing(
        async (words, options) => (await import('./fleet-matrix.ts')).matrixWorkflow(words, options),
        false,
      ),
    );

export const fleetCommand = (): Command =>
  new Command('fleet')
    .description('write a script or workflow that repeats a plan on many machines')
    .addCommand(slurm())
    .addCommand(parallel())
    .addCommand(matrix());
