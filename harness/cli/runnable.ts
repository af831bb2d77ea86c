// The part of the plan that this machine can run; everything else is skipped with a reason.
import type { Skipped } from '../../results/schema/not-measured.ts';
import type { Features, Need } from '../model/machine.ts';
import type { Params, Scenario } from '../model/scenario.ts';
import { type CheckedNeed, firstUnmet } from './check-needs.ts';

interface Runnable<T> {
  readonly usable: readonly T[];
  readonly skipped: readonly Skipped[];
}

type WithoutReason<T> = T extends Skipped ? Omit<T, 'need' | 'reason'> : never;
type SkippedThing = WithoutReason<Skipped>;

const skippedFor = (thing: SkippedThing, { title, detail }: CheckedNeed): Skipped => ({
  ...thing,
  need: title,
  reason: detail,
});

export const runnable = <T extends { readonly id: string }>(
  things: readonly T[],
  needsOf: (thing: T) => readonly Need[],
  features: Features,
  name: (thing: T) => SkippedThing,
): Runnable<T> => {
  const skipped: Skipped[] = [];
  const usable = things.filter((thing) => {
    const unmet = firstUnmet(needsOf(thing), features);
    if (unmet !== null) skipped.push(skippedFor(name(thing), unmet));
    return unmet === null;
  });
  return { usable, skipped };
};

/** Scenarios with the parameters that this machine can run; a scenario without any is left out. */
export const runnableScenarios = (scenarios: readonly Scenario[], features: Features): Runnable<Scenario> => {
  const whole = runnable(
    scenarios,
    ({ needs }) => needs,
    features,
    ({ id }) => ({ kind: 'scenario', scenario: id }),
  );
  const skipped: Skipped[] = [...whole.skipped];
  const withRunnableParams = (scenario: Scenario): Scenario => {
    const { params, largeParams = [], paramNeeds } = scenario;
    if (paramNeeds === undefined) return scenario;
    const canRun = (one: Params): boolean => {
      const unmet = firstUnmet(paramNeeds(one), features);
      if (unmet !== null)
        skipped.push(skippedFor({ kind: 'scenario', scenario: scenario.id, params: one }, unmet));
      return unmet === null;
    };
    return { ...scenario, params: params.filter(canRun), largeParams: largeParams.filter(canRun) };
  };
  return {
    usable: whole.usable
      .map(withRunnableParams)
      .filter(({ params, largeParams = [] }) => params.length + largeParams.length > 0),
    skipped,
  };
};
