// What of the plan this machine can run; the rest is skipped, with the reason.
import type { RunFile } from '../../results/schema/run.ts';
import type { Features, Need } from '../model/machine.ts';
import { firstUnmet } from './needs.ts';

export type Skipped = RunFile['skipped'][number];

export const runnable = <T extends { readonly id: string }>(
  things: readonly T[],
  needsOf: (thing: T) => readonly Need[],
  features: Features,
): { readonly can: readonly T[]; readonly skipped: readonly Skipped[] } => {
  const skipped: Skipped[] = [];
  const can = things.filter((thing) => {
    const unmet = firstUnmet(needsOf(thing), features);
    if (unmet !== null) skipped.push({ what: thing.id, need: unmet.title, reason: unmet.detail });
    return unmet === null;
  });
  return { can, skipped };
};
