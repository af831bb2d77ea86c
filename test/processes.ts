// Processes and mounts as /proc shows them.
import { readdirSync, readFileSync } from 'node:fs';

/** Zombies count as ended: nobody in a test need wait for them. */
export const isAlive = (pid: number | string): boolean => {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
};

/** Of all threads of a process (CONFIG_PROC_CHILDREN). */
export const childrenOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')
      .split(' ')
      .filter((word) => word !== '')
      .map(Number),
  );

/** `at`: without characters that the kernel escapes, such as spaces. */
export const isMounted = (at: string): boolean =>
  readFileSync('/proc/self/mountinfo', 'latin1')
    .split('\n')
    .some((line) => line.split(' ')[4] === at);
