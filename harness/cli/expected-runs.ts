// `cfsbench pool --expect`: a number of runs, or the file that `cfsbench fleet` made. Missing runs are reported.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { PoolOptions } from '../../results/pool/load.ts';
import { expectedIn, FLEET_FILE } from '../../results/pool/replicates.ts';
import { shellLine } from '../../results/shell-line.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';

const MOST_EXPECTED = 100_000;

export interface RunsToPool {
  readonly folders: readonly string[];
  readonly options: PoolOptions;
}

const byNumber = (count: number, folders: readonly string[]): RunsToPool => {
  if (folders.length > count)
    throw new UserError(`more runs than --expect says: ${folders.length}, expected ${count}`, {
      hint: `--expect ${folders.length}, or name fewer runs`,
    });
  const reason = 'it has no run folder here; --expect with the fleet.json of cfsbench fleet gives the reason';
  return {
    folders,
    options: {
      missing: Array.from({ length: count - folders.length }, (_, index) => ({
        name: `run ${folders.length + index + 1} of ${count}`,
        reason,
      })),
      setAside: (folder, why) => ({ name: folder, reason: why }),
    },
  };
};

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** `found` lists the runs that were named on the command line. */
export const expectedRuns = async (
  expect: string,
  given: readonly string[],
  found: () => Promise<readonly string[]>,
): Promise<RunsToPool> => {
  if (/^\d+$/.test(expect)) {
    const count = Number(expect);
    if (count < 1 || count > MOST_EXPECTED)
      throw new UserError(`--expect must be a number of runs from 1 to ${MOST_EXPECTED}, or a file`, {
        facts: [`given: ${expect}`],
      });
    return byNumber(count, await found());
  }
  const path = isFolder(expect) ? join(expect, FLEET_FILE) : expect;
  if (!existsSync(path))
    throw new UserError(`no such file: ${visible(path)}`, {
      hint: `--expect N, or the ${FLEET_FILE} of a fleet`,
    });
  if (given.length > 0)
    throw new UserError('--expect FILE names the runs itself', {
      facts: [`also given: ${visible(given.join(' '))}`],
      hint: visible(shellLine(['cfsbench', 'pool', '--expect', path])),
    });
  const { folders, missing, setAside } = expectedIn(path);
  return { folders, options: { missing, setAside } };
};
