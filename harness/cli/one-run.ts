// One run at a time on a machine: two would disturb each other's times.
import type { ConditionWarning } from '../../results/schema/machine.ts';
import { visible } from '../../results/visible.ts';
import { UserError } from '../model/errors.ts';
import { type LiveRun, liveRuns, lockRun } from '../sys/run-locks.ts';

/** Handed over to the inner process. */
export interface ParallelFacts {
  readonly isAllowed: boolean;
  /** The file by which other runs see this one. */
  readonly path: string | null;
  /** Runs that measured when this one began. */
  readonly others: number;
  /** The process of its pool, which is not another run; null: no pool. */
  readonly poolPid: number | null;
}

const described = ({ pid, startedAt, runDir }: LiveRun): string =>
  `${visible(runDir)}, since ${visible(startedAt)}, process ${pid}`;

/** A pool holds the machine for its runs, which are its children. */
const poolPid = (): number | null => (process.channel === undefined ? null : process.ppid);

interface HeldMachine {
  readonly facts: ParallelFacts;
  close(): void;
}

/** Throws if another run measures here, unless it is allowed. `runDir`: of the run or the pool. */
export const holdMachine = async (
  runDir: string,
  { startedAt, isAllowed }: { readonly startedAt: Date; readonly isAllowed: boolean },
): Promise<HeldMachine> => {
  const pool = poolPid();
  const own = { pid: process.pid, startedAt: startedAt.toISOString(), runDir };
  const lock = await lockRun(pool === null ? own : { ...own, poolPid: pool });
  const others = lock.others.filter(({ pid }) => pid !== pool);
  if (others.length === 0 || isAllowed)
    return {
      facts: { isAllowed, path: lock.path, others: others.length, poolPid: pool },
      close: lock.close,
    };
  lock.close();
  throw new UserError('another run measures on this machine', {
    exit: 4,
    facts: [...others.map(described), 'two runs at the same time would disturb each other’s times'],
    hint: 'wait for it to end, or --allow-parallel, which the report records',
  });
};

const caveat = (severity: ConditionWarning['severity'], text: string): ConditionWarning => ({
  id: 'parallel',
  severity,
  text,
  hint: 'measure alone, without --allow-parallel',
});

const runsText = (count: number): string => (count === 1 ? 'another run' : `${count} other runs`);

/** Looks again: a run that began later is seen if it lasts as long as this one. */
export const judgeParallel = ({
  isAllowed,
  path,
  others,
  poolPid: pool,
}: ParallelFacts): readonly ConditionWarning[] => {
  const now = path === null ? 0 : liveRuns(path).filter(({ pid }) => pid !== pool).length;
  const most = Math.max(others, now);
  if (most > 0) return [caveat('noise', `${runsText(most)} measured on this machine at the same time`)];
  return isAllowed
    ? [caveat('note', 'another run was allowed to measure at the same time (--allow-parallel)')]
    : [];
};
