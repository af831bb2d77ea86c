// The calls of one life of each arm within its windows.
import { type GroupData, paramsKey } from '../../results/compare/tally.ts';
import type { TimelineView } from '../view-charts.ts';
import type { ArmView } from '../view-tables.ts';

export const timelinesOf = (
  groups: readonly GroupData[],
  arms: readonly ArmView[],
): readonly TimelineView[] =>
  groups
    .filter(({ timelines }) => timelines.size > 0)
    .map(({ group: { image, scenario, params }, timelines }) => ({
      image,
      scenario,
      params: paramsKey(params),
      arms: arms.map(({ id }) => timelines.get(id) ?? null),
    }));
