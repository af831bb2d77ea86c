// Ends a run whose standard output lost its reader, as a signal does: a run writes nothing there before its end.
//
// Does:    polls standard output, if it is a pipe or a socket.
// Cost:    10 us four times a second, in the outer process.
import { fstatSync } from 'node:fs';
import { interrupt } from './interrupts.ts';
import { hasNoReader } from './processes.ts';

const STDOUT = 1;
const PERIOD_MS = 250;

/** Returns the undo. */
export const interruptAtClosedOutput = (): (() => void) => {
  const stat = fstatSync(STDOUT);
  if (!stat.isFIFO() && !stat.isSocket()) return () => {};
  const timer = setInterval(() => {
    if (!hasNoReader(STDOUT)) return;
    clearInterval(timer);
    interrupt();
  }, PERIOD_MS);
  timer.unref();
  return () => clearInterval(timer);
};
