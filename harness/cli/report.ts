// Renders a run folder again, on any machine.
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { exportFormats } from '../../results/exports/registry.ts';

/** What people read; machines have a registry. */
const SHOWN: readonly (readonly [id: string, title: string])[] = [
  ['terminal', 'the first table, for a terminal'],
  ['html', 'the page; without --out it becomes report.html beside the journal'],
  ['mail', 'plain text for a mailing list: ASCII, 75 columns'],
  ['markdown', 'GitHub flavoured, changed rows first, for a pull request or a step summary'],
];

const FORMATS = [...SHOWN, ...exportFormats.map(({ id, title }) => [id, title] as const)];
const ID_WIDTH = Math.max(...FORMATS.map(([id]) => id.length));

const HELP = `
Formats, to standard output or to --out FILE:
${FORMATS.map(([id, title]) => `  ${id.padEnd(ID_WIDTH)}  ${title}`).join('\n')}

Needs no root, no kernel feature and no network; the same folder gives the same
bytes every time.

Examples:
  cfsbench report runs/main --format mail | mail -s 'some numbers' list@example.org
  cfsbench report runs/main --format markdown >> "$GITHUB_STEP_SUMMARY"
  cfsbench report runs/main --format go | benchstat -col /backend -`;

const textOf = async (folder: string, format: string, toFile: boolean): Promise<AsyncIterable<string>> => {
  const machine = exportFormats.find(({ id }) => id === format);
  if (machine !== undefined) {
    const { openSource } = await import('../../results/exports/export.ts');
    return machine.write(openSource(folder));
  }
  const { renderText } = await import('../../report/render.ts');
  const isTerminal = process.stdout.isTTY === true && !toFile;
  return Readable.from([
    await renderText(folder, format, {
      columns: isTerminal ? process.stdout.columns : 80,
      color: isTerminal,
    }),
  ]);
};

/** Replaces an older file as a whole. */
const toFile = async (text: AsyncIterable<string>, path: string): Promise<void> => {
  await pipeline(text, createWriteStream(`${path}.new`));
  await rename(`${path}.new`, path);
};

/** A reader that has seen enough, such as `head`, is no error. */
const toOutput = async (text: AsyncIterable<string>): Promise<void> => {
  try {
    await pipeline(text, process.stdout, { end: false });
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPIPE') throw error;
  }
};

const report = async (
  folder: string,
  { format, out }: { readonly format: string; readonly out?: string },
): Promise<void> => {
  if (format === 'html' && out === undefined) {
    const { renderReport } = await import('../../report/render.ts');
    await renderReport(folder);
    process.stdout.write(`${folder}/report.html\n`);
    return;
  }
  const text = await textOf(folder, format, out !== undefined);
  await (out === undefined ? toOutput(text) : toFile(text, out));
};

export const reportCommand = (): Command =>
  new Command('report')
    .description('render a run folder again, for people or for machines; needs no root and no kernel feature')
    .argument('<RUN>', 'the run folder, as in runs/<date>-<host>-<seed>')
    .addOption(
      new Option('--format <FORMAT>', 'what to make: see below')
        .choices(FORMATS.map(([id]) => id))
        .default('terminal'),
    )
    .option('--out <FILE>', 'write to this file')
    .addHelpText('after', HELP)
    .action(report);
