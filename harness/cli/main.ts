#!/usr/bin/env node
// The program. Interrupts are caught first: loading the rest takes 0.3 s.
import { INNER } from '../sys/inner.ts';
import { catchInterrupts } from '../sys/interrupts.ts';

// The inner process of a run is told of interrupts; a signal of its own kills it.
if (process.env[INNER] === undefined) catchInterrupts();

// A reader that closes the pipe early (`cfsbench list | head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
// Progress that cannot be shown must not end the run.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const [{ CommanderError }, { describeError }, { program }] = await Promise.all([
  import('commander'),
  import('./print-error.ts'),
  import('./program.ts'),
]);
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
