// The budget rule. Groups are ranked. Before each image is prepared, before each counting pass, before each block and, in the first one,
// before each group the time up to the next look is projected from the slot times of this run; the lowest-ranked groups end while the
// projection exceeds the time left.
//
// Pure: the same groups and the same times give the same plan.
import { paramsKey } from '../../results/compare/tally.ts';
import type { DroppedGroup } from '../../results/schema/not-measured.ts';
import type { Sample } from '../../results/schema/run.ts';
import type { ImageSize, Scenario } from '../model/scenario.ts';
import type { Deadline } from './clock.ts';
import { type Group, groupKey, inPass, keyOf } from './plan.ts';

/**
 * Time to prepare an image from its source and to prove one mount of it, nanoseconds. Estimates, not measurements: the time of the
 * images that this run has prepared scales them.
 */
const PREPARE_NS = { base: 1e8, perObject: 1.5e5, perByte: 12 };
const PROVE_NS = { base: 2e8, perEntry: 3e4, perByte: 1.5 };

/** Of each further member of a family, in several threads: its manifest. */
const MANIFEST_NS_PER_ENTRY = 5e3;

const writtenNs = ({ objectCount, objectBytes }: Pick<ImageSize, 'objectCount' | 'objectBytes'>): number =>
  objectCount * PREPARE_NS.perObject + objectBytes * PREPARE_NS.perByte;

export const roughPrepareNs = (size: ImageSize): number => {
  const { entryCount, further } = size;
  const furtherNs =
    further === undefined ? 0 : further.imageCount * entryCount * MANIFEST_NS_PER_ENTRY + writtenNs(further);
  return PREPARE_NS.base + writtenNs(size) + furtherNs;
};

export const roughProveNs = ({ entryCount, objectBytes }: ImageSize): number =>
  PROVE_NS.base + entryCount * PROVE_NS.perEntry + objectBytes * PROVE_NS.perByte;

/** A group that ends for lack of time, and the projection that ended it. */
export interface OutOfTime {
  readonly group: Group;
  /** Projected for this group and all groups that rank higher. */
  readonly neededNs: number;
  readonly leftNs: number;
}

/** `passes` of the run: those that a group is counted in. */
export const passesOf = (group: Group, passes: number): number => {
  if (!inPass(group, 'count')) return 0;
  return group.scenario.onePass === true ? Math.min(1, passes) : passes;
};

/** As it is recorded in run.json. `passes`: of the run. `firstLook`: 0 if nothing is timed. */
export const asDropped = (
  { group, neededNs, leftNs }: OutOfTime,
  { passes, blocks }: { readonly passes: number; readonly blocks: number },
  firstLook: number,
): DroppedGroup => ({
  kind: 'group',
  scenario: group.scenario.id,
  params: group.params,
  image: group.image,
  passes: passesOf(group, passes),
  blocks,
  neededBlocks: inPass(group, 'time') ? firstLook : 0,
  neededNs,
  leftNs,
});

export interface Affordable {
  readonly kept: readonly Group[];
  readonly ended: readonly OutOfTime[];
}

/**
 * A projection may exceed the time left by this share of itself: after the first block the other blocks took 88 to 105 % of the
 * projection, in six runs. The allowance shrinks with the remaining time.
 */
export const PROJECTION_ERROR = 0.12;

/** The rule: the highest-ranked groups whose needs together fit into the time left. */
export const affordable = (
  ranked: readonly Group[],
  needNs: (group: Group) => number,
  leftNs: number,
): Affordable => {
  const kept: Group[] = [];
  const ended: OutOfTime[] = [];
  let neededNs = 0;
  for (const group of ranked) {
    neededNs += needNs(group);
    if (neededNs * (1 - PROJECTION_ERROR) <= leftNs) kept.push(group);
    else ended.push({ group, neededNs, leftNs });
  }
  return { kept, ended };
};

/**
 * Slots may use half of the reserve (8 % of the budget). The rest is for the report, which takes 0.8 s after a run of `quick` and 1.4 s
 * after one of `default`.
 */
const OVERRUN_RATIO = 0.04;

/** False if a slot would end after its share of the reserve: the last check, because a machine can become slower within a block. */
export const mayStart = ({ budgetNs, leftNs }: Deadline, slotNs: number): boolean =>
  slotNs <= leftNs() + OVERRUN_RATIO * budgetNs;

const hasHeadline = ({ headline, ownSection }: Scenario): boolean =>
  headline.length > 0 && ownSection !== true;

/** Position among the scenario's parameters, whatever the placement. */
const paramsIndex = ({ scenario, params }: Group): number => {
  const { placement: _, ...free } = params;
  const all = [...scenario.params, ...(scenario.largeParams ?? [])];
  return all.findIndex((one) => paramsKey(one) === paramsKey(free));
};

export interface Ranking {
  /** In the order of the command line or profile. */
  readonly scenarios: readonly Scenario[];
  /** Ids of scenarios that rank below all others. */
  readonly last?: readonly string[];
  /** Names, in the same order. */
  readonly images: readonly string[];
  /** Scenario ids by image name, for images that only some scenarios measure. */
  readonly imageScenarios?: ReadonlyMap<string, readonly string[]>;
}

/**
 * Highest rank first: the scenarios of the first table, image by image, each with its first parameters before any with its second; after
 * the first parameters of the first image, scenarios that are only counted: they are cheap, and decide claims; then the other scenarios;
 * then images that only some scenarios measure, because these are the large ones; then the scenarios of `last`.
 */
export const byRank = (groups: readonly Group[], ranking: Ranking): readonly Group[] => {
  const { scenarios, images, imageScenarios, last = [] } = ranking;
  const isLast = ({ scenario }: Group): boolean => last.includes(scenario.id);
  const isLarge = ({ scenario, image }: Group): boolean =>
    imageScenarios?.has(image) === true && scenario.source === undefined;
  const isFirst = (group: Group): boolean => hasHeadline(group.scenario) && !isLast(group) && !isLarge(group);
  const firsts = groups.filter(isFirst).map(({ image }) => images.indexOf(image));
  const firstImage = Math.min(images.length, ...firsts);
  const order = (group: Group): readonly number[] => {
    const [scenario, image] = [scenarios.indexOf(group.scenario), images.indexOf(group.image)];
    const params = paramsIndex(group);
    if (isLast(group)) return [3, 0, 0, 0, scenario, image, params];
    if (isLarge(group)) return [2, image, 0, 0, scenario, 0, params];
    if (isFirst(group)) return [0, image, params, 0, scenario, 0, 0];
    if (!inPass(group, 'time')) return [0, firstImage, 0, 1, scenario, image, params];
    return [1, 0, 0, 0, scenario, image, params];
  };
  return groups
    .map((group) => ({ group, order: order(group) }))
    .sort((a, b) => a.order.reduce((sign, value, i) => sign || value - b.order[i]!, 0))
    .map(({ group }) => group);
};

/**
 * Mean time of a timed slot divided by that of a counted one: 0.74 and 0.90 in two runs of `quick`, 0.72 in two of `default`, 0.93 in one
 * of `evidence`. Used until a group of the scenario was timed: by scenario it was 0.4 to 14 in one run of `full`.
 */
const TIMED_SHARE = 0.74;

/** Slot times of this run. */
export interface SlotTimes {
  saw(sample: Sample): void;
  /**
   * Mean of the timed slots of a group, else its last counting pass times the ratio of timed to counted slots of its scenario; null: none
   * was measured.
   */
  slotNs(group: Group, pass: Sample['pass']): number | null;
}

export const openSlotTimes = (): SlotTimes => {
  const timed = new Map<string, { ns: number; count: number }>();
  const counted = new Map<string, { ns: number; count: number; block: number }>();
  const keysOf = new Map<string, Set<string>>();
  const mean = (sum: { readonly ns: number; readonly count: number } | undefined): number | null =>
    sum === undefined ? null : sum.ns / sum.count;
  /** Time of timed slots divided by that of counted ones, of the scenario's groups that have both. */
  const timedShare = (scenario: string): number => {
    const both = [...(keysOf.get(scenario) ?? [])].flatMap((key) => {
      const [timedNs, countedNs] = [mean(timed.get(key)), mean(counted.get(key))];
      return timedNs === null || countedNs === null ? [] : [{ timedNs, countedNs }];
    });
    if (both.length === 0) return TIMED_SHARE;
    const sum = (name: 'timedNs' | 'countedNs'): number => both.reduce((ns, one) => ns + one[name], 0);
    return sum('timedNs') / sum('countedNs');
  };
  return {
    saw(sample) {
      const { pass, block, slotNs, outcome, scenario } = sample;
      if (outcome !== 'ok') return;
      const key = groupKey(sample);
      const keys = keysOf.get(scenario) ?? new Set();
      keysOf.set(scenario, keys.add(key));
      if (pass === 'time') {
        const { ns, count } = timed.get(key) ?? { ns: 0, count: 0 };
        timed.set(key, { ns: ns + slotNs, count: count + 1 });
        return;
      }
      const known = counted.get(key);
      // The first slots of a kind are slower than later ones: a new pass replaces the one before.
      const { ns, count } = known?.block === block ? known : { ns: 0, count: 0 };
      counted.set(key, { ns: ns + slotNs, count: count + 1, block });
    },
    slotNs(group, pass) {
      const key = keyOf(group);
      const countNs = mean(counted.get(key));
      if (pass === 'count') return countNs;
      return mean(timed.get(key)) ?? (countNs === null ? null : timedShare(group.scenario.id) * countNs);
    },
  };
};

/** Passes and blocks that a group needs up to the next look. */
export interface Remaining {
  readonly passes: number;
  readonly blocks: number;
}

export interface Projector {
  readonly sizes: ReadonlyMap<string, ImageSize>;
  readonly times: SlotTimes;
  /** Slots of one counting pass, by the group's key; absent: one per arm. */
  readonly passSlots?: ReadonlyMap<string, number>;
}

/**
 * Time that a group needs up to the next look, nanoseconds. A group without samples is charged for one pass and one block only, at its
 * scenario's estimate: measured slots took 0.1 to 2.2 times their estimates.
 */
export const groupNeedNs = (group: Group, projector: Projector, { passes, blocks }: Remaining): number => {
  const { sizes, times } = projector;
  const rough = (): number => group.scenario.roughNs(sizes.get(group.image)!, group.params);
  const perArm = inPass(group, 'count') ? group.arms.length : 0;
  const passSlots = projector.passSlots === undefined ? perArm : (projector.passSlots.get(keyOf(group)) ?? 0);
  const blockSlots = inPass(group, 'time') ? group.arms.length + 1 : 0;
  const counted = times.slotNs(group, 'count');
  const timed = times.slotNs(group, 'time');
  const countNs = counted === null ? Math.min(1, passes) * rough() : passes * counted;
  const timeNs = timed === null ? Math.min(1, blocks) * rough() : blocks * timed;
  return passSlots * countNs + blockSlots * timeNs;
};

/** An arm's mount of an image, whatever the group. */
export const pairKey = (arm: string, image: string): string => `${arm} ${image}`;

/** Facts known while images are prepared. */
export interface Preparing {
  readonly sizes: ReadonlyMap<string, ImageSize>;
  /** Time that the prepared images took, divided by their estimate; 1 before the first. */
  readonly slowness: number;
  readonly prepared: ReadonlySet<string>;
  /** Proved mounts, by `pairKey`. */
  readonly proved: ReadonlySet<string>;
}

/** By the group's key: nanoseconds to prepare and prove the parts that no higher-ranked group needs. */
const preparingNs = (ranked: readonly Group[], preparing: Preparing): ReadonlyMap<string, number> => {
  const prepared = new Set(preparing.prepared);
  const proved = new Set(preparing.proved);
  const imageNs = (image: string, arms: Group['arms']): number => {
    const size = preparing.sizes.get(image)!;
    const prepareNs = prepared.has(image) ? 0 : roughPrepareNs(size);
    prepared.add(image);
    const unproved = arms.map(({ id }) => pairKey(id, image)).filter((pair) => !proved.has(pair));
    for (const pair of unproved) proved.add(pair);
    return (prepareNs + unproved.length * roughProveNs(size)) * preparing.slowness;
  };
  return new Map(
    ranked.map((group) => [
      keyOf(group),
      [group.image, ...(group.others ?? [])].reduce((sum, image) => sum + imageNs(image, group.arms), 0),
    ]),
  );
};

/** Groups whose images are worth preparing. The highest-ranked group is always one. */
export const affordableImages = (
  ranked: readonly Group[],
  preparing: Preparing,
  remaining: Remaining,
  leftNs: number,
): Affordable => {
  const preparation = preparingNs(ranked, preparing);
  const projector = { sizes: preparing.sizes, times: openSlotTimes() };
  return keepingFirst(
    ranked,
    (group) => preparation.get(keyOf(group))! + groupNeedNs(group, projector, remaining),
    leftNs,
  );
};

/** As `affordable`, but the highest-ranked group stays: the end of the budget cuts it off, not a projection. */
export const keepingFirst = (
  ranked: readonly Group[],
  needNs: (group: Group) => number,
  leftNs: number,
): Affordable => {
  const { kept, ended } = affordable(ranked, needNs, leftNs);
  const [first, ...others] = ended;
  return kept.length > 0 || first === undefined ? { kept, ended } : { kept: [first.group], ended: others };
};
