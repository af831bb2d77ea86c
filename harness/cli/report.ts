// `cfsbench report`: renders a run folder again, on any machine.
import { Command, Option } from 'commander';
import { definitionLines } from '../../report/text.ts';
import type { ReportView } from '../../report/view.ts';
import { machineFormats } from '../../results/exports/registry.ts';
import { UserError } from '../model/errors.ts';
import { reportExitCode } from './exit-code.ts';
import { didYouMean } from './nearest-name.ts';
import { proseColumns, terminalColumns } from './terminal-width.ts';
import { writeOut } from './write-out.ts';

const VIEW_FORMATS: readonly (readonly [id: string, title: string])[] = [
  ['terminal', 'the first table, the claims and the observations'],
  ['html', 'the page report.html, written into the run folder'],
  ['mail', 'for mailing lists: ASCII, 75 columns'],
  ['markdown', 'for pull requests: differences first'],
];
const CSV: readonly [id: string, title: string] = [
  'csv',
  'samples.csv, a row per sample and metric, written into the run folder',
];
const FORMATS = [...VIEW_FORMATS, CSV, ...machineFormats.map(({ id, title }) => [id, title] as const)];
const IN_RUN_FOLDER = ['html', 'csv'];

const help = (): string => `
Formats:
${definitionLines(FORMATS, proseColumns()).join('\n')}

The same folder renders to the same bytes every time, without a network, root or
any kernel feature. The exit code is 5 when the rule of a claim fails.

Examples:
  cfsbench report runs/main --format mail
  cfsbench report runs/main --format markdown >> "$GITHUB_STEP_SUMMARY"
  cfsbench report runs/main --format go --out run.txt`;

interface ReportOptions {
  readonly format: string;
  readonly out?: string;
}

const textOf = async (view: ReportView, { format, out }: ReportOptions): Promise<string> => {
  switch (format) {
    case 'mail':
      return (await import('../../report/mail/mail.ts')).mailOf(view);
    case 'markdown':
      return (await import('../../report/markdown/run.ts')).runMarkdown(view);
    default:
      return (await import('../../report/terminal.ts')).terminalOf(view, {
        columns: terminalColumns(),
        color: process.stdout.isTTY === true && out === undefined,
      });
  }
};

/** Returns the exit code. */
const writeView = async (folder: string, options: ReportOptions): Promise<number> => {
  const { brokenRules, renderReport } = await import('../../report/render.ts');
  if (options.format === 'html') {
    const view = await renderReport(folder);
    process.stdout.write(`${folder}/report.html\n`);
    return reportExitCode(brokenRules(view));
  }
  const { loadView } = await import('../../report/load.ts');
  const view = await loadView(folder);
  await writeOut([await textOf(view, options)], options.out);
  return reportExitCode(brokenRules(view));
};

const report = async (folder: string, options: ReportOptions): Promise<void> => {
  const { format, out } = options;
  if (out !== undefined && IN_RUN_FOLDER.includes(format))
    throw new UserError(`--out cannot be combined with --format ${format}`, {
      facts: ['this format is written into the run folder'],
      hint: `cfsbench report ${folder} --format ${format}`,
    });
  if (VIEW_FORMATS.some(([id]) => id === format)) {
    process.exitCode = await writeView(folder, options);
    return;
  }
  if (format === 'csv') {
    const { writeCsv } = await import('../../results/csv.ts');
    await writeCsv(folder);
    process.stdout.write(`${folder}/samples.csv\n`);
    return;
  }
  const { loadRun } = await import('../../results/gate/load.ts');
  const chosen = machineFormats.find(({ id }) => id === format)!;
  await writeOut(chosen.pieces(await loadRun(folder)), out);
};

const checkFormat = (format: string): string => {
  const known = FORMATS.map(([id]) => id);
  if (known.includes(format)) return format;
  throw new UserError(`unknown format '${format}'${didYouMean(format, known)}`, {
    facts: [`formats: ${known.join(', ')}`],
    hint: 'cfsbench report --help',
  });
};

export const reportCommand = (): Command =>
  new Command('report')
    .description('render a run folder again, for people or for other programs')
    .argument('<RUN>', 'the run folder: runs/<date>-<host>-<seed>')
    .addOption(
      new Option('--format <FORMAT>', 'one of the formats below').default('terminal').argParser(checkFormat),
    )
    .option('--out <FILE>', 'write to FILE instead of standard output (not for html and csv)')
    .addHelpText('after', help)
    .action(report);
