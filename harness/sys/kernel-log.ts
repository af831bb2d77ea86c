// Warnings of the kernel that appear while a run goes on.
//
// Needs:  /dev/kmsg readable: root, or kernel.dmesg_restrict=0.
// Reads:  records after the end of the log at opening, without waiting for more.
// Error:  a burst that overflows the kernel's buffer loses its oldest records; reading goes on after them.
// Leaves: nothing but a descriptor, closed at the end.
// Source: Documentation/ABI/testing/dev-kmsg.
import { closeSync, constants, openSync, readSync } from 'node:fs';
import { bind } from './libc.ts';

const cLseek = bind<(fd: number, offset: number, whence: number) => number>('lseek', 'int', 'long', 'int');

const SEEK_END = 2;
const RECORD_BYTES = 8192;
const LEVELS = 8;
const ERROR_LEVEL = 3;
const MOST = 50;
const SUSPECT =
  /WARNING:|BUG:|lockup|hung task|blocked for more than|I\/O error|Call Trace|oom-kill|Out of memory|clocksource.*unstable/i;

/** The text of a record that is an error, or that says so in its words; null for all others. */
export const warningIn = (record: string): string | null => {
  const [, prefix = '', message = ''] = /^([^;]*);([^\n]*)/.exec(record) ?? [];
  const priority = Number(prefix.split(',', 1)[0]);
  // Others may write there too: the kernel's own facility is 0.
  if (!(priority < LEVELS)) return null;
  return message !== '' && (priority <= ERROR_LEVEL || SUSPECT.test(message)) ? message : null;
};

export interface KernelLog {
  /** Since it was opened; at most 50, then how many more. */
  warnings(): readonly string[];
  close(): void;
}

/** Null where the log cannot be read. */
export const openKernelLog = (): KernelLog | null => {
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
        if (warning !== null && found.length < MOST) found.push(warning);
        else if (warning !== null) more++;
      }
      return more === 0 ? found : [...found, `and ${more} more`];
    },
    close: () => closeSync(fd),
  };
};
