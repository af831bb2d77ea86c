// Tests of what all processes of a machine share, such as caches: another process can break their assertions at any time.
import { AssertionError } from 'node:assert';
import { readFileSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const MOST_TRIES = 8;
const PAUSE_MS = 500;
/** Counters of drops of the caches and of reclaim, which lose cached pages, dentries and inodes. */
const LOSSES = /^(?:drop_|pgsteal_|slabs_scanned)\S* \d+$/gm;

/** Pages that reclaim took, of any process. Dropped caches do not count. */
export const reclaimedPages = (): string | undefined =>
  readFileSync('/proc/vmstat', 'latin1')
    .match(/^pgsteal_(?:kswapd|direct) \d+$/gm)
    ?.join();

/** Changes when caches have lost something. Null: other processes leave no trace in a counter. */
const traceOf = {
  'the caches': (): string | null => readFileSync('/proc/vmstat', 'latin1').match(LOSSES)?.join() ?? null,
  'memory of the kernel': (): null => null,
  'the kernel log': (): null => null,
};

/**
 * Tries `work` again if an assertion fails and another process may have caused that, and says so. A failure while the caches lost
 * nothing counts at once.
 */
export const besideNeighbours = async (
  t: Pick<TestContext, 'diagnostic'>,
  shared: keyof typeof traceOf,
  work: () => void | Promise<void>,
): Promise<void> => {
  for (let tries = 1; ; tries++) {
    const before = traceOf[shared]();
    try {
      return await work();
    } catch (error) {
      const maybeOthers = before === null || traceOf[shared]() !== before;
      if (!(error instanceof AssertionError) || !maybeOthers || tries === MOST_TRIES) throw error;
      t.diagnostic(
        `tried again: another process may have changed ${shared}: ${error.message.split('\n')[0]}`,
      );
      await sleep(PAUSE_MS);
    }
  }
};
