// `cfsbench pool RUN…`: several runs of one plan as one report. Needs no root and no machine.
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { LoadedPool } from '../../results/pool/load.ts';
import { UserError } from '../model/errors.ts';
import { writeOut } from './written.ts';

const FORMATS = ['text', 'html', 'mail', 'markdown', 'json', 'csv'] as const;
type Format = (typeof FORMATS)[number];

const HELP = `
Runs of one plan differ by more than their blocks do. A run counts as one value,
its middle, however many blocks it has: intervals hold for further runs of the
plan. Evidence needs at least five runs.

Examples:
  cfsbench pool runs/evidence
  cfsbench pool runs/monday runs/tuesday runs/wednesday --format mail
  cfsbench pool runs/evidence --format html --out evidence.html`;

const IS_RUN = 'run.json';

/** A folder of runs stands for the runs in it. */
export const runFoldersIn = (folder: string): readonly string[] => {
  if (existsSync(join(folder, IS_RUN)) || !existsSync(folder)) return [folder];
  const inside = readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, IS_RUN)));
  if (inside.length > 0) return inside;
  throw new UserError(`no run in this folder: ${folder}`, {
    facts: [`neither it nor a folder in it holds ${IS_RUN}`],
    hint: 'name run folders, as in runs/<date>-<host>-<seed>',
  });
};

async function* textOf(pool: LoadedPool, format: Format, isShown: boolean): AsyncGenerator<string> {
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
        columns: process.stdout.columns ?? 80,
        color: isShown && process.stdout.isTTY === true,
      });
  }
}

interface Typed {
  readonly format: Format;
  readonly out?: string;
}

const pool = async (given: readonly string[], { format, out }: Typed): Promise<void> => {
  const folders = given.flatMap(runFoldersIn);
  const { loadPool } = await import('../../results/pool/load.ts');
  const named = given.length === 1 ? basename(resolve(given[0]!)) : `pool of ${folders.length} runs`;
  await writeOut(textOf(await loadPool(folders, named), format, out === undefined), out);
};

export const poolCommand = (): Command =>
  new Command('pool')
    .description('put several runs of one plan together: intervals that hold for further runs')
    .argument('<RUN...>', 'run folders, or folders of runs')
    .addOption(new Option('--format <FORMAT>', 'what to make').choices([...FORMATS]).default('text'))
    .option('--out <FILE>', 'write it there instead of printing it')
    .addHelpText('after', HELP)
    .action(pool);
