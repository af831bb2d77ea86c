// All commands. `run` is the default: it gets the words that name no command.
import { Command } from 'commander';
import { ignoreInterrupts } from '../sys/interrupts.ts';
import { compareCommand } from './compare.ts';
import { completionCommand } from './completion.ts';
import { EXIT_CODES } from './exit-codes-help.ts';
import { fleetCommand } from './fleet.ts';
import { historyCommand } from './history.ts';
import { imageCommand } from './image-command.ts';
import { cleanCommand, doctorCommand, listCommand } from './machine-commands.ts';
import { poolCommand } from './pool.ts';
import { reportCommand } from './report.ts';
import { runCommand } from './run-command.ts';
import { proseColumns } from './terminal-width.ts';
import { explainUsageErrors } from './usage-errors.ts';
import { version, versionText } from './version.ts';
import { vmCommand } from './vm-command.ts';

const configureHelpWidth = (command: Command): void => {
  command.configureHelp({ helpWidth: proseColumns() });
  for (const subcommand of command.commands) configureHelpWidth(subcommand);
};

export const program = (): Command => {
  const all = new Command('cfsbench')
    .description(
      'Measures what it costs to create, use and destroy container images on composefs over FUSE, on EROFS + overlayfs, and as layers unpacked to files.',
    )
    .option('-V, --version', 'print the version, its commit and the version of the FUSE server')
    .addCommand(runCommand(version), { isDefault: true })
    .addCommand(compareCommand())
    .addCommand(historyCommand())
    .addCommand(reportCommand())
    .addCommand(poolCommand())
    .addCommand(fleetCommand())
    .addCommand(listCommand())
    .addCommand(doctorCommand())
    .addCommand(vmCommand())
    .addCommand(cleanCommand())
    .addCommand(imageCommand())
    .addCommand(completionCommand())
    .addHelpText('after', `\nOptions of the default command: cfsbench run --help\n${EXIT_CODES}`);
  all.on('option:version', () => {
    process.stdout.write(`${versionText()}\n`);
    process.exit();
  });
  // Others than a run only compute: a signal ends them.
  all.hook('preAction', (_, command) => {
    if (command.name() !== 'run') ignoreInterrupts();
  });
  configureHelpWidth(all);
  explainUsageErrors(all);
  return all;
};
