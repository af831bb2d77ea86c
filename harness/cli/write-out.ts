// Writes text that comes in pieces: to a path that the user named, to standard output without one, or to a file of a run folder. An
// interrupt ends the program, with its exit code and without half a file.
import { inChunks, type Piece, type Pieces, replaceWith } from '../../results/write-file.ts';
import { writeTo } from '../../results/write-to.ts';
import { INTERRUPTED_EXIT, onInterrupt } from '../sys/interrupts.ts';

/** An unfinished file is removed at the exit. */
const untilInterrupt = async (work: () => Promise<void>): Promise<void> => {
  const forget = onInterrupt(() => process.exit(INTERRUPTED_EXIT));
  try {
    await work();
  } finally {
    forget();
  }
};

/** False if it can no longer be written; the failure is reported at the end of the command. */
const print = (chunk: Piece): Promise<boolean> =>
  new Promise((done) => {
    process.stdout.write(chunk, (error) => done(error === null || error === undefined));
  });

export const writeOut = async (pieces: Pieces, path: string | undefined): Promise<void> => {
  if (path !== undefined) return untilInterrupt(() => writeTo(path, pieces));
  for await (const chunk of inChunks(pieces)) if (!(await print(chunk))) return;
};

export const writeInRun = (path: string, pieces: Pieces): Promise<void> =>
  untilInterrupt(() => replaceWith(path, pieces));
