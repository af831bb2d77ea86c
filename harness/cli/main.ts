#!/usr/bin/env node
import { CommanderError } from 'commander';
import { describeError } from './print-error.ts';
import { program } from './program.ts';

// A reader that closes the pipe early (`cfsbench list | head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
// Progress that cannot be shown must not end the run.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 1;
  } else {
    const { text, exit } = describeError(error);
    process.stderr.write(text);
    process.exitCode = exit;
  }
}
