// Waits until the kernel has freed dropped dentries and inodes. It frees them only after an RCU grace period: directly after a
// drop they still count as used, and the freeing would run inside the next window.
//
// Does:    membarrier(2) MEMBARRIER_CMD_GLOBAL twice, which returns after a grace period; then reads /proc/slabinfo until the sum
//          is steady, because a busy CPU frees later.
// Needs:   root for slabinfo; without it the function waits for the grace periods only.
// Cost:    33 to 63 ms on an idle machine, median 42; never inside a timed window.
// Error:   misses objects that are freed after the sum was steady for STEADY_NS.
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
/** Allowed decrease by other processes of the machine. */
const SLACK_BYTES = 64 * 1024;

export const waitForFreed = (): void => {
  for (let period = 0; period < PERIODS; period++) cMembarrier(NR.membarrier, GLOBAL, 0, 0);
  const untilNs = nowNs() + LIMIT_NS;
  let least = kernelMemory().slabObjectBytes;
  if (least === null) return;
  let sinceNs = nowNs();
  while (nowNs() - sinceNs < STEADY_NS && nowNs() < untilNs) {
    pause();
    const held = kernelMemory().slabObjectBytes;
    if (held === null) return;
    if (held > least - SLACK_BYTES) continue;
    least = held;
    sinceNs = nowNs();
  }
};
