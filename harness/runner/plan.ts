// The plan: which slots, in which order. Pure: the same inputs and the same seed give the same plan.
//
// Randomised complete blocks: a block holds every group (scenario, its parameters, image) once in random order, and inside a
// group every arm once in random order, the baseline twice. Counting passes come first and are never the timed ones.

import { NULL_ARM } from '../../results/compare/phase-of.ts';
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

/** The placement is one of a group's parameters, so that every table says it; `free` goes without saying. */
export const SAME_CPU: Params = { placement: 'same-cpu' };

export const placementOf = (params: Params): Placement =>
  params['placement'] === 'same-cpu' ? 'same-cpu' : 'free';

/** Whether a scenario takes part in this kind of pass. */
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

/** The arms of the same group as the scheduler has it. */
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

/** Every arm of every group, `passes` times; no null arm, since counts have no noise to show. */
export const countingSlots = (groups: readonly Group[], passes: number): Slot[] => {
  const block = groups
    .filter((group) => inPass(group, 'count'))
    .flatMap((group) => {
      // What depends on the placement is time alone: nothing is counted twice.
      const done = placementOf(group.params) === 'free' ? [] : freeArms(groups, group);
      const arms = group.arms.filter((arm) => !done.includes(arm));
      return slotsOf(
        group,
        arms.map((arm) => [arm.id, arm]),
      );
    });
  return place(
    Array.from({ length: passes }, () => block),
    'count',
    0,
  );
};

const timingBlock = (groups: readonly Group[], baseline: string, random: Random): Unplaced[] =>
  shuffled(groups, random).flatMap((group) => {
    const again = group.arms.filter((arm) => arm.id === baseline).map((arm) => [NULL_ARM, arm] as const);
    return slotsOf(group, shuffled([...group.arms.map((arm) => [arm.id, arm] as const), ...again], random));
  });

export interface TimingOptions {
  readonly blocks: number;
  readonly baseline: string;
  readonly seed: string;
  readonly firstSeq: number;
  readonly firstBlock?: number;
  /** What is left out after the order was drawn: dropping an image must not change the order of the others. */
  readonly keeps?: (slot: Pick<Slot, 'scenario' | 'params' | 'image' | 'arm'>) => boolean;
}

/** `groups`: all that were asked for, with all their arms. */
export const timingSlots = (groups: readonly Group[], options: TimingOptions): Slot[] => {
  const { baseline, firstBlock = 0, keeps = () => true } = options;
  const random = seeded(options.seed);
  const timed = groups.filter((group) => inPass(group, 'time'));
  const blocks = Array.from({ length: options.blocks }, () =>
    timingBlock(timed, baseline, random).filter(keeps),
  );
  return place(blocks, 'time', options.firstSeq).map((slot) => ({ ...slot, block: slot.block + firstBlock }));
};
