// Errors in the command line, in the form of all other errors: what failed, the name involved, what to type next.
import type { Command } from 'commander';
import { UserError } from '../model/errors.ts';
import { didYouMean } from '../model/nearest-name.ts';
import { printable } from './print-error.ts';

const fullName = (command: Command): string =>
  command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;

const optionNames = ({ options }: Command): readonly string[] => [
  ...options.flatMap(({ long, short }) => [long, short].filter((name) => name != null)),
  '--help',
];

const suggestion = (command: Command, message: string): string => {
  const [, kind, name = ''] = /^unknown (option|command) '([^'=]*)/.exec(message) ?? [];
  if (kind === undefined) return '';
  return didYouMean(
    name,
    kind === 'option' ? optionNames(command) : command.commands.map((one) => one.name()),
  );
};

const usageText = (command: Command, text: string): string => {
  const message = text.replace(/^error: /, '').trim();
  return `cfsbench: ${printable(message)}${suggestion(command, message)}\n  try: ${fullName(command)} --help\n`;
};

/** For a command and its subcommands. */
export const explainUsageErrors = (command: Command): void => {
  command
    .exitOverride()
    .showSuggestionAfterError(false)
    .showHelpAfterError(false)
    .configureOutput({ outputError: (text, write) => write(usageText(command, text)) });
  for (const subcommand of command.commands) explainUsageErrors(subcommand);
};

/** For the default command, which gets every word that names no command. */
export const refuseArguments = (command: Command): void => {
  const [word] = command.args;
  if (word === undefined) return;
  const known = command.parent!.commands.map((one) => one.name());
  throw new UserError(`unknown command '${word}'${didYouMean(word, known)}`, { hint: 'cfsbench --help' });
};
