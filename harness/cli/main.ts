#!/usr/bin/env node
import { CommanderError } from 'commander';
import { describeError } from './print-error.ts';
import { program } from './program.ts';

// A closed pipe (`cfsbench list | head -1`) is the reader's choice, not a failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
// Nobody hears what a run says on the way: its results are worth having all the same.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  const commands = program();
  commands.exitOverride();
  for (const command of commands.commands) command.exitOverride();
  await commands.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 1;
  } else {
    const { text, exit } = describeError(error);
    process.stderr.write(text);
    process.exitCode = exit;
  }
}
