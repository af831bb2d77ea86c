// `cfsbench report`: renders a run folder again, on any machine.
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { reportFormats } from '../../report/formats/registry.ts';
import { definitionLines } from '../../report/text.ts';
import { reportExitCode } from './exit-code.ts';
import { formatOption, openInput } from './format-option.ts';
import { proseColumns } from './terminal-width.ts';
import { writeInRun, writeOut } from './write-out.ts';

const help = (): string => `
Formats:
${definitionLines(
  reportFormats.map(({ id, title }) => [id, title] as const),
  proseColumns(),
).join('\n')}

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

const report = async (folder: string, options: ReportOptions): Promise<void> => {
  const format = reportFormats.find(({ id }) => id === options.format)!;
  const { loadRun } = await import('../../results/gate/load.ts');
  const own = options.out === undefined && format.file !== undefined ? join(folder, format.file) : undefined;
  const input = openInput(await loadRun(folder), options.out ?? own);
  if (own === undefined) await writeOut(format.pieces(input), options.out);
  else {
    await writeInRun(own, format.pieces(input));
    process.stdout.write(`${own}\n`);
  }
  process.exitCode = reportExitCode(await input.brokenRules());
};

export const reportCommand = (): Command =>
  new Command('report')
    .description('render a run folder again, for people or for other programs')
    .argument('<RUN>', 'the run folder: runs/<date>-<host>-<seed>')
    .addOption(formatOption('report', reportFormats, 'one of the formats below'))
    .addOption(new Option('--out <FILE>', 'write to FILE instead of standard output or the run folder'))
    .addHelpText('after', help)
    .action(report);
