// `npm run bench --dry-run` without `--`: npm keeps the option for itself, and the program would start a run that was not asked for.
// npm passes such options on as variables (npm-scripts(7), "environment").

import type { Command } from 'commander';
import { shellLine } from '../../results/shell-line.ts';
import { UserError } from '../model/errors.ts';

const SCRIPT = 'bench';

const commandIn = (command: Command, words: readonly string[]): Command => {
  const next = command.commands.find((one) => one.name() === words[0]);
  return next === undefined ? command : commandIn(next, words.slice(1));
};

/** The command that the words name; `run` if they name none. */
const commandOf = (all: Command, words: readonly string[]): Command => {
  const named = commandIn(all, words);
  return named === all ? (all.commands.find((one) => one.name() === 'run') ?? all) : named;
};

const asTyped = (option: string, value: string): string =>
  value === 'true' ? option : value === 'false' ? option.replace('--', '--no-') : `${option}=${value}`;

/** Options of the named command that npm kept, as they were typed. */
const optionsKeptByNpm = (
  all: Command,
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] =>
  commandOf(all, words).options.flatMap(({ long }) => {
    const value = env[`npm_config_${long?.slice(2).replaceAll('-', '_')}`];
    return long == null || value === undefined || value === '' || words.includes(long)
      ? []
      : [asTyped(long, value)];
  });

/** `words`: the arguments of the program. Throws `UserError` if npm kept an option of the command. */
export const refuseOptionsKeptByNpm = (
  all: Command,
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): void => {
  if (env['npm_lifecycle_event'] !== SCRIPT) return;
  const kept = optionsKeptByNpm(all, words, env);
  if (kept.length === 0) return;
  const named = commandIn(all, words);
  const at = named === all ? 0 : named.parent === all ? 1 : 2;
  const line = shellLine([...words.slice(0, at), ...kept, ...words.slice(at)]);
  throw new UserError(`npm kept ${kept.join(' and ')} for itself`, {
    facts: ['npm passes only what follows -- on to cfsbench'],
    hint: `npm run ${SCRIPT} -- ${line}`,
  });
};
