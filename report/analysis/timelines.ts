// What one life of each arm did within its windows.
import { type GroupData, paramsKey } from '../../results/compare/tally.ts';
import type { ArmView, TimelineView } from '../view.ts';

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
