// Child processes by pidfd: no signal handler is needed, and a reused process id is no problem.
//
// Needs:   Linux 5.3.
// Does:    pidfd_open, poll, wait4, kill. A new child that cannot be watched is killed.
// Error:   none: a pidfd is readable from the exit of the process on.
// Leaves:  a zombie until it is reaped.
// Source:  pidfd_open(2), poll(2), wait4(2).
import { nowNs } from './clock.ts';
import { bind, bindCall, check, EINTR, ESRCH, fail, lastErrno, NR } from './libc.ts';
import { pauseOf } from './pause.ts';

const cPidfdOpen = bindCall<(nr: number, pid: number, flags: number) => number>('int', 'uint');
const cPoll = bind<(entries: Uint8Array, count: number, limitMs: number) => number>(
  'poll',
  'void *',
  'ulong',
  'int',
);
const cWait4 = bind<(pid: number, status: Uint8Array, options: number, usage: null) => number>(
  'wait4',
  'int',
  'void *',
  'int',
  'void *',
);
const cKill = bind<(pid: number, signal: number) => number>('kill', 'int', 'int');

const WNOHANG = 1;
const POLLIN = 1;
const POLLERR = 8;
const POLLHUP = 16;
// struct pollfd { int fd; short events, revents }
const REVENTS_AT = 6;
const entry = Buffer.alloc(8);
const status = Buffer.alloc(4);
const SIGKILL = 9;
/** For a killed child to exit. */
const REAP_POLLS = 2000;
const pause = pauseOf(1e6);

/** True when the descriptor is readable or at its end; false when the limit passed. */
export const waitReadable = (fd: number, limitMs: number): boolean => {
  const untilNs = nowNs() + limitMs * 1e6;
  for (;;) {
    entry.writeInt32LE(fd, 0);
    entry.writeInt32LE(POLLIN, 4);
    const restMs = Math.max(0, Math.ceil((untilNs - nowNs()) / 1e6));
    const ready = cPoll(entry, 1, restMs);
    if (ready > 0) return true;
    if (ready === 0) return false;
    const errno = lastErrno();
    if (errno !== EINTR) fail('poll', {}, errno);
  }
};

/** True for a pipe without a reader, and for a socket whose other end is closed. */
export const hasNoReader = (fd: number): boolean => {
  entry.writeInt32LE(fd, 0);
  entry.writeInt32LE(0, 4);
  return cPoll(entry, 1, 0) > 0 && (entry.readInt16LE(REVENTS_AT) & (POLLERR | POLLHUP)) !== 0;
};

/** Reaps a child. Returns `exit 1` or `signal 9`; null if it still runs. */
export const reap = (pid: number): string | null => {
  const reaped = cWait4(pid, status, WNOHANG, null);
  if (reaped < 0) return fail('wait4', { facts: [`pid: ${pid}`] });
  if (reaped === 0) return null;
  const word = status.readInt32LE(0);
  const signal = word & 0x7f;
  return signal === 0 ? `exit ${(word >> 8) & 0xff}` : `signal ${signal}`;
};

/** False if the process does not exist. */
export const signalProcess = (pid: number, signal: number): boolean => {
  if (cKill(pid, signal) === 0) return true;
  const errno = lastErrno();
  return errno === ESRCH ? false : fail('kill', { facts: [`pid: ${pid}`, `signal: ${signal}`] }, errno);
};

/** The pidfd of a new child; the kernel sets close-on-exec. On an error the child is killed and reaped. */
export const openPidfd = (pid: number): number => {
  try {
    return check(cPidfdOpen(NR.pidfdOpen, pid, 0), 'pidfd_open', `pid: ${pid}`);
  } catch (error) {
    signalProcess(pid, SIGKILL);
    for (let i = 0; i < REAP_POLLS && reap(pid) === null; i++) pause();
    throw error;
  }
};
