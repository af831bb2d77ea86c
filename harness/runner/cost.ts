// What groups of slots cost: roughly before anything was measured, and from the counting passes afterwards. Pure.
import type { Sample } from '../../results/schema/run.ts';
import { medianOf } from '../model/repeated.ts';
import type { ImageSize, Scenario } from '../model/scenario.ts';
import type { Costed } from './fit.ts';
import { type Group, groupKey, inPass, keyOf } from './plan.ts';

/** What one more life within a slot adds to the slot's own time. */
const REPEAT_SHARE = 0.08;
const PREPARE_NS = { perObject: 1.5e5, perByte: 12 };
const PROVE_NS = { base: 2e8, perEntry: 3e4, perByte: 1.5 };

/** Preparing an image from its source, on the reference machine. */
export const roughPrepareNs = (size: ImageSize): number =>
  1e8 + size.objectCount * PREPARE_NS.perObject + size.objectBytes * PREPARE_NS.perByte;

const roughProveNs = (size: ImageSize): number =>
  PROVE_NS.base + size.entryCount * PROVE_NS.perEntry + size.objectBytes * PROVE_NS.perByte;

/** Rough costs are those of a slow machine: on a fast one a slot takes less than half of them. */
export const AT_BEST = 0.4;

/** What the first table is about. */
const scenarioIsKept = ({ headline, ownSection, spare }: Scenario): boolean =>
  headline.length > 0 && ownSection !== true && spare !== true;

/** An arm's mount of an image, of whatever group. */
export const pairKey = (arm: string, image: string): string => `${arm} ${image}`;

/** `slowness`: this machine against the reference one, from the preparation of the first image. */
export const roughCosts = (
  groups: readonly Group[],
  sizes: ReadonlyMap<string, ImageSize>,
  options: {
    readonly countPasses: number;
    readonly slowness: number;
    /** Of what a slot is thought to take: less than 1 where only what can never fit is to be given up. */
    readonly share?: number;
    readonly prepared: ReadonlySet<string>;
    /** Mounts that were shown to be right already, as `pairKey` has them. */
    readonly proved: ReadonlySet<string> | 'all';
  },
): Costed[] => {
  const ready = new Set(options.prepared);
  const proved = new Set(options.proved === 'all' ? [] : options.proved);
  return groups.map((group) => {
    const size = sizes.get(group.image)!;
    const slotNs = group.scenario.roughNs(size, group.params) * options.slowness * (options.share ?? 1);
    let onceNs = inPass(group, 'count') ? slotNs * group.arms.length * options.countPasses : 0;
    for (const image of [group.image, ...(group.others ?? [])]) {
      const imageSize = sizes.get(image)!;
      if (!ready.has(image)) onceNs += roughPrepareNs(imageSize) * options.slowness;
      ready.add(image);
      for (const { id } of group.arms) {
        const pair = pairKey(id, image);
        if (options.proved !== 'all' && !proved.has(pair))
          onceNs += roughProveNs(imageSize) * options.slowness;
        proved.add(pair);
      }
    }
    return {
      image: group.image,
      scenario: group.scenario.id,
      kept: scenarioIsKept(group.scenario),
      own: group.own === true,
      rank: group.rank ?? 0,
      spare: group.scenario.spare === true,
      blockNs: inPass(group, 'time') ? slotNs * (group.arms.length + 1) : 0,
      onceNs,
    };
  });
};

/** Without counters to set up and read a slot takes less: the mean over what the default profile measures, weighted by cost. */
const TIMED_SHARE = 0.72;

/** What this machine makes of rough costs: the median over the groups that were counted. */
const calibration = (pairs: readonly { readonly rough: number; readonly measured: number }[]): number =>
  pairs.length === 0 ? 1 : medianOf(pairs.map(({ rough, measured }) => measured / rough));

/** From the counting passes' own slot times; a group that was never counted has its rough cost, as the others' turned out. */
export const measuredCosts = (
  groups: readonly Group[],
  counted: readonly Sample[],
  rough: readonly Costed[],
  { baseline, lives }: { readonly baseline: string; readonly lives: number },
): Costed[] => {
  const times = new Map<string, number[]>();
  for (const sample of counted) {
    if (sample.outcome !== 'ok') continue;
    const key = `${groupKey(sample)} ${sample.arm}`;
    times.set(key, [...(times.get(key) ?? []), sample.slotNs]);
  }
  const measured = groups.map((group, i): number | null => {
    const { placement: _, ...free } = group.params;
    const freeKey = groupKey({ scenario: group.scenario.id, params: free, image: group.image });
    const slots = group.arms.map(
      (arm) => times.get(`${keyOf(group)} ${arm.id}`) ?? times.get(`${freeKey} ${arm.id}`),
    );
    if (!inPass(group, 'time') || rough[i]!.blockNs === 0 || slots.some((slot) => slot === undefined))
      return null;
    const { scenario, params } = group;
    const share = scenario.repeatShare?.(params) ?? REPEAT_SHARE;
    const slotNs = slots.map((slot, at) => {
      const more = scenario.cycles(params, lives, group.arms[at]!.backend) - 1;
      return medianOf(slot!) * TIMED_SHARE * (1 + more * share);
    });
    const again = group.arms.findIndex((arm) => arm.id === baseline);
    const nullNs = again < 0 ? 0 : slotNs[again]!;
    return slotNs.reduce((a, b) => a + b, nullNs);
  });
  const factor = calibration(
    measured.flatMap((blockNs, i) =>
      blockNs === null ? [] : [{ rough: rough[i]!.blockNs, measured: blockNs }],
    ),
  );
  return rough.map((before, i) => ({
    ...before,
    onceNs: 0,
    blockNs: measured[i] ?? before.blockNs * factor,
  }));
};
