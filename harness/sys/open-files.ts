// The limit of open files, asked before the modules of the program are loaded, which needs some.
//
// Source:  getrlimit(2): RLIMIT_NOFILE. Node.js has raised it to the hard limit.
import { readFileSync } from 'node:fs';

/** A run of `quick` opens up to 74 files at once. */
const NEEDED_OPEN_FILES = 256;

/** A sentence if the limit is too low; null otherwise. */
export const tooFewOpenFiles = (): string | null => {
  const limit = Number(/^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1]);
  if (!(limit < NEEDED_OPEN_FILES)) return null;
  return `the limit of open files is too low: ${limit}, needed: ${NEEDED_OPEN_FILES}\n  try: ulimit -n ${NEEDED_OPEN_FILES}\n`;
};
