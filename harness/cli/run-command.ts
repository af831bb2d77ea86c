// The command `cfsbench run`: its options and help. What it does is loaded when it is called.
import { Command, Option } from 'commander';
import { definitionLines } from '../../report/text.ts';
import type { AskedPlacement } from '../runner/groups.ts';
import { EXIT_CODES } from './exit-codes-help.ts';
import { duration, MOST_DAYS, wholeNumber } from './option-values.ts';
import { RANGES, type TypedOptions } from './options.ts';
import { profiles } from './profile.ts';
import { refuseWithResume } from './resume-options.ts';
import { proseColumns } from './terminal-width.ts';
import { refuseArguments } from './usage-errors.ts';

const ENVIRONMENT = `
For debugging:
  CFSBENCH_DEBUG=1       on standard error: plan, phases, mount calls, memory
  CFSBENCH_INSPECT=PORT  let the measuring process wait for a debugger`;

const EXAMPLES = `
Examples:
  cfsbench run --profile quick
  cfsbench run --images dir:/srv/rootfs --scenarios walk-cold --budget 5m
  cfsbench run --images oci:./layout:latest --backends headline
  cfsbench run --ab composefs-fuse composefs-fuse@server=./other/cfs-fuse
  cfsbench run --resume runs/2026-01-31-machine-3f9a1c-1234`;

const PLACEMENTS: readonly (readonly [AskedPlacement, string])[] = [
  ['free', 'any CPU'],
  ['same-cpu', 'one CPU for all of them'],
  ['needed', 'free, both for walks, and one CPU for variants of one mount'],
  ['both', 'free, and same-cpu wherever the CPU of a server matters'],
];

const addPlanOptions = (command: Command): Command =>
  command
    .optionsGroup('What to measure:')
    .option('--profile <NAME>', 'a named plan (list below); the other options replace parts of it', 'default')
    .option(
      '--backends <LIST>',
      'arms, comma-separated: BACKEND[@KEY=VALUE;...], headline, or all (default: headline, and the variants that the scenarios need)',
    )
    .option('--scenarios <LIST>', 'scenarios, comma-separated')
    .option(
      '--images <LIST>',
      'fixture:NAME, dump:FILE, dir:PATH, oci:LAYOUT[:TAG|@DIGEST], remote:URL,key=PUBLIC.pem[,least=N], synthetic:files=N, or a family of images: family:base=SOURCE,count=N or oci:LAYOUT:*; comma-separated',
    )
    .option('--ab <ARM...>', 'compare two arms and nothing else, base first')
    .option('--count-only', 'count system calls, FUSE requests and files; time nothing')
    .option('--dry-run', 'print the plan slot by slot; measure nothing')
    .option('--seed <TEXT>', 'repeat the order of an earlier run (default: a new seed, recorded)')
    .option('--resume <DIR>', 'continue an interrupted or killed run, or pool of runs, with its own options')
    .option(
      '--trust-run',
      'with --resume: run the programs and use the folders that the run names, such as its --work',
    );

const rangeOf = (name: keyof typeof RANGES): string => `${RANGES[name].least} to ${RANGES[name].most}`;

const addAmountOptions = (command: Command): Command =>
  command
    .optionsGroup('How much:')
    .option(
      '--budget <TIME>',
      `wall time, such as 90s, 5m or 1h, at most ${MOST_DAYS} days (with --runs: of all runs together)`,
      duration('--budget'),
    )
    .option('--blocks <N>', `complete blocks to measure, ${rangeOf('blocks')}`, wholeNumber(RANGES.blocks))
    .option(
      '--count-passes <N>',
      `counting passes, ${rangeOf('countPasses')}`,
      wholeNumber(RANGES.countPasses),
    )
    .option(
      '--lives <N>',
      `long lives of an image in each timed slot, ${rangeOf('lives')}; the sample is their median`,
      wholeNumber(RANGES.lives),
    )
    .option(
      '--runs <N>',
      `fresh runs of the plan, pooled in one report, ${rangeOf('runs')}`,
      wholeNumber(RANGES.runs),
    );

const addMachineOptions = (command: Command): Command =>
  command
    .optionsGroup('Where and how:')
    .option('--out <DIR>', 'run folder (default: runs/<date>-<machine>-<seed>)')
    .option(
      '--work <DIR>',
      'existing parent of the work folder, on a real file system (default: that of the run folder)',
    )
    .option('--publish-host', 'record the host name instead of a machine label')
    .option('--keep-work', 'keep the work folder and print its path; cfsbench clean removes it')
    .option('--allow-tmpfs', 'accept a work folder in memory, where times do not hold for a disk')
    .option('--allow-parallel', 'measure even while another run measures on this machine; the report says so')
    .option('--strict', 'refuse a noisy machine, and fail a run that was noisy')
    .addOption(
      new Option('--placement <WHERE>', 'CPUs of commands and servers (list below)').choices(
        PLACEMENTS.map(([name]) => name),
      ),
    );

const definitions = (title: string, entries: readonly (readonly [string, string])[]): string =>
  [`\n${title}:`, ...definitionLines(entries, proseColumns())].join('\n');

const listsHelp = (): string =>
  [
    definitions(
      'Profiles',
      profiles.map(({ id, title }) => [id, title]),
    ),
    definitions('Placements', PLACEMENTS),
  ].join('\n');

export const runCommand = (version: string): Command =>
  [addPlanOptions, addAmountOptions, addMachineOptions]
    .reduce(
      (command, add) => add(command),
      new Command('run').description(
        'measure images on every backend and print the report (the default command)',
      ),
    )
    .helpOption('-h, --help', 'display help for command')
    .allowExcessArguments()
    .addHelpText(
      'after',
      () =>
        `${listsHelp()}\n\nNames of backends, scenarios and images: cfsbench list\n${EXAMPLES}\n${EXIT_CODES}\n${ENVIRONMENT}`,
    )
    .action(async (typed: TypedOptions, command: Command) => {
      refuseArguments(command);
      refuseWithResume(command, typed);
      const { run } = await import('./run.ts');
      await run(typed, version);
    });
