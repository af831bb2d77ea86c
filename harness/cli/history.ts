// `cfsbench history`: runs kept as lines that can live in git, and what they say over time.
import { resolve } from 'node:path';
import { Command } from 'commander';
import { UserError } from '../model/errors.ts';

const STORE = 'history';

const HELP = `
The store is a folder with one file per run; files are never rewritten, so that
it can live in git and be merged. Values are compared only where programs,
architecture, path and image are the same.

Examples:
  cfsbench history add runs/2026-01-31-host-1234
  cfsbench history show --store ci/history --scenario churn`;

const add = async (
  folder: string,
  { store, partial }: { store: string; partial?: boolean },
): Promise<void> => {
  const { loadRun } = await import('../../results/gate/load.ts');
  const { linesOf } = await import('../../results/history/line.ts');
  const { addLines } = await import('../../results/history/store.ts');
  const loaded = await loadRun(resolve(folder));
  if (loaded.run.status !== 'complete' && partial !== true)
    throw new UserError(`the run is not complete: ${loaded.run.status}`, {
      facts: [folder],
      hint: `cfsbench run --resume ${folder}, or --partial`,
    });
  const lines = linesOf(loaded);
  if (lines.length === 0)
    throw new UserError('the run has nothing to remember', {
      facts: [folder],
      exit: 6,
      hint: 'cfsbench run',
    });
  const added = addLines(resolve(store), loaded.run.id, lines);
  process.stdout.write(`${loaded.run.id}: ${added}, ${lines.length} lines in ${store}\n`);
};

interface Shown {
  readonly store: string;
  readonly scenario?: string;
  readonly metric?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

const show = async ({ store, scenario, metric, all, json }: Shown): Promise<void> => {
  const { readHistory } = await import('../../results/history/store.ts');
  const { trends } = await import('../../results/history/trends.ts');
  const { historyText } = await import('../../report/history/text.ts');
  const lines = readHistory(resolve(store)).filter(
    (line) => (scenario ?? line.scenario) === line.scenario && line.what.includes(metric ?? ''),
  );
  const found = trends(lines);
  const columns = Math.min(process.stdout.columns ?? 80, 100);
  process.stdout.write(
    json === true
      ? `${JSON.stringify(found, null, 1)}\n`
      : historyText(found, { columns, all: all === true }),
  );
};

export const historyCommand = (): Command => {
  const command = new Command('history')
    .description('keep runs over time, and see where a metric changed')
    .addHelpText('after', HELP);
  command
    .command('add')
    .description('add a run; adding the same one again changes nothing')
    .argument('<RUN>', 'the run folder')
    .option('--store <DIR>', 'the folder that holds the history', STORE)
    .option('--partial', 'accept a run that is not complete')
    .action(add);
  command
    .command('show')
    .description('series that changed: where, with which commit, from what to what')
    .option('--store <DIR>', 'the folder that holds the history', STORE)
    .option('--scenario <NAME>', 'only this scenario')
    .option('--metric <TEXT>', 'only metrics or calls with this in their name')
    .option('--all', 'every series, also those without a change')
    .option('--json', 'for machines')
    .action(show);
  return command;
};
