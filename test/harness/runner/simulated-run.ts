// A run without a machine: the shipped preparation, counting and block rules on a clock that slots of recorded length move.

import { backends } from '../../../harness/backends/registry.ts';
import { resolveOptions } from '../../../harness/cli/resolve-options.ts';
import type { ImageSize } from '../../../harness/model/scenario.ts';
import { runBlocks } from '../../../harness/runner/blocks.ts';
import {
  affordableImages,
  byRank,
  mayStart,
  openSlotTimes,
  roughPrepareNs,
} from '../../../harness/runner/budget.ts';
import { RESERVE_RATIO } from '../../../harness/runner/clock.ts';
import { countAll } from '../../../harness/runner/counting.ts';
import type { Executor } from '../../../harness/runner/execute.ts';
import { groupsOf, ownSources, type Question } from '../../../harness/runner/groups.ts';
import {
  countingSlots,
  type Group,
  groupKey,
  inPass,
  keyOf,
  timingSlots,
} from '../../../harness/runner/plan.ts';
import { FEWEST_PASSES } from '../../../results/compare/counts.ts';
import { startTally } from '../../../results/compare/tally.ts';
import type { EndedGroup } from '../../../results/schema/not-measured.ts';
import { type Sample, SCHEMA, type Slot } from '../../../results/schema/run.ts';
import { scenarios } from '../../../scenarios/registry.ts';
import * as fast from './recorded-slot-times.ts';
import * as slow from './recorded-slot-times-slow.ts';

const MS = 1e6;
/** Slots that the recorded run did not reach take this share of their scenario's estimate, as the recorded ones do on average. */
const UNREACHED_SHARE = 0.7;

interface Recorded {
  readonly sizes: ReadonlyMap<string, ImageSize>;
  readonly sources: ReadonlyMap<string, string>;
  readonly times: ReadonlyMap<string, Readonly<Record<Slot['pass'], number | null>>>;
}

type Row = readonly [
  scenario: string,
  params: string,
  image: string,
  count: number | null,
  time: number | null,
];

const recordedOf = (
  images: readonly (ImageSize & { readonly name: string; readonly source: string })[],
  rows: readonly Row[],
): Recorded => ({
  sizes: new Map(images.map((image) => [image.name, image])),
  sources: new Map(images.map(({ source, name }) => [source, name])),
  times: new Map(
    rows.map(([scenario, params, image, count, time]) => [`${scenario} ${params} ${image}`, { count, time }]),
  ),
});

/** By machine: on the slow one a process starts in 3.2 ms, on the fast one in 1.0. */
const RECORDED = {
  fast: recordedOf(fast.recordedImages, fast.recordedSlotTimes),
  slow: recordedOf(slow.recordedImages, slow.recordedSlotTimes),
} as const;

export interface Simulated {
  /** Highest rank first. */
  readonly groups: readonly { readonly key: string; readonly blocks: number; readonly looked: boolean }[];
  readonly ended: readonly EndedGroup[];
  readonly elapsedNs: number;
  readonly stop: string | null;
}

export interface SimulatedMachine {
  /** Default: fast. */
  readonly recorded?: keyof typeof RECORDED;
  /** This machine's slot times divided by the recorded ones. */
  readonly slowness: number;
  /** Slots differ from their recorded time by up to this share. */
  readonly noise?: number;
  /** After half of the budget the machine is slower by this factor. */
  readonly thenSlower?: number;
}

/** Repeats itself: -1 to 1, by the number of the slot. */
const wobble = (seq: number): number => (((seq * 7919) % 101) - 50) / 50;

export const simulate = async (
  profile: string,
  budgetSec: number,
  { recorded = 'fast', slowness, noise = 0, thenSlower = 1 }: SimulatedMachine,
): Promise<Simulated> => {
  const options = resolveOptions({ profile, seed: 's' } as never, backends, scenarios);
  const { looks, countPasses } = options.amount;
  const { sizes, sources, times: recordedTimes } = RECORDED[recorded];
  const nameOf = (spec: string): string => sources.get(spec)!;
  const images = options.images.specs.map(nameOf);
  const question: Question = {
    images,
    imageScenarios: new Map(
      Object.entries(options.images.scenarios).map(([spec, ids]) => [nameOf(spec), ids]),
    ),
    ownImages: new Map(
      ownSources(options.scenarios, options.profile.large)
        .filter((spec) => sources.has(spec))
        .map((spec) => [spec, nameOf(spec)] as const),
    ),
    scenarios: options.scenarios,
    last: options.profile.last ?? [],
    arms: options.selection.arms,
    everyArm: false,
    large: options.profile.large,
    placement: options.placement,
  };
  let elapsedNs = 0;
  const leftNs = (): number => budgetSec * 1e9 * (1 - RESERVE_RATIO) - elapsedNs;
  const slotNs = (group: Group, pass: Slot['pass']): number => {
    const found = recordedTimes.get(keyOf(group))?.[pass];
    const roughNs = group.scenario.roughNs(sizes.get(group.image)!, group.params) * UNREACHED_SHARE;
    return slowness * (found === undefined || found === null ? roughNs : found * MS);
  };

  let ranked = byRank(groupsOf(question), question);
  const everything = ranked;
  const prepared = new Set<string>();
  for (const image of new Set(ranked.map((group) => group.image))) {
    const preparing = {
      sizes,
      slowness: prepared.size === 0 ? 1 : slowness,
      prepared,
      proved: new Set<string>(),
    };
    ranked = affordableImages(ranked, preparing, { passes: FEWEST_PASSES, blocks: looks[0]! }, leftNs()).kept;
    if (!ranked.some((group) => group.image === image)) continue;
    elapsedNs += slowness * roughPrepareNs(sizes.get(image)!);
    prepared.add(image);
  }

  const times = openSlotTimes();
  const byKey = new Map(everything.map((group) => [keyOf(group), group]));
  const blocksOf = new Map<string, Set<number>>();
  const tally = startTally();
  const executor: Executor = {
    times,
    tally: { ok: 0, failed: 0 },
    async run({ slots }) {
      for (const slot of slots) {
        const group = byKey.get(groupKey(slot))!;
        const deadline = { budgetNs: budgetSec * 1e9, leftNs };
        if (!mayStart(deadline, times.slotNs(group, slot.pass) ?? 0)) return 'out-of-time';
        const factor = elapsedNs > 0.5e9 * budgetSec ? thenSlower : 1;
        const took = slotNs(group, slot.pass) * factor * (1 + noise * wobble(slot.seq));
        elapsedNs += took;
        const sample = { ...slot, schema: SCHEMA, startedAt: '', slotNs: took, took: {}, notes: [] };
        const ok = { ...sample, outcome: 'ok', values: {} } as Sample;
        times.saw(ok);
        if (slot.pass === 'time')
          blocksOf.set(groupKey(slot), (blocksOf.get(groupKey(slot)) ?? new Set()).add(slot.block));
      }
      return null;
    },
  };
  const projector = { sizes, times };
  const counted = await countAll({
    executor,
    groups: ranked,
    planned: countingSlots(ranked, countPasses),
    isDone: () => false,
    projector,
    passesAsked: countPasses,
    blocks: looks[0]!,
    leftNs,
    share: [0, 1],
    onEnded: () => {},
  });
  let ended: readonly EndedGroup[] = [];
  const timed = counted.groups.filter((group) => inPass(group, 'time'));
  const baseline = 'erofs-overlay';
  const stop =
    counted.stop ??
    (await runBlocks({
      executor,
      tallied: tally.finish,
      design: { catalogue: { metrics: {}, scenarios: {}, backends: {}, phases: {} }, baseline },
      gate: null,
      groups: timed,
      slots: timingSlots(timed, { blocks: looks.at(-1)!, baseline, seed: 's', firstSeq: 0 }),
      extra: [],
      looks,
      endedBefore: [],
      blocksBefore: () => 0,
      projector,
      lives: 1,
      leftNs,
      share: [0, 1],
      onEnded: (list) => {
        ended = list;
      },
      onOutOfTime: () => {},
    }));
  return {
    groups: everything
      .filter((group) => inPass(group, 'time'))
      .map((group) => {
        const blocks = blocksOf.get(keyOf(group))?.size ?? 0;
        return { key: keyOf(group), blocks, looked: blocks >= looks[0]! };
      }),
    ended,
    elapsedNs,
    stop,
  };
};
