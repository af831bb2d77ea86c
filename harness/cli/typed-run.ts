// Options of a run that another command starts: parsed and checked as `cfsbench run` does, before anything is started.
import { CommanderError } from 'commander';
import { visible } from '../../results/visible.ts';
import { scenarios } from '../../scenarios/registry.ts';
import { backends } from '../backends/registry.ts';
import { UserError } from '../model/errors.ts';
import type { ResolvedOptions, TypedOptions } from './options.ts';
import { resolveOptions } from './resolve-options.ts';
import { runCommand } from './run-command.ts';

const HINT = 'cfsbench run --help';

const startsNone = (): UserError => new UserError('options of the run: these start no run', { hint: HINT });

/** `words`: the arguments of `cfsbench run`. Throws as it would, and for words that start no run. */
export const typedRun = (words: readonly string[]): TypedOptions => {
  let typed: TypedOptions | null = null;
  const command = runCommand('')
    .exitOverride()
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
    .action((options: TypedOptions, { args }: { readonly args: readonly string[] }) => {
      if (args.length > 0)
        throw new UserError(`not an option of cfsbench run: ${visible(args[0]!)}`, { hint: HINT });
      typed = options;
    });
  try {
    command.parse(words, { from: 'user' });
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof CommanderError && error.code === 'commander.helpDisplayed') throw startsNone();
    throw new UserError(`options of the run: ${visible((error as Error).message.replace(/^error: /, ''))}`, {
      hint: HINT,
    });
  }
  if (typed === null) throw startsNone();
  return typed;
};

/** Throws for combinations of options that `cfsbench run` refuses. */
export const resolvedRun = (typed: TypedOptions): ResolvedOptions =>
  resolveOptions(typed, backends, scenarios);
