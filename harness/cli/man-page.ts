// The manual page, made from the commands and options themselves. Source: man(7).
import type { Command } from 'commander';

/** A line that begins with a dot or an apostrophe would be a request. */
const text = (words: string): string =>
  words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');

const optionLines = (command: Command): readonly string[] =>
  command.options.flatMap(({ flags, description }) => [
    '.TP',
    `.B ${text(flags)}`,
    text(description.replaceAll('\n', ' ')),
  ]);

const argumentLines = (command: Command): readonly string[] =>
  command.registeredArguments.flatMap((argument) => [
    '.TP',
    `.I ${text(argument.name())}`,
    text(argument.description),
  ]);

const commandLines = (command: Command, name: string): readonly string[] => [
  `.SS ${text(
    `${name} ${command
      .usage()
      .replace(/\[command\]/, '')
      .trim()}`,
  )}`,
  text(command.description()),
  ...argumentLines(command),
  ...optionLines(command),
  ...command.commands.flatMap((one) => commandLines(one, `${name} ${one.name()}`)),
];

interface ManFacts {
  readonly version: string;
  readonly description: string;
  /** Text of the help of all commands, with columns. */
  readonly exitCodes: string;
}

/** roff source. The same commands give the same bytes. */
export const manPage = (all: Command, { version, description, exitCodes }: ManFacts): string =>
  [
    `.TH CFSBENCH 1 "" "cfsbench ${version}"`,
    '.SH NAME',
    `cfsbench \\- ${text(description.charAt(0).toLowerCase() + description.slice(1))}`,
    '.SH SYNOPSIS',
    '.B cfsbench',
    '.RI [ command ] " " [ option ...]',
    '.SH DESCRIPTION',
    text(all.description()),
    'Without a command it is',
    '.BR "cfsbench run" .',
    '.SH COMMANDS',
    ...all.commands.flatMap((command) => commandLines(command, `cfsbench ${command.name()}`)),
    '.SH EXIT STATUS',
    '.nf',
    text(exitCodes.trim().split('\n').slice(1).join('\n')),
    '.fi',
    '.SH FILES',
    '.TP',
    '.I runs/',
    'results, one folder per run',
    '.TP',
    '.I ~/.cache/cfsbench',
    text('files that can be made again; cfsbench clean --cache removes them'),
    '',
  ].join('\n');
