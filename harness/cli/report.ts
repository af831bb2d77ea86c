// Renders a run folder again, on any machine.
import { Command, Option } from 'commander';

export const reportCommand = (): Command =>
  new Command('report')
    .description(
      'render a run folder again: the page, the table, the CSV; needs no root and no kernel feature',
    )
    .argument('<RUN>', 'the run folder, as in runs/<date>-<host>-<seed>')
    .addOption(
      new Option('--format <FORMAT>', 'what to make')
        .choices(['html', 'terminal', 'csv', 'mail', 'markdown'])
        .default('terminal'),
    )
    .action(async (folder: string, { format }: { format: string }) => {
      const { renderReport, renderTerminal } = await import('../../report/render.ts');
      if (format === 'html') {
        await renderReport(folder);
        process.stdout.write(`${folder}/report.html\n`);
      } else if (format === 'csv') {
        const { writeCsv } = await import('../../results/csv.ts');
        await writeCsv(folder);
        process.stdout.write(`${folder}/samples.csv\n`);
      } else if (format === 'mail') {
        const { loadView } = await import('../../report/load.ts');
        const { mailOf } = await import('../../report/mail/mail.ts');
        process.stdout.write(mailOf(await loadView(folder)));
      } else if (format === 'markdown') {
        const { loadView } = await import('../../report/load.ts');
        const { runMarkdown } = await import('../../report/markdown/run.ts');
        process.stdout.write(runMarkdown(await loadView(folder)));
      } else {
        process.stdout.write(
          await renderTerminal(folder, {
            columns: process.stdout.columns ?? 80,
            color: process.stdout.isTTY === true,
          }),
        );
      }
    });
