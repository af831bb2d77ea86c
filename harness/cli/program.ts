// The program's words. `run` is what happens when no command is named.
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { cleanCommand } from './clean.ts';
import { proseColumns } from './columns.ts';
import { compareCommand } from './compare.ts';
import { parseDurationNs } from './duration.ts';
import { historyCommand } from './history.ts';
import { imageCommand } from './image-command.ts';
import { doctorCommand, listCommand } from './machine-commands.ts';
import type { TypedOptions } from './options.ts';
import { poolCommand } from './pool.ts';
import { profiles } from './profile.ts';
import { reportCommand } from './report.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is wanted');
  return Number(text);
};

const EXIT_CODES = `
Exit codes: 0 measured; 1 usage or internal error; 4 this machine cannot do what
was asked for; 5 a slot failed or something was left behind; 6 nothing was
measured; 124 out of time (what was measured is kept); 130 interrupted (the same).`;

const runCommand = (): Command =>
  new Command('run')
    .description(
      'measure: create, use and destroy images on every backend, then report (the default command)',
    )
    .option(
      '--profile <NAME>',
      `how much: ${profiles.map((profile) => `${profile.id} (${profile.title})`).join('; ')}`,
      'default',
    )
    .option(
      '--backends <LIST>',
      'backends, comma-separated; headline or all stand for several (default: headline, and the variants that a scenario needs; see cfsbench list)',
    )
    .option('--scenarios <LIST>', 'scenarios, comma-separated (default: those of the profile)')
    .option(
      '--images <LIST>',
      'fixture:NAME, dump:FILE, dir:PATH, oci:LAYOUT[:TAG], synthetic:files=N, comma-separated (default: those of the profile)',
    )
    .option(
      '--blocks <N>',
      'complete blocks to measure, at least 8 (default: that of the profile)',
      wholeNumber,
    )
    .option(
      '--budget <TIME>',
      'wall time to stay within, such as 90s, 5m, 1h (default: that of the profile)',
      parseDurationNs,
    )
    .option(
      '--ab <ARM...>',
      'compare two arms and nothing else, base first; an arm is backend[@key=value,...], such as composefs-fuse@server=PATH',
    )
    .option('--count-only', 'count system calls, requests and files; time nothing')
    .option('--count-passes <N>', 'counting passes (default: that of the profile)', wholeNumber)
    .option(
      '--lives <N>',
      'long lives of an image within one timed slot; the value is their median (default: that of the profile)',
      wholeNumber,
    )
    .option(
      '--runs <N>',
      'fresh runs of the plan, put together by run (default: that of the profile); --budget is for all of them',
      wholeNumber,
    )
    .option('--dry-run', 'print the plan, slot by slot; measure nothing')
    .option('--strict', 'refuse a machine that is too noisy, and fail a run that was')
    .option('--resume <DIR>', 'go on with a run, or several, that were interrupted or killed')
    .addOption(
      new Option(
        '--placement <WHERE>',
        'leave commands and servers to the scheduler, or run all of a slot on one CPU; needed: on one CPU what only there can be told apart (default: that of the profile)',
      ).choices(['free', 'same-cpu', 'needed', 'both']),
    )
    .option('--seed <TEXT>', 'repeats the order of an earlier run (default: a new one, recorded)')
    .option('--out <DIR>', 'result folder (default: runs/<date>-<host>-<seed>)')
    .option(
      '--work <DIR>',
      'folder for stores and mounts, on a real file system (default: beside the results)',
    )
    .option('--allow-tmpfs', 'accept a work folder in memory, which says nothing about disks')
    .addHelpText(
      'after',
      `
Examples:
  cfsbench run --profile quick
  cfsbench run --images dir:/srv/rootfs --scenarios walk-cold --budget 5m
  cfsbench run --images oci:./layout:latest --backends erofs-overlay,unpacked-overlay
  cfsbench run --ab composefs-fuse composefs-fuse@server=./other/cfs-fuse --profile ci
  cfsbench run --resume runs/2026-01-31-host-1234
${EXIT_CODES}`,
    )
    .action(async (typed: TypedOptions) => {
      // Measuring loads ten times what the other commands need.
      const { run } = await import('./run.ts');
      await run(typed, version);
    });

export const program = (): Command =>
  new Command('cfsbench')
    .description(
      'Measures what it costs to create, use and destroy container images on composefs over FUSE, on EROFS + overlayfs, and as layers unpacked to files.',
    )
    .version(version)
    .configureHelp({ helpWidth: proseColumns() })
    .showHelpAfterError('(cfsbench --help shows what there is)')
    .addCommand(runCommand(), { isDefault: true })
    .addCommand(compareCommand())
    .addCommand(historyCommand())
    .addCommand(reportCommand())
    .addCommand(poolCommand())
    .addCommand(listCommand())
    .addCommand(doctorCommand())
    .addCommand(cleanCommand())
    .addCommand(imageCommand())
    .addHelpText('after', EXIT_CODES);
