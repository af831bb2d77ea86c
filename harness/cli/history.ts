// `cfsbench history`: runs as lines that can be kept in git, and changes of metrics over time.

import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { jsonText } from '../../results/exports/json-text.ts';
import type { Trend } from '../../results/history/trends.ts';
import type { HistoryLine } from '../../results/schema/history.ts';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { didYouMean } from '../model/nearest-name.ts';
import { RUNS } from './runs-folder.ts';
import { proseColumns } from './terminal-width.ts';
import { writeOut } from './write-out.ts';

const STORE = 'history';

const HELP = `
The history is a folder with one file per run. Files are never rewritten, so the
folder can be kept in git and merged. Values are compared only between runs with
the same programs, architecture, path length and image. A folder that --store
names must exist.

Examples:
  cfsbench history add runs/2026-01-31-machine-3f9a1c-1234
  cfsbench history show --store ci/history --scenario churn
  cfsbench history show --format html --out history.html`;

/** A folder that was named and is missing is probably a typing error; only the default one is made. */
const refuseMissing = (store: string, command: Command): void => {
  if (command.getOptionValueSource('store') === 'default' || existsSync(store)) return;
  throw new UserError(`no such folder: ${store}`, {
    hint: `${shellLine(['mkdir', '-p', store])}, or --store with the folder of the history`,
  });
};

interface AddOptions {
  readonly store: string;
  readonly partial?: boolean;
}

const add = async (folder: string, { store, partial }: AddOptions, command: Command): Promise<void> => {
  refuseMissing(store, command);
  const { loadRun } = await import('../../results/gate/load.ts');
  const { historyLines } = await import('../../results/history/line.ts');
  const { addLines } = await import('../../results/history/store.ts');
  const loaded = await loadRun(resolve(folder));
  if (loaded.run.status !== 'complete' && partial !== true)
    throw new UserError(`cannot add ${folder}: the run is not complete`, {
      facts: [`status: ${loaded.run.status}`],
      hint: `${shellLine(['cfsbench', 'run', '--resume', folder])}, or ${shellLine(['cfsbench', 'history', 'add', folder, '--partial'])}`,
    });
  const lines = historyLines(loaded);
  if (lines.length === 0)
    throw new UserError(`cannot add ${folder}: the run has no values`, { exit: 6, hint: 'cfsbench run' });
  const added = addLines(resolve(store), loaded.run.id, lines);
  process.stdout.write(`${visible(loaded.run.id)}: ${added}, ${lines.length} lines in ${visible(store)}\n`);
};

interface ShowOptions {
  readonly store: string;
  readonly scenario?: string;
  readonly metric?: string;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly format: 'text' | 'json' | 'html';
  readonly runs: string;
  readonly out?: string;
}

/** Files of the history are untrusted: only plain names are looked up, and only below the folder of runs. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Link from the history page to the page of a run, or to its folder. */
const hrefFrom =
  ({ runs, out }: ShowOptions) =>
  (run: string): string | null => {
    const folder = resolve(runs, run);
    if (!PLAIN_NAME.test(run) || !existsSync(folder)) return null;
    const page = join(folder, 'report.html');
    const path = relative(out === undefined ? '.' : dirname(resolve(out)), existsSync(page) ? page : folder);
    return path.split('/').map(encodeURIComponent).join('/');
  };

async function* piecesOf(trends: readonly Trend[], options: ShowOptions): AsyncGenerator<string> {
  const all = options.all === true;
  switch (options.json === true ? 'json' : options.format) {
    case 'json':
      yield jsonText(trends);
      return;
    case 'html': {
      const { historyHtml } = await import('../../report/pages.ts');
      yield historyHtml(trends, { all, hrefOf: hrefFrom(options) });
      return;
    }
    default: {
      const { historyText } = await import('../../report/history/text.ts');
      yield historyText(trends, { columns: proseColumns(), all });
    }
  }
}

/** A filter that leaves nothing of a history is probably a typing error. */
const refuseNothing = (
  all: readonly HistoryLine[],
  found: readonly unknown[],
  { store, scenario, metric }: ShowOptions,
): void => {
  if (all.length === 0 || found.length > 0) return;
  const known = [...new Set(all.map((line) => line.scenario))].sort();
  if (scenario !== undefined && !known.includes(scenario))
    throw new UserError(`the history has no scenario '${scenario}'${didYouMean(scenario, known)}`, {
      facts: [`scenarios: ${known.join(', ')}`],
      hint: '--scenario with one of these, or without --scenario',
    });
  throw new UserError(`no metric and no system call of the history contains '${metric}'`, {
    facts: [`folder: ${store}`, ...(scenario === undefined ? [] : [`scenario: ${scenario}`])],
    hint: 'without --metric, and with --all, all of them are shown',
  });
};

const refuseTwoFormats = ({ json, format }: ShowOptions, command: Command): void => {
  if (json !== true || format === 'json' || command.getOptionValueSource('format') === 'default') return;
  throw new UserError(`--json and --format ${format} name two formats`, {
    hint: `cfsbench history show --format ${format}, or cfsbench history show --json`,
  });
};

const show = async (options: ShowOptions, command: Command): Promise<void> => {
  refuseTwoFormats(options, command);
  refuseMissing(options.store, command);
  const { readHistory } = await import('../../results/history/store.ts');
  const { trends } = await import('../../results/history/trends.ts');
  const { store, scenario, metric, out } = options;
  const all = readHistory(resolve(store));
  const lines = all.filter((line) => (scenario ?? line.scenario) === line.scenario);
  // All lines of a run show which calls it did not make.
  const shown = trends(lines).filter(({ of }) => of.what.includes(metric ?? ''));
  refuseNothing(all, shown, options);
  await writeOut(piecesOf(shown, options), out);
};

const addCommand = (): Command =>
  new Command('add')
    .description('add a run; adding the same run again changes nothing')
    .argument('<RUN>', 'the run folder')
    .option('--store <DIR>', 'folder of the history', STORE)
    .option('--partial', 'accept a run that is not complete; its later values need its file removed')
    .action(add);

const showCommand = (): Command =>
  new Command('show')
    .description('show metrics that changed: the place, the commit, the old and the new value')
    .option('--store <DIR>', 'folder of the history', STORE)
    .option('--scenario <NAME>', 'only this scenario')
    .option('--metric <TEXT>', 'only metrics and system calls whose name contains TEXT')
    .option('--all', 'show metrics without a change too')
    .addOption(
      new Option('--format <FORMAT>', 'html: a page with a chart of every trend')
        .choices(['text', 'json', 'html'])
        .default('text'),
    )
    .option('--json', 'the same as --format json')
    .option('--runs <DIR>', 'folder of the runs that the page links to', RUNS)
    .option('--out <FILE>', 'write to FILE instead of standard output')
    .action(show);

export const historyCommand = (): Command =>
  new Command('history')
    .description('keep results over time, and show when a metric changed')
    .addHelpText('after', HELP)
    .addCommand(addCommand())
    .addCommand(showCommand());
