// The parts of the question that a run has no time for, and the budget that a new run would need.
import { droppedLines } from '../../results/not-measured.ts';
import type { Dropped } from '../../results/schema/not-measured.ts';
import type { Projector } from './budget.ts';
import { enoughBudget } from './enough-budget.ts';
import type { Stop } from './execute.ts';
import { groupsOf } from './groups.ts';
import type { RunParts } from './parts.ts';
import type { PreparedRun } from './prepare-all.ts';
import { droppedBefore } from './resume.ts';

/** The parts that there was no time for, recorded and printed as they are decided. */
export interface DroppedList {
  add(parts: readonly Dropped[]): void;
  all(): readonly Dropped[];
}

export const openDropped = ({ update, say, before }: RunParts): DroppedList => {
  const list: Dropped[] = [...droppedBefore(before)];
  // Groups of an interrupted run that are decided again.
  if (list.length < before.dropped.length) update({ plan: { dropped: list } });
  return {
    add(parts) {
      if (parts.length === 0) return;
      for (const line of droppedLines(parts)) say(line);
      list.push(...parts);
      update({ plan: { dropped: list } });
    },
    all: () => list,
  };
};

/** Blocks; 0 if nothing is timed. */
export const firstLookOf = ({ countOnly, looks }: RunParts): number => (countOnly ? 0 : looks[0]!);

interface Projected {
  readonly projector: Projector;
  readonly dropped: DroppedList;
}

/** Prints the budget that the dropped groups need. */
export const sayEnough = (
  parts: RunParts,
  { ready }: PreparedRun,
  { projector, dropped }: Projected,
  stop: Stop,
): void => {
  const { question, before, deadline, countPasses, say } = parts;
  const enough = enoughBudget({
    groups: groupsOf(question),
    dropped: dropped.all().filter((one) => one.kind === 'group'),
    projector,
    prepared: new Set(ready.images.map(({ name }) => name)),
    ...{ countPasses, firstLook: firstLookOf(parts), budgetNs: deadline.budgetNs },
    beforeNs: before.samples.reduce((sum, { slotNs }) => sum + slotNs, 0),
  });
  if (enough === null) return;
  const isBound = stop === 'out-of-time' || !enough.isMeasured;
  say(
    `to measure what had no time: a new run with --budget ${enough.minutes}m${isBound ? ' or more' : ''} (${enough.isMeasured ? 'projected from this run' : 'estimated'})`,
  );
};
