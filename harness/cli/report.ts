// `cfsbench report`: renders a run folder again, on any machine; lists the runs of a folder of runs.

import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import { reportFormats } from '../../report/formats/registry.ts';
import { definitionLines } from '../../report/text.ts';
import type { LoadedRun } from '../../results/gate/load.ts';
import { RUN_FILE } from '../../results/journal.ts';
import { shellLine } from '../../results/shell-line.ts';
import { UserError } from '../model/errors.ts';
import { reportExitCode } from './exit-code.ts';
import { formatsOption } from './format-option.ts';
import {
  addRenderOptions,
  formatsFor,
  type RenderOptions,
  renderFormats,
  withKnownClaims,
} from './render-formats.ts';
import { proseColumns } from './terminal-width.ts';

const help = (): string => `
Formats:
${definitionLines(
  reportFormats.map(({ id, title }) => [id, title] as const),
  proseColumns(),
).join('\n')}

The same folder renders to the same bytes every time, without a network, root or
any kernel feature. The exit code is 5 when the rule of a claim fails.

Examples:
  cfsbench report                        # the last run
  cfsbench report runs                   # the runs of a folder
  cfsbench report --open                 # its page, in a browser
  cfsbench report runs/main --out page.html
  cfsbench report runs/main --format mail
  cfsbench report runs/main --format mail --claims C1,C13
  cfsbench report runs/main --format html,mail,markdown --out reports/
  cfsbench report runs/main --format markdown >> "$GITHUB_STEP_SUMMARY"`;

const listRuns = async (folder: string, { format }: RenderOptions): Promise<boolean> => {
  if (existsSync(join(folder, RUN_FILE)) || !existsSync(folder)) return false;
  const { runsBelow } = await import('./find-run.ts');
  const found = runsBelow(folder);
  if (found.length === 0) return false;
  if (format !== undefined)
    throw new UserError(`a folder of ${found.length} runs: ${folder}`, {
      hint: shellLine([
        'cfsbench',
        'report',
        found[0]!.folder,
        '--format',
        format.map(({ id }) => id).join(','),
      ]),
    });
  const { runListText } = await import('../../report/run-list.ts');
  const runs = found.map(({ folder: path, run, pooled }) => ({
    name: basename(path),
    run,
    runCount: pooled?.length ?? 1,
  }));
  process.stdout.write(runListText(runs, proseColumns()));
  return true;
};

const load = async (folder: string, pooled: readonly string[] | null): Promise<LoadedRun> => {
  if (pooled === null) {
    const { loadRun } = await import('../../results/gate/load.ts');
    return loadRun(folder);
  }
  const { loadPool } = await import('../../results/pool/load.ts');
  return loadPool(pooled, basename(resolve(folder)));
};

const report = async (given: string | undefined, typed: RenderOptions): Promise<void> => {
  const options = await withKnownClaims(typed);
  const { lastRun, pooledIn } = await import('./find-run.ts');
  const folder = given ?? lastRun();
  const pooled = pooledIn(folder);
  if (pooled === null && (await listRuns(folder, options))) return;
  const formats = formatsFor(reportFormats, options);
  const broken = await renderFormats(await load(folder, pooled), folder, options, formats);
  process.exitCode = reportExitCode(broken);
};

export const reportCommand = (): Command =>
  addRenderOptions(
    new Command('report')
      .description('render a run folder again, for people or for other programs')
      .argument('[RUN]', 'a run folder, a pool, or a folder of runs (default: the last run in runs)')
      .addOption(formatsOption('report', reportFormats, 'formats of the list below, separated by commas')),
  )
    .addHelpText('after', help)
    .action(report);
