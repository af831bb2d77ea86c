// Decided groups, checked at the planned looks only.

import { isDecided } from '../../results/compare/looks.ts';
import { type Design, NULL_ARM } from '../../results/compare/phase-of.ts';
import { rowOf } from '../../results/compare/rows.ts';
import { paramsKey, type Tallied } from '../../results/compare/tally.ts';
import type { Group } from './plan.ts';

/** True if every headline row of the group has a verdict for every compared arm; the null arm is noise and decides nothing. */
export const isGroupDecided = (group: Group, tallied: Tallied, design: Design): boolean => {
  const data = tallied.groups.find(
    ({ group: { scenario, params, image } }) =>
      scenario === group.scenario.id &&
      image === group.image &&
      paramsKey(params) === paramsKey(group.params),
  );
  if (data === undefined) return false;
  return group.scenario.headline.every((metric) => {
    const row = rowOf(data, metric, design);
    return (row?.cells ?? []).every(
      ({ arm, versus }) => arm === NULL_ARM || versus === null || isDecided(versus.verdict),
    );
  });
};
