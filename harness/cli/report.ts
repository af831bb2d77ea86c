// Renders a run folder again, on any machine.
import { Command, Option } from 'commander';
import type { ReportView } from '../../report/view.ts';
import { machineFormats } from '../../results/exports/registry.ts';
import { UserError } from '../model/errors.ts';
import { terminalColumns } from './columns.ts';
import { reportExitCode } from './exit-code.ts';
import { writeOut } from './written.ts';

const SHOWN: readonly (readonly [id: string, title: string])[] = [
  ['terminal', 'the first table'],
  ['html', 'the page, written into the run folder'],
  ['mail', 'for a mailing list: ASCII, 75 columns'],
  ['markdown', 'for pull requests, what differs first'],
  ['csv', 'a row a sample and metric, in the run folder'],
];
const FORMATS = [...SHOWN, ...machineFormats.map(({ id, title }) => [id, title] as const)];
const ID_WIDTH = Math.max(...FORMATS.map(([id]) => id.length));

const HELP = `
Formats:
${FORMATS.map(([id, title]) => `  ${id.padEnd(ID_WIDTH)}  ${title}`).join('\n')}

The same folder gives the same bytes every time, without a network. Where the
rule of a claim breaks the exit code is 5.

Examples:
  cfsbench report runs/main --format mail
  cfsbench report runs/main --format markdown >> "$GITHUB_STEP_SUMMARY"
  cfsbench report runs/main --format go --out run.txt`;

interface Typed {
  readonly format: string;
  readonly out?: string;
}

/** In pieces: a journal of a million samples does not fit into one string. */
async function* machine(folder: string, format: string): AsyncGenerator<string> {
  const { loadRun } = await import('../../results/gate/load.ts');
  const found = machineFormats.find(({ id }) => id === format)!;
  yield* found.pieces(await loadRun(folder));
}

const OF_A_VIEW = new Set(['terminal', 'html', 'mail', 'markdown']);

const textOf = async (view: ReportView, { format, out }: Typed): Promise<string> => {
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

async function* one(text: string): AsyncGenerator<string> {
  yield text;
}

/** Shows it, and returns what a rule that broke makes of the exit code. */
const showView = async (folder: string, typed: Typed): Promise<number> => {
  const { brokenRules, renderReport } = await import('../../report/render.ts');
  if (typed.format === 'html') {
    const view = await renderReport(folder);
    process.stdout.write(`${folder}/report.html\n`);
    return reportExitCode(brokenRules(view));
  }
  const view = await (await import('../../report/load.ts')).loadView(folder);
  await writeOut(one(await textOf(view, typed)), typed.out);
  return reportExitCode(brokenRules(view));
};

const report = async (folder: string, typed: Typed): Promise<void> => {
  if (typed.out !== undefined && ['html', 'csv'].includes(typed.format))
    throw new UserError(`--format ${typed.format} is written into the run folder`, {
      hint: 'leave --out away',
    });
  if (OF_A_VIEW.has(typed.format)) process.exitCode = await showView(folder, typed);
  else if (typed.format === 'csv') {
    await (await import('../../results/csv.ts')).writeCsv(folder);
    process.stdout.write(`${folder}/samples.csv\n`);
  } else await writeOut(machine(folder, typed.format), typed.out);
};

export const reportCommand = (): Command =>
  new Command('report')
    .description(
      'render a run folder again: for people, for lists and for machines; needs no root and no kernel feature',
    )
    .argument('<RUN>', 'the run folder, as in runs/<date>-<host>-<seed>')
    .addOption(
      new Option('--format <FORMAT>', 'what to make; html and csv are written into the run folder')
        .choices(FORMATS.map(([id]) => id))
        .default('terminal'),
    )
    .option('--out <FILE>', 'write it there instead of printing it (not html, not csv)')
    .addHelpText('after', HELP)
    .action(report);
