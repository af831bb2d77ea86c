// CPU time of this process, of its reaped children, and of a live process with all its threads, exited ones included.
//
// Reads:   getrusage(2), clock_gettime(2) on the clock of a process.
// Error:   the kernel estimates the split into user and system from ticks; the sums are exact.
// Cost:    one system call each.
// Source:  clock_getcpuclockid(3): the clock id of process P is (~P << 3) | 2.
import type { CpuUsage } from '../model/machine.ts';
import { bind, check } from './libc.ts';

const getrusage = bind<(who: number, into: Uint8Array) => number>('getrusage', 'int', 'void *');
const clockGettime = bind<(clock: number, into: Uint8Array) => number>('clock_gettime', 'int', 'void *');

const RUSAGE_SELF = 0;
const RUSAGE_CHILDREN = -1;
const RUSAGE_BYTES = 144;
const CPUCLOCK_SCHED = 2;

const own = Buffer.alloc(RUSAGE_BYTES);
const children = Buffer.alloc(RUSAGE_BYTES);
const time = Buffer.alloc(16);

const timevalNs = (from: Buffer, at: number): number =>
  Number(from.readBigInt64LE(at)) * 1e9 + Number(from.readBigInt64LE(at + 8)) * 1e3;

/** struct rusage begins with two struct timeval: user, then system. */
const usageOf = (rusage: Buffer): CpuUsage => ({
  userNs: timevalNs(rusage, 0),
  systemNs: timevalNs(rusage, 16),
});

export const cpuUsage = (): CpuUsage => {
  check(getrusage(RUSAGE_SELF, own), 'getrusage');
  check(getrusage(RUSAGE_CHILDREN, children), 'getrusage');
  const self = usageOf(own);
  const reaped = usageOf(children);
  return { userNs: self.userNs + reaped.userNs, systemNs: self.systemNs + reaped.systemNs };
};

/** Null if the process exited. */
export const processCpuNs = (pid: number): number | null => {
  if (clockGettime((~pid << 3) | CPUCLOCK_SCHED, time) < 0) return null;
  return Number(time.readBigInt64LE(0)) * 1e9 + Number(time.readBigInt64LE(8));
};
