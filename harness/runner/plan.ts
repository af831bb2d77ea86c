// The plan: all slots in order. Pure: the same inputs and the same seed give the same plan.
//
// Randomised complete blocks: a block holds every group once, the first one by rank and the others in random order, and inside a group
// every arm once and the baseline twice in random order. Counting passes come first.

import { NULL_ARM } from '../../results/compare/phase-of.ts';
import { UserError } from '../model/errors.ts';
import { type Random, seeded, shuffled } from '../model/random.ts';
import type { Params, Placement, Scenario, Slot } from '../model/scenario.ts';
import type { Arm } from './arm.ts';

export interface Group {
  readonly scenario: Scenario;
  readonly params: Params;
  readonly image: string;
  /** Backends that can show this image and take part in this scenario. */
  readonly arms: readonly Arm[];
  /** Names of further images that its slots need. */
  readonly others?: readonly string[];
}

/** The placement is a parameter of a group, so that every table names it; `free` is not named. */
export const SAME_CPU: Params = { placement: 'same-cpu' };

export const placementOf = (params: Params): Placement =>
  params['placement'] === 'same-cpu' ? 'same-cpu' : 'free';

/** True if the scenario is part of this kind of pass. */
export const inPass = (
  { scenario, params = {} }: Pick<Group, 'scenario'> & { readonly params?: Params },
  pass: Slot['pass'],
): boolean => {
  const passes = scenario.passesWith?.(params) ?? scenario.passes;
  return passes === undefined || passes.includes(pass);
};

export const groupKey = (group: { scenario: string; params: Params; image: string }): string =>
  `${group.scenario} ${JSON.stringify(group.params)} ${group.image}`;

export const keyOf = ({ scenario, params, image }: Group): string =>
  groupKey({ scenario: scenario.id, params, image });

type Unplaced = Omit<Slot, 'seq' | 'order' | 'block' | 'pass'>;

const slotsOf = ({ scenario, params, image }: Group, arms: readonly (readonly [string, Arm])[]): Unplaced[] =>
  arms.map(([id, arm]) => ({
    scenario: scenario.id,
    arm: id,
    backend: arm.backend.id,
    image,
    cache: scenario.cache,
    params,
    placement: placementOf(params),
  }));

const place = (blocks: readonly (readonly Unplaced[])[], pass: Slot['pass'], seq: number): Slot[] =>
  blocks
    .flatMap((slots, block) => slots.map((slot, order) => ({ ...slot, seq: 0, block, order, pass })))
    .map((slot, i) => ({ ...slot, seq: seq + i }));

/** The arms of the same group with free placement. */
const freeArms = (groups: readonly Group[], { scenario, image, params }: Group): readonly Arm[] => {
  const { placement: _, ...free } = params;
  return groups
    .filter(
      (other) =>
        other.scenario.id === scenario.id &&
        other.image === image &&
        JSON.stringify(other.params) === JSON.stringify(free),
    )
    .flatMap(({ arms }) => arms);
};

const countingPass = (groups: readonly Group[]): Unplaced[] =>
  groups
    .filter((group) => inPass(group, 'count'))
    .flatMap((group) => {
      // Only times depend on the placement: calls are counted with the free one.
      const done = placementOf(group.params) === 'free' ? [] : freeArms(groups, group);
      const arms = group.arms.filter((arm) => !done.includes(arm));
      return slotsOf(
        group,
        arms.map((arm) => [arm.id, arm]),
      );
    });

/** Every arm of every group, `passes` times or once. No null arm: counts have no noise. */
export const countingSlots = (groups: readonly Group[], passes: number): Slot[] => {
  const first = countingPass(groups);
  const further = countingPass(groups.filter(({ scenario }) => scenario.onePass !== true));
  return place(
    Array.from({ length: passes }, (_, pass) => (pass === 0 ? first : further)),
    'count',
    0,
  );
};

const timingBlock = (inOrder: readonly Group[], baseline: string, random: Random): Unplaced[] =>
  inOrder.flatMap((group) => {
    const again = group.arms.filter((arm) => arm.id === baseline).map((arm) => [NULL_ARM, arm] as const);
    return slotsOf(group, shuffled([...group.arms.map((arm) => [arm.id, arm] as const), ...again], random));
  });

/** The highest number of a slot or block; -1 without slots. Not Math.max(...): a plan has more slots than a call may have arguments. */
export const lastOf = (slots: readonly Slot[], number: 'seq' | 'block'): number =>
  slots.reduce((most, slot) => Math.max(most, slot[number]), -1);

/** run.json lists every slot of the plan. It must be smaller than `results/read.ts` accepts. */
export const MOST_SLOTS = 200_000;

/** `blocks`: the most that may be measured; 0 without timing. */
export const refuseLongPlan = (
  groups: readonly Group[],
  { passes, blocks }: { readonly passes: number; readonly blocks: number },
  baseline: string,
): void => {
  const armsIn = (pass: Slot['pass']): number =>
    groups.filter((group) => inPass(group, pass)).reduce((sum, { arms }) => sum + arms.length, 0);
  const nullArms = groups.filter(
    (group) => inPass(group, 'time') && group.arms.some(({ id }) => id === baseline),
  ).length;
  const [passSlots, blockSlots] = [armsIn('count'), armsIn('time') + nullArms];
  const slotCount = passes * passSlots + blocks * blockSlots;
  if (slotCount <= MOST_SLOTS) return;
  throw new UserError(`the plan is too long: up to ${slotCount} slots`, {
    facts: [
      `limit: ${MOST_SLOTS}`,
      `${passes} counting passes of ${passSlots} slots, ${blocks} blocks of ${blockSlots} slots`,
    ],
    hint: 'fewer --blocks, --scenarios, --backends or --images',
  });
};

export interface TimingOptions {
  readonly blocks: number;
  readonly baseline: string;
  readonly seed: string;
  readonly firstSeq: number;
  readonly firstBlock?: number;
  /** Applied after the order is drawn: a dropped image must not change the order of the others. */
  readonly keeps?: (slot: Pick<Slot, 'scenario' | 'params' | 'image' | 'arm'>) => boolean;
}

/**
 * `groups`: all groups of the question, with all their arms, highest rank first. The first block of a run keeps this order, so that
 * the times of higher-ranked groups are known before a group is measured; the others are shuffled.
 */
export const timingSlots = (groups: readonly Group[], options: TimingOptions): Slot[] => {
  const { baseline, firstBlock = 0, keeps = () => true } = options;
  const random = seeded(options.seed);
  const timed = groups.filter((group) => inPass(group, 'time'));
  const blocks = Array.from({ length: options.blocks }, (_, block) =>
    timingBlock(firstBlock + block === 0 ? timed : shuffled(timed, random), baseline, random).filter(keeps),
  );
  return place(blocks, 'time', options.firstSeq).map((slot) => ({ ...slot, block: slot.block + firstBlock }));
};
