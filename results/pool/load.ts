// Loads several run folders as one pool: their samples tallied run by run, and one run file that names the runs.
//
// Cost:    run by run: the values of a run stay in memory, and its run file without slots.
import { type Design, designOf } from '../compare/phase-of.ts';
import { startTally, type Tallied } from '../compare/tally.ts';
import { ResultsError } from '../errors.ts';
import { armRows } from '../gate/exact-rows.ts';
import { type LoadedRun, okCountOf, tallyJournal } from '../gate/load.ts';
import { readRun } from '../read.ts';
import type { RunFile } from '../schema/run.ts';
import { MOST_MACHINES, MOST_RUNS_OF_MACHINE } from '../stats/pooled-blocks.ts';
import { type CountCheck, startCountCheck } from './count-check.ts';
import { fleetOf } from './fleet.ts';
import { openRunReducer } from './light-run.ts';
import { type MachineRuns, machinesOf } from './machines.ts';
import { type PoolTally, startPool } from './merge.ts';
import { noticesOf } from './notices.ts';
import { judgedIn, poolRun } from './pool-run.ts';
import type { MissingRun, Pooled } from './pooled.ts';
import { otherPlans, planOf, type RunPlan, refuseOtherPlans, refuseTwoNames } from './same-plan.ts';
import { openSeenGroups } from './unseen-groups.ts';

export interface LoadedPool extends LoadedRun {
  readonly pool: Pooled;
}

export interface PoolOptions {
  /** Expected runs that have no folder. */
  readonly missing?: readonly MissingRun[];
  /** The runs are expected: one that cannot be read, did not end or has another plan is missing. Absent: it is an error, or pooled as far as it went. */
  readonly setAside?: (folder: string, why: string) => MissingRun;
}

interface FolderRun extends RunPlan {
  readonly folder: string;
}

/** These runs ended, if not as planned. Without those with failures the others would be a selection. */
const ENDED = ['complete', 'out-of-time', 'failed'];

class MissingRuns {
  readonly all: MissingRun[];
  readonly #setAside: PoolOptions['setAside'];

  constructor({ missing = [], setAside }: PoolOptions) {
    this.all = [...missing];
    this.#setAside = setAside;
  }

  /** Null: the run was set aside. */
  orElse<T>(folder: string, work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (this.#setAside === undefined || !(error instanceof ResultsError)) throw error;
      this.all.push(this.#setAside(folder, error.message));
      return null;
    }
  }

  isEnded(folder: string, status: string): boolean {
    if (this.#setAside === undefined || ENDED.includes(status)) return true;
    this.all.push(this.#setAside(folder, `it is not complete: ${status}`));
    return false;
  }

  /** The runs of the plan that most of them have. */
  ofOnePlan(found: readonly FolderRun[]): readonly FolderRun[] {
    const setAside = this.#setAside;
    if (setAside === undefined) return found;
    const others = otherPlans(found);
    for (const [{ folder }, lines] of others)
      this.all.push(setAside(folder, `it has another plan: ${lines.join('; ')}`));
    return found.filter((one) => !others.has(one));
  }
}

const readAll = (folders: readonly string[], missing: MissingRuns): readonly FolderRun[] => {
  const reduce = openRunReducer();
  const found = folders.flatMap((folder): FolderRun[] => {
    const run = missing.orElse(folder, () => readRun(folder));
    if (run === null || !missing.isEnded(folder, run.status)) return [];
    return [{ folder, ...planOf(run, reduce(run)) }];
  });
  return found.sort(({ run: a }, { run: b }) =>
    a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0,
  );
};

const refuseNone = (found: readonly FolderRun[], missing: MissingRuns): void => {
  if (found.length > 0) return;
  throw new ResultsError('no run of the pool is complete', {
    facts: missing.all.map(({ name, reason }) => `${name}: ${reason}`),
    exit: missing.all.length > 0 ? 5 : 1,
    hint: 'measure again: cfsbench run',
  });
};

const refuseTooMany = (machines: readonly MachineRuns[]): void => {
  const most = Math.max(...machines.map(({ runs }) => runs.length));
  if (machines.length <= MOST_MACHINES && most <= MOST_RUNS_OF_MACHINE) return;
  throw new ResultsError(`too many runs: ${machines.length} machines, up to ${most} runs each`, {
    hint: `pool at most ${MOST_MACHINES} machines with ${MOST_RUNS_OF_MACHINE} runs each`,
  });
};

const tallyAlone = (folder: string, warn: (message: string) => void): Tallied => {
  const tally = startTally();
  tallyJournal(folder, tally, warn);
  return tally.finish();
};

interface Parts {
  readonly pool: PoolTally;
  readonly counts: CountCheck;
  readonly missing: MissingRuns;
  readonly warnings: string[];
}

/** Returns the runs that are part of the pool, machine by machine. A machine without any gets no number. */
const addAll = (
  found: readonly FolderRun[],
  machines: readonly MachineRuns[],
  parts: Parts,
): readonly RunFile[] => {
  const { pool, counts, missing, warnings } = parts;
  const folderOf = new Map(found.map(({ run, folder }) => [run, folder]));
  const unseen = openSeenGroups();
  const added: (readonly RunFile[])[] = [];
  for (const { runs } of machines) {
    const own: RunFile[] = [];
    for (const run of runs) {
      const folder = folderOf.get(run)!;
      const tallied = missing.orElse(folder, () =>
        tallyAlone(folder, (message) => warnings.push(`${run.id}: ${message}`)),
      );
      if (tallied === null) continue;
      own.push(run);
      pool.add(tallied, { machine: added.length + 1, run: own.length });
      if (machines.length > 1) {
        const groups = unseen(tallied, run, added.length);
        counts.add(armRows({ run, tallied: { ...tallied, groups } }), added.length);
      }
    }
    if (own.length > 0) added.push(own);
  }
  return added.flat();
};

interface PooledParts {
  readonly tallied: Tallied;
  /** Of the pool: one run without measured times leaves it without any. */
  readonly design: Design;
  readonly counts: CountCheck;
  readonly missing: MissingRuns;
}

const pooledOf = (
  found: readonly FolderRun[],
  machines: readonly MachineRuns[],
  { tallied, design, counts, missing }: PooledParts,
): Pooled => {
  const runs = found.map(({ run }) => run);
  const fleet = fleetOf(tallied, machines, { counts, design });
  const machineIndex = new Map(machines.flatMap((machine, index) => machine.runs.map((run) => [run, index])));
  return {
    runs: runs.map((run) => ({
      id: run.id,
      startedAt: run.startedAt,
      seed: run.plan.seed,
      commandLine: run.commandLine,
      ...(fleet === null ? {} : { machine: machineIndex.get(run)! }),
    })),
    judged: judgedIn(runs),
    notices: noticesOf(runs, machines),
    ...(missing.all.length === 0 ? {} : { missing: missing.all }),
    ...(fleet === null ? {} : { fleet }),
  };
};

/** The runs are pooled in the order in which they started. */
export const loadPool = async (
  given: readonly string[],
  id: string,
  options: PoolOptions = {},
): Promise<LoadedPool> => {
  const missing = new MissingRuns(options);
  const found = missing.ofOnePlan(readAll(given, missing));
  refuseNone(found, missing);
  refuseOtherPlans(found);
  const machines = machinesOf(found.map(({ run }) => run));
  refuseTooMany(machines);
  refuseTwoNames(machines);
  const [pool, counts] = [startPool(), startCountCheck()];
  const warnings: string[] = [];
  const added = addAll(found, machines, { pool, counts, missing, warnings });
  const isAdded = new Set(added);
  const here = found.filter(({ run }) => isAdded.has(run));
  refuseNone(here, missing);
  const tallied = pool.finish();
  const run = poolRun(
    here.map((one) => one.run),
    id,
    here.map(({ folder }) => folder),
  );
  return {
    folder: here[0]!.folder,
    run,
    pool: pooledOf(here, machinesOf(added), { tallied, design: designOf(run), counts, missing }),
    tallied,
    okCount: okCountOf(tallied),
    warnings,
  };
};
