// `cfsbench pool RUN…`: several runs of one plan as one report, on any machine.
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import { reportFormats } from '../../report/formats/registry.ts';
import { RUN_FILE } from '../../results/journal.ts';
import { UserError } from '../model/errors.ts';
import { reportExitCode } from './exit-code.ts';
import { runFoldersBelow } from './find-run.ts';
import { formatsOption } from './format-option.ts';
import { addRenderOptions, type RenderOptions, renderFormats } from './render-formats.ts';

const formats = reportFormats.filter(({ pools }) => pools === true);

const HELP = `
Runs of one plan differ by more than the blocks within a run do. The median of
each run counts as one value, however many blocks it has, so that intervals hold
for further runs of the plan. Evidence needs at least five runs.

Examples:
  cfsbench pool runs/evidence
  cfsbench pool runs/monday runs/tuesday runs/wednesday --format mail
  cfsbench pool runs/evidence --format html --out evidence.html`;

/** A folder of runs is replaced by the runs in it. */
const runFoldersIn = (folder: string): readonly string[] => {
  if (existsSync(join(folder, RUN_FILE)) || !existsSync(folder)) return [folder];
  const runs = runFoldersBelow(folder);
  if (runs.length > 0) return runs;
  throw new UserError(`no run in this folder: ${folder}`, {
    facts: [`neither the folder nor a folder in it contains ${RUN_FILE}`],
    hint: 'cfsbench pool runs/<date>-<machine>-<seed> ...',
  });
};

const pool = async (given: readonly string[], options: RenderOptions): Promise<void> => {
  const folders = given.flatMap(runFoldersIn);
  const { loadPool } = await import('../../results/pool/load.ts');
  const name = given.length === 1 ? basename(resolve(given[0]!)) : `pool of ${folders.length} runs`;
  const broken = await renderFormats(
    await loadPool(folders, name),
    null,
    options,
    options.format ?? formats.slice(0, 1),
  );
  process.exitCode = reportExitCode(broken);
};

export const poolCommand = (): Command =>
  addRenderOptions(
    new Command('pool')
      .description('report several runs of one plan together, with intervals over runs')
      .argument('<RUN...>', 'run folders, or folders of runs')
      .addOption(formatsOption('pool', formats, formats.map(({ id }) => id).join(', '))),
  )
    .addHelpText('after', HELP)
    .action(pool);
