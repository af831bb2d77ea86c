// The budget of a new run that would have time for the groups that this run ended below their first look.
import { FEWEST_PASSES } from '../../results/compare/counts.ts';
import type { DroppedGroup } from '../../results/schema/not-measured.ts';
import type { Sample } from '../../results/schema/run.ts';
import { PROJECTION_ERROR, type Projector, passesOf, roughPrepareNs, roughProveNs } from './budget.ts';
import { RESERVE_RATIO } from './clock.ts';
import { type Group, groupKey, inPass, keyOf } from './plan.ts';

const MARGIN = (1 + PROJECTION_ERROR) / (1 - RESERVE_RATIO);
const MINUTE_NS = 60e9;

export interface EnoughParts {
  /** All groups of the question. */
  readonly groups: readonly Group[];
  /** Those of them that ended below their first look. */
  readonly dropped: readonly DroppedGroup[];
  readonly projector: Projector;
  /** Names of the prepared images. */
  readonly prepared: ReadonlySet<string>;
  readonly countPasses: number;
  /** Blocks; 0 if nothing is timed. */
  readonly firstLook: number;
  /** Of this session. */
  readonly budgetNs: number;
  /** Slot times of earlier sessions, which a new run needs too. */
  readonly beforeNs: number;
}

export interface Enough {
  readonly minutes: number;
  /** False: no slot of a dropped group's scenario was measured, so that its estimate alone is known. */
  readonly isMeasured: boolean;
}

interface Likely {
  readonly ns: number;
  readonly isMeasured: boolean;
}

/** Of the group itself, else of other groups of its scenario, scaled by the scenario's estimates, else the estimate. */
const likelySlotNs = (group: Group, pass: Sample['pass'], { groups, projector }: EnoughParts): Likely => {
  const { sizes, times } = projector;
  const rough = ({ scenario, image, params }: Group): number => scenario.roughNs(sizes.get(image)!, params);
  const own = times.slotNs(group, pass);
  if (own !== null) return { ns: own, isMeasured: true };
  let [measuredNs, estimatedNs] = [0, 0];
  for (const one of groups) {
    const ns = one.scenario.id === group.scenario.id ? times.slotNs(one, pass) : null;
    if (ns === null) continue;
    measuredNs += ns;
    estimatedNs += rough(one);
  }
  if (estimatedNs === 0) return { ns: rough(group), isMeasured: false };
  return { ns: (rough(group) * measuredNs) / estimatedNs, isMeasured: true };
};

/** Passes and blocks that the group lacks up to its first look. */
const lacking = (group: Group, { passes = 0, blocks }: DroppedGroup, parts: EnoughParts): Likely => {
  const lackedPasses = passesOf(group, Math.min(FEWEST_PASSES, parts.countPasses)) - passes;
  const lackedBlocks = inPass(group, 'time') ? parts.firstLook - blocks : 0;
  const counting = group.arms.length * Math.max(0, lackedPasses);
  const timing = (group.arms.length + 1) * Math.max(0, lackedBlocks);
  const [count, time] = [likelySlotNs(group, 'count', parts), likelySlotNs(group, 'time', parts)];
  return {
    ns: counting * count.ns + timing * time.ns,
    isMeasured: (counting === 0 || count.isMeasured) && (timing === 0 || time.isMeasured),
  };
};

/** Images that were not prepared, each with the proofs of its arms. */
const preparingNs = (groups: readonly Group[], { projector, prepared }: EnoughParts): number => {
  const arms = new Map<string, Set<string>>();
  for (const { image, others = [], arms: ofGroup } of groups)
    for (const name of [image, ...others]) {
      if (prepared.has(name)) continue;
      const known = arms.get(name) ?? new Set();
      arms.set(name, known);
      for (const { id } of ofGroup) known.add(id);
    }
  return [...arms].reduce((sum, [name, ids]) => {
    const size = projector.sizes.get(name)!;
    return sum + roughPrepareNs(size) + ids.size * roughProveNs(size);
  }, 0);
};

/** Null: no group was dropped, or there is no budget. */
export const enoughBudget = (parts: EnoughParts): Enough | null => {
  const byKey = new Map(parts.groups.map((group) => [keyOf(group), group]));
  const pairs = parts.dropped.flatMap((one) => {
    const group = byKey.get(groupKey(one));
    return group === undefined ? [] : [{ one, group }];
  });
  if (pairs.length === 0 || !Number.isFinite(parts.budgetNs)) return null;
  const lacked = pairs.map(({ one, group }) => lacking(group, one, parts));
  const prepareNs = preparingNs(
    pairs.map(({ group }) => group),
    parts,
  );
  const missingNs = prepareNs + lacked.reduce((sum, { ns }) => sum + ns, 0);
  return {
    minutes: Math.ceil((parts.budgetNs + parts.beforeNs + MARGIN * missingNs) / MINUTE_NS),
    isMeasured: lacked.every(({ isMeasured }) => isMeasured),
  };
};
