#!/usr/bin/env node
// The program. Interrupts are caught first: loading the rest takes 0.3 s.
import './node-version.ts';
import { INNER } from '../sys/inner.ts';
import { catchInterrupts } from '../sys/interrupts.ts';
import { tooFewOpenFiles } from '../sys/open-files.ts';

// The inner process of a run is told of interrupts; a signal of its own kills it.
if (process.env[INNER] === undefined) catchInterrupts();

const tooFew = tooFewOpenFiles();
if (tooFew !== null) {
  process.stderr.write(`cfsbench: ${tooFew}`);
  process.exit(4);
}

const [{ CommanderError }, { refuseOptionsKeptByNpm }, { describeError }, { program }, { watchStreams }] =
  await Promise.all([
    import('commander'),
    import('./npm-options.ts'),
    import('./print-error.ts'),
    import('./program.ts'),
    import('./streams.ts'),
  ]);

const fail = (error: unknown): void => {
  const { text, exit } = describeError(error);
  process.stderr.write(text);
  process.exitCode = exit;
};

watchStreams();
// Errors of streams and of children are thrown outside every command.
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

try {
  const all = program();
  refuseOptionsKeptByNpm(all, process.argv.slice(2), process.env);
  await all.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 1;
  else fail(error);
}
