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
import { bindCall, NR } from './libc.ts';
import { pauseOf } from './pause.ts';

const cMembarrier = bindCall<(number: number, command: number, flags: number, cpu: number) => number>(
  'int',
  'uint',
  'int',
);
const GLOBAL = 1;
const PERIODS = 2;
const pause = pauseOf(2_000_000);
const STEADY_NS = 16e6;
const LIMIT_NS = 2e9;
/** What others on the machine free meanwhile. */
const SLACK_BYTES = 64 * 1024;

export const waitForFreed = (): void => {
  for (let period = 0; period < PERIODS; period++) cMembarrier(NR.membarrier, GLOBAL, 0, 0);
  const untilNs = nowNs() + LIMIT_NS;
  let least = kernelMemory().slabObjectBytes;
  let sinceNs = nowNs();
  while (nowNs() - sinceNs < STEADY_NS && nowNs() < untilNs) {
    pause();
    const held = kernelMemory().slabObjectBytes;
    if (held > least - SLACK_BYTES) continue;
    least = held;
    sinceNs = nowNs();
  }
};
