// Tests of what all processes of a machine share, such as caches: another process can break their assertions at any time.
import { AssertionError } from 'node:assert';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 500;
/** One drop of all caches adds to the counters of pages and of slab objects. */
const COUNTS_PER_DROP = 2;

const sumOf = (vmstat: string, name: RegExp): number =>
  [...vmstat.matchAll(/^(\S+) (\d+)$/gm)]
    .filter(([, counter]) => name.test(counter!))
    .reduce((sum, [, , count]) => sum + Number(count), 0);

/**
 * Whether other processes may have made the caches lose pages, dentries or inodes between two readings of /proc/vmstat. A drop scans
 * slabs, so that after an own one scanned slabs say nothing of others.
 */
export const lostByOthers = (before: string, after: string, ownDrops: number): boolean => {
  const added = (name: RegExp): number => sumOf(after, name) - sumOf(before, name);
  if (added(/^drop_/) > COUNTS_PER_DROP * ownDrops) return true;
  return added(/^pgsteal_/) > 0 || (ownDrops === 0 && added(/^slabs_scanned$/) > 0);
};

export const vmstat = (): string => readFileSync('/proc/vmstat', 'latin1');

type Shared = 'the caches' | 'memory of the kernel' | 'the kernel log';

/** Other processes leave a trace in the counters of the caches only; without one the others are tried less often. */
const MOST_TRIES: Readonly<Record<Shared, number>> = {
  'the caches': 8,
  'memory of the kernel': 3,
  'the kernel log': 3,
};

interface Tried<Made> {
  /** What `check` looks at. A failed assertion counts at once. */
  make(): Made | Promise<Made>;
  /** Assertions that another process can break. */
  check(made: Made): void | Promise<void>;
  /** How often both drop the caches themselves; `any`: as often as a run does. */
  readonly ownDrops?: number | 'any';
}

/** Makes and checks again if an assertion of `check` fails and another process may have caused that, and says so. */
export const triedBesideNeighbours = async <Made>(
  t: Pick<TestContext, 'diagnostic'>,
  shared: Shared,
  { make, check, ownDrops = 0 }: Tried<Made>,
): Promise<void> => {
  for (let tries = 1; ; tries++) {
    const before = vmstat();
    const made = await make();
    try {
      return await check(made);
    } catch (error) {
      // A drop is counted at its end, after it took what `check` missed.
      await sleep(PAUSE_MS);
      const maybeOthers =
        shared !== 'the caches' || ownDrops === 'any' || lostByOthers(before, vmstat(), ownDrops);
      if (!(error instanceof AssertionError) || !maybeOthers || tries === MOST_TRIES[shared]) throw error;
      t.diagnostic(
        `tried again: another process may have changed ${shared}: ${error.message.split('\n')[0]}`,
      );
    }
  }
};

/** The same where any assertion of `work` can be broken. */
export const besideNeighbours = (
  t: Pick<TestContext, 'diagnostic'>,
  shared: Shared,
  work: () => void | Promise<void>,
  ownDrops = 0,
): Promise<void> => triedBesideNeighbours(t, shared, { make: () => {}, check: work, ownDrops });
