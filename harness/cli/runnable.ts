// What of the plan this machine can run; the rest is skipped, with the reason.
import { paramsKey } from '../../results/compare/tally.ts';
import type { RunFile } from '../../results/schema/run.ts';
import type { Features, Need } from '../model/machine.ts';
import type { Params, Scenario } from '../model/scenario.ts';
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

/** Scenarios with those of their parameters that this machine can run; one that has none left is skipped as a whole. */
export const runnableScenarios = (
  scenarios: readonly Scenario[],
  features: Features,
): { readonly can: readonly Scenario[]; readonly skipped: readonly Skipped[] } => {
  const whole = runnable(scenarios, ({ needs }) => needs, features);
  const skipped: Skipped[] = [...whole.skipped];
  const can = whole.can.map((scenario) => {
    const canRun = (params: Params): boolean => {
      const unmet = firstUnmet(scenario.paramNeeds?.(params) ?? [], features);
      if (unmet !== null)
        skipped.push({
          what: `${scenario.id} ${paramsKey(params)}`,
          need: unmet.title,
          reason: unmet.detail,
        });
      return unmet === null;
    };
    if (scenario.paramNeeds === undefined) return scenario;
    const { largeParams = [] } = scenario;
    return { ...scenario, params: scenario.params.filter(canRun), largeParams: largeParams.filter(canRun) };
  });
  return {
    can: can.filter(({ params, largeParams = [] }) => params.length + largeParams.length > 0),
    skipped,
  };
};
