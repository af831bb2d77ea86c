// `cfsbench pool RUN…`: several runs of one plan as one report, on any machine.
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { reportFormats } from '../../report/formats/registry.ts';
import { RUN_FILE } from '../../results/journal.ts';
import { UserError } from '../model/errors.ts';
import { poolExitCode } from './exit-code.ts';
import type { RunsToPool } from './expected-runs.ts';
import { formatsOption } from './format-option.ts';
import {
  addRenderOptions,
  formatsFor,
  type RenderOptions,
  renderFormats,
  withKnownClaims,
} from './render-formats.ts';

const formats = reportFormats.filter(({ pools }) => pools === true);

const HELP = `
Runs of one plan differ by more than the blocks within a run do. The median of
each run counts as one value, however many blocks it has, so that intervals hold
for further runs of the plan. Evidence needs at least five runs.

Runs of several machines are resampled by machine, run and block. The report has
each row by machine and by kernel, names the machines that disagree with the
others, and compares the counts of all of them.

Examples:
  cfsbench pool runs/evidence
  cfsbench pool runs/monday runs/tuesday runs/wednesday --format mail
  cfsbench pool runs/evidence --format html --out evidence.html
  cfsbench pool --expect runs/rack/fleet.json`;

/** A folder of runs is replaced by the runs in it. If runs are expected, a folder without any lacks them all. */
const runFoldersIn = async (folder: string, isExpected: boolean): Promise<readonly string[]> => {
  if (existsSync(join(folder, RUN_FILE)) || !existsSync(folder)) return [folder];
  const { runFoldersBelow } = await import('./find-run.ts');
  const runs = runFoldersBelow(folder);
  if (runs.length > 0 || isExpected) return runs;
  throw new UserError(`no run in this folder: ${folder}`, {
    facts: [`neither the folder nor a folder in it contains ${RUN_FILE}`],
    hint: 'cfsbench pool runs/<date>-<machine>-<seed> ...',
  });
};

interface PoolCommandOptions extends RenderOptions {
  readonly expect?: string;
}

const runsToPool = async (given: readonly string[], expect: string | undefined): Promise<RunsToPool> => {
  const found = async (): Promise<readonly string[]> =>
    (await Promise.all(given.map((folder) => runFoldersIn(folder, expect !== undefined)))).flat();
  if (expect !== undefined) {
    const { expectedRuns } = await import('./expected-runs.ts');
    return expectedRuns(expect, given, found);
  }
  if (given.length > 0) return { folders: await found(), options: {} };
  throw new UserError('no run to pool', {
    hint: 'cfsbench pool RUN..., or cfsbench pool --expect fleet.json',
  });
};

const nameOf = (given: readonly string[], folders: readonly string[], expect: string | undefined): string => {
  if (given.length === 1) return basename(resolve(given[0]!));
  if (given.length === 0 && expect !== undefined) return basename(dirname(resolve(folders[0] ?? expect)));
  return `pool of ${folders.length} runs`;
};

const pool = async (given: readonly string[], typed: PoolCommandOptions): Promise<void> => {
  const options = await withKnownClaims(typed);
  const { folders, options: expected } = await runsToPool(given, options.expect);
  const { loadPool } = await import('../../results/pool/load.ts');
  const loaded = await loadPool(folders, nameOf(given, folders, options.expect), expected);
  const broken = await renderFormats(loaded, null, options, formatsFor(formats, options));
  process.exitCode = poolExitCode(broken, {
    missing: loaded.pool.missing?.length ?? 0,
    status: loaded.run.status,
  });
};

export const poolCommand = (): Command =>
  addRenderOptions(
    new Command('pool')
      .description('report several runs of one plan together, with intervals over runs')
      .argument('[RUN...]', 'run folders, or folders of runs')
      .option(
        '--expect <N|FILE>',
        'number of expected runs, or the fleet.json of cfsbench fleet: missing runs are named with their reasons, exit code 5',
      )
      .addOption(formatsOption('pool', formats, formats.map(({ id }) => id).join(', '))),
  )
    .addHelpText('after', HELP)
    .action(pool);
