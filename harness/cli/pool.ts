// `cfsbench pool RUN…`: several runs of one plan as one report, on any machine.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { LoadedPool } from '../../results/pool/load.ts';
import { UserError } from '../model/errors.ts';
import { terminalColumns } from './terminal-width.ts';
import { writeOut } from './write-out.ts';

const FORMATS = ['text', 'html', 'mail', 'markdown', 'json', 'csv'] as const;
type PoolFormat = (typeof FORMATS)[number];

const HELP = `
Runs of one plan differ by more than the blocks within a run do. The median of
each run counts as one value, however many blocks it has, so that intervals hold
for further runs of the plan. Evidence needs at least five runs.

Examples:
  cfsbench pool runs/evidence
  cfsbench pool runs/monday runs/tuesday runs/wednesday --format mail
  cfsbench pool runs/evidence --format html --out evidence.html`;

const RUN_FILE = 'run.json';

/** A folder of runs is replaced by the runs in it. */
const runFoldersIn = (folder: string): readonly string[] => {
  if (existsSync(join(folder, RUN_FILE)) || !existsSync(folder)) return [folder];
  const runs = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, RUN_FILE)));
  if (runs.length > 0) return runs;
  throw new UserError(`no run in this folder: ${folder}`, {
    facts: [`neither the folder nor a folder in it contains ${RUN_FILE}`],
    hint: 'cfsbench pool runs/<date>-<host>-<seed> ...',
  });
};

async function* piecesOf(pool: LoadedPool, { format, out }: PoolOptions): AsyncGenerator<string> {
  const { viewOf } = await import('../../report/load.ts');
  switch (format) {
    case 'html':
      yield (await import('../../report/render.ts')).htmlOf(viewOf(pool));
      return;
    case 'mail':
      yield (await import('../../report/mail/mail.ts')).mailOf(viewOf(pool));
      return;
    case 'markdown':
      yield (await import('../../report/markdown/run.ts')).runMarkdown(viewOf(pool));
      return;
    case 'json':
      yield* (await import('../../results/exports/json.ts')).format.pieces(pool);
      return;
    case 'csv':
      yield* (await import('../../results/pool/csv.ts')).poolCsv(pool);
      return;
    default:
      yield (await import('../../report/terminal.ts')).terminalOf(viewOf(pool), {
        columns: terminalColumns(),
        color: out === undefined && process.stdout.isTTY === true,
      });
  }
}

interface PoolOptions {
  readonly format: PoolFormat;
  readonly out?: string;
}

const pool = async (given: readonly string[], options: PoolOptions): Promise<void> => {
  const folders = given.flatMap(runFoldersIn);
  const { loadPool } = await import('../../results/pool/load.ts');
  const name = given.length === 1 ? basename(resolve(given[0]!)) : `pool of ${folders.length} runs`;
  await writeOut(piecesOf(await loadPool(folders, name), options), options.out);
};

export const poolCommand = (): Command =>
  new Command('pool')
    .description('report several runs of one plan together, with intervals over runs')
    .argument('<RUN...>', 'run folders, or folders of runs')
    .addOption(new Option('--format <FORMAT>', 'output format').choices([...FORMATS]).default('text'))
    .option('--out <FILE>', 'write to FILE instead of standard output')
    .addHelpText('after', HELP)
    .action(pool);
