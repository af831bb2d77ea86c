// Waits until the kernel has freed what it gave up: dentries and inodes go back to their slabs only after a grace period, so that
// right after the caches were dropped they still count as used, and their freeing runs inside of what comes next.
//
// Does:    membarrier(2) MEMBARRIER_CMD_GLOBAL, which returns after a grace period, twice; then reads /proc/slabinfo until it stands
//          still, since a busy CPU frees later than that.
// Needs:   root for slabinfo, as for dropping the caches; without it only the grace periods are waited for.
// Cost:    33 to 63 ms on an idle machine, 42 in the median; never inside a timed window.
// Error:   what is freed after slabs stood still for STEADY_NS is missed.
// Source:  membarrier(2); kernel/sched/membarrier.c; fs/inode.c (i_callback), fs/dcache.c (dentry_free).
import { nowNs } from './clock.ts';
import { kernelMemory } from './kernel-memory.ts';
import { bind, bindCall, NR } from './libc.ts';

const cMembarrier = bindCall<(number: number, command: number, flags: number, cpu: number) => number>(
  'int',
  'uint',
  'int',
);
const cNanosleep = bind<(time: Uint8Array, rest: null) => number>('nanosleep', 'void *', 'void *');
const GLOBAL = 1;
const PERIODS = 2;
const INTERVAL_NS = 4_000_000;
const STEADY_NS = 16e6;
const LIMIT_NS = 2e9;
/** What others on the machine free meanwhile. */
const SLACK_BYTES = 64 * 1024;
const interval = Buffer.alloc(16);
interval.writeBigInt64LE(BigInt(INTERVAL_NS), 8);

const heldBytes = (): number =>
  [...kernelMemory().caches.values()].reduce((sum, { bytes }) => sum + bytes, 0);

export const waitForFreed = (): void => {
  for (let period = 0; period < PERIODS; period++) cMembarrier(NR.membarrier, GLOBAL, 0, 0);
  const untilNs = nowNs() + LIMIT_NS;
  let least = heldBytes();
  let sinceNs = nowNs();
  while (nowNs() - sinceNs < STEADY_NS && nowNs() < untilNs) {
    cNanosleep(interval, null);
    const held = heldBytes();
    if (held > least - SLACK_BYTES) continue;
    least = held;
    sinceNs = nowNs();
  }
};
