// Kernel warnings during a run.
//
// Needs:  read access to /dev/kmsg: root, or kernel.dmesg_restrict=0.
// Reads:  records that were written after opening; never waits.
// Error:  a burst that overflows the kernel's buffer loses its oldest records.
// Leaves: nothing after `close`.
// Source: Documentation/ABI/testing/dev-kmsg.
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { bind } from './libc.ts';

const cLseek = bind<(fd: number, offset: number, whence: number) => number>('lseek', 'int', 'long', 'int');

const SEEK_END = 2;
const RECORD_BYTES = 8192;
const LEVELS = 8;
const ERROR_LEVEL = 3;
const MAX_WARNINGS = 50;
const SUSPECT =
  /WARNING:|BUG:|lockup|hung task|blocked for more than|I\/O error|Call Trace|oom-kill|Out of memory|clocksource.*unstable/i;

/** The text of a record of level error or higher, or with a word that indicates one; else null. */
export const warningIn = (record: string): string | null => {
  const [, prefix = '', message = ''] = /^([^;]*);([^\n]*)/.exec(record) ?? [];
  const priority = Number(prefix.split(',', 1)[0]);
  // User space may write there too; the kernel's facility is 0.
  if (!(priority < LEVELS)) return null;
  return message !== '' && (priority <= ERROR_LEVEL || SUSPECT.test(message)) ? message : null;
};

interface KernelLog {
  /** Warnings since opening: at most 50, then the number of further ones. */
  warnings(): readonly string[];
  close(): void;
}

/** Null if the log is not readable. `isExpected`: messages that the run provokes. */
export const openKernelLog = (isExpected: (message: string) => boolean = () => false): KernelLog | null => {
  let fd: number;
  try {
    fd = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  cLseek(fd, 0, SEEK_END);
  const buffer = Buffer.alloc(RECORD_BYTES);
  const found: string[] = [];
  let more = 0;
  const next = (): string | null => {
    for (;;)
      try {
        return buffer.toString('utf8', 0, readSync(fd, buffer, 0, RECORD_BYTES, null));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EPIPE') return null;
      }
  };
  return {
    warnings() {
      for (let record = next(); record !== null && record !== ''; record = next()) {
        const warning = warningIn(record);
        if (warning === null || isExpected(warning)) continue;
        if (found.length < MAX_WARNINGS) found.push(warning);
        else more++;
      }
      return more === 0 ? found : [...found, `and ${more} more`];
    },
    close: () => closeSync(fd),
  };
};
