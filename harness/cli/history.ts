// `cfsbench history`: runs kept as lines that can live in git, and what they say over time.
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Trend } from '../../results/history/trends.ts';
import { UserError } from '../model/errors.ts';
import { proseColumns } from './columns.ts';
import { writeOut } from './written.ts';

const STORE = 'history';
const RUNS = 'runs';

const HELP = `
The store is a folder with one file per run; files are never rewritten, so that
it can live in git and be merged. Values are compared only where programs,
architecture, path and image are the same.

Examples:
  cfsbench history add runs/2026-01-31-host-1234
  cfsbench history show --store ci/history --scenario churn
  cfsbench history show --format html --out history.html`;

const add = async (
  folder: string,
  { store, partial }: { store: string; partial?: boolean },
): Promise<void> => {
  const { loadRun } = await import('../../results/gate/load.ts');
  const { historyLines } = await import('../../results/history/line.ts');
  const { addLines } = await import('../../results/history/store.ts');
  const loaded = await loadRun(resolve(folder));
  if (loaded.run.status !== 'complete' && partial !== true)
    throw new UserError(`the run is not complete: ${loaded.run.status}`, {
      facts: [folder],
      hint: `cfsbench run --resume ${folder}, or --partial`,
    });
  const lines = historyLines(loaded);
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
  readonly format: 'text' | 'json' | 'html';
  readonly runs: string;
  readonly out?: string;
}

/** What stands in the history is untrusted: only a plain name is looked for, and only below the folder of runs. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** A run's page, seen from where this page will lie; its folder where it has none. */
const hrefFrom =
  ({ runs, out }: Shown) =>
  (run: string): string | null => {
    const folder = resolve(runs, run);
    if (!PLAIN_NAME.test(run) || !existsSync(folder)) return null;
    const page = join(folder, 'report.html');
    const path = relative(out === undefined ? '.' : dirname(resolve(out)), existsSync(page) ? page : folder);
    return path.split('/').map(encodeURIComponent).join('/');
  };

async function* shownAs(found: readonly Trend[], shown: Shown): AsyncGenerator<string> {
  const all = shown.all === true;
  switch (shown.json === true ? 'json' : shown.format) {
    case 'json':
      yield `${JSON.stringify(found, null, 1)}\n`;
      return;
    case 'html': {
      const { historyHtml } = await import('../../report/pages.ts');
      yield historyHtml(found, { all, hrefOf: hrefFrom(shown) });
      return;
    }
    default: {
      const { historyText } = await import('../../report/history/text.ts');
      yield historyText(found, { columns: proseColumns(), all });
    }
  }
}

const show = async (shown: Shown): Promise<void> => {
  const { readHistory } = await import('../../results/history/store.ts');
  const { trends } = await import('../../results/history/trends.ts');
  const { store, scenario, metric, out } = shown;
  const lines = readHistory(resolve(store)).filter(
    (line) => (scenario ?? line.scenario) === line.scenario && line.what.includes(metric ?? ''),
  );
  await writeOut(shownAs(trends(lines), shown), out);
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
    .addOption(
      new Option('--format <FORMAT>', 'html is a page with a chart of every trend')
        .choices(['text', 'json', 'html'])
        .default('text'),
    )
    .option('--json', 'the same as --format json: for machines')
    .option('--runs <DIR>', 'the folder of the runs, for links to them from the page', RUNS)
    .option('--out <FILE>', 'write it there instead of printing it')
    .action(show);
  return command;
};
