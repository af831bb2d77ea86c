// The options that `cfsbench run --resume` takes: all others are those of the run that is continued.

import type { Command } from 'commander';
import { shellLine } from '../../results/shell-line.ts';
import { UserError } from '../model/errors.ts';
import type { TypedOptions } from './options.ts';

const TAKEN: readonly string[] = [
  'resume',
  'trustRun',
  'work',
  'keepWork',
  'allowParallel',
] satisfies readonly (keyof TypedOptions)[];

/** Refuses options that the resumed run would ignore. */
export const refuseWithResume = (command: Command, { resume, dryRun }: TypedOptions): void => {
  if (resume === undefined) return;
  const again = shellLine(['cfsbench', 'run', '--resume', resume]);
  if (dryRun === true)
    throw new UserError('--dry-run prints the plan of a new run, not the rest of one', {
      hint: `${again}, or without --resume: cfsbench run --dry-run`,
    });
  const ignored = command.options.filter((option) => {
    const name = option.attributeName();
    return !TAKEN.includes(name) && command.getOptionValueSource(name) === 'cli';
  });
  if (ignored.length === 0) return;
  const names = ignored.map(({ long }) => long).join(', ');
  const taken = command.options.filter((option) => TAKEN.includes(option.attributeName()));
  throw new UserError(`not with --resume: ${names}`, {
    facts: [
      'a resumed run keeps the options that it was started with',
      `taken with --resume: ${taken.flatMap(({ long }) => (long === '--resume' ? [] : [long])).join(', ')}`,
    ],
    hint: `${again}, or a new run without --resume`,
  });
};
