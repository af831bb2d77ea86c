// `cfsbench completion SHELL`: completions made from the commands and options themselves.
import { Command } from 'commander';
import { UserError } from '../model/errors.ts';
import { didYouMean } from '../model/nearest-name.ts';
import { type CommandPlace, shells } from './completion-scripts.ts';

const placesIn = (command: Command, words: readonly string[]): readonly CommandPlace[] => [
  {
    words,
    commands: command.commands.map((one) => ({ name: one.name(), description: one.description() })),
    options: [
      ...command.options.flatMap(({ long, description }) =>
        long == null ? [] : [{ name: long, description }],
      ),
      { name: '--help', description: 'print the help of this command' },
    ],
  },
  ...command.commands.flatMap((one) => placesIn(one, [...words, one.name()])),
];

const HELP = `
Examples:
  cfsbench completion bash > /etc/bash_completion.d/cfsbench
  cfsbench completion zsh > "\${fpath[1]}/_cfsbench"
  cfsbench completion fish > ~/.config/fish/completions/cfsbench.fish`;

export const completionCommand = (): Command =>
  new Command('completion')
    .description('print the completions of this command line for bash, zsh or fish')
    .argument('<SHELL>', 'bash, zsh or fish')
    .addHelpText('after', HELP)
    .action((shell: string, _options: unknown, command: Command) => {
      const print = shells.get(shell);
      if (print === undefined)
        throw new UserError(`unknown shell '${shell}'${didYouMean(shell, [...shells.keys()])}`, {
          hint: 'cfsbench completion bash',
        });
      process.stdout.write(print(placesIn(command.parent!, [])));
    });
