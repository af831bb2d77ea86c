// Child processes by pidfd: no signal handler is needed, and a reused process id is no problem.
//
// Needs:   Linux 5.3.
// Does:    pidfd_open, poll, wait4, kill.
// Error:   none: a pidfd is readable from the exit of the process on.
// Leaves:  a zombie until it is reaped.
// Source:  pidfd_open(2), poll(2), wait4(2).
import type { CpuUsage } from '../model/machine.ts';
import { nowNs } from './clock.ts';
import { bind, bindCall, check, EINTR, ESRCH, fail, lastErrno, NR } from './libc.ts';
import { RUSAGE_BYTES, usageOf } from './usage.ts';

const cPidfdOpen = bindCall<(nr: number, pid: number, flags: number) => number>('int', 'uint');
const cPoll = bind<(entries: Uint8Array, count: number, limitMs: number) => number>(
  'poll',
  'void *',
  'ulong',
  'int',
);
const cWait4 = bind<(pid: number, status: Uint8Array, options: number, usage: Uint8Array) => number>(
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
const usage = Buffer.alloc(RUSAGE_BYTES);

/** The kernel sets close-on-exec. */
export const openPidfd = (pid: number): number =>
  check(cPidfdOpen(NR.pidfdOpen, pid, 0), 'pidfd_open', `pid: ${pid}`);

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

export interface ProcessExit {
  /** `exit 1` or `signal 9`. */
  readonly how: string;
  readonly cpu: CpuUsage;
}

/** Reaps a child; null if it still runs. */
export const reap = (pid: number): ProcessExit | null => {
  const reaped = cWait4(pid, status, WNOHANG, usage);
  if (reaped < 0) return fail('wait4', { facts: [`pid: ${pid}`] });
  if (reaped === 0) return null;
  const word = status.readInt32LE(0);
  const signal = word & 0x7f;
  return { how: signal === 0 ? `exit ${(word >> 8) & 0xff}` : `signal ${signal}`, cpu: usageOf(usage) };
};

/** False if the process does not exist. */
export const signalProcess = (pid: number, signal: number): boolean => {
  if (cKill(pid, signal) === 0) return true;
  const errno = lastErrno();
  return errno === ESRCH ? false : fail('kill', { facts: [`pid: ${pid}`, `signal: ${signal}`] }, errno);
};
