// Waits until the kernel has freed what it gave up: dentries and inodes go back to their slabs only after a grace period, so that
// right after the caches were dropped they still count as used, and their freeing runs inside of what comes next.
//
// Does:    membarrier(2) MEMBARRIER_CMD_GLOBAL, which returns after a grace period, twice: what the first one's callbacks gave up in
//          turn is freed, too. Needs no privilege.
// Cost:    15 to 33 ms on an idle machine; never inside a timed window.
// Error:   where the call is refused (isolated CPUs with nohz_full), nothing is waited for.
// Source:  membarrier(2); kernel/sched/membarrier.c; fs/inode.c (i_callback), fs/dcache.c (dentry_free).
import { bindCall, NR } from './libc.ts';

const cMembarrier = bindCall<(number: number, command: number, flags: number, cpu: number) => number>(
  'int',
  'uint',
  'int',
);
const GLOBAL = 1;
const PERIODS = 2;

export const waitForFreed = (): void => {
  for (let period = 0; period < PERIODS; period++) cMembarrier(NR.membarrier, GLOBAL, 0, 0);
};
