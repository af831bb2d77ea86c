// Timed blocks up to the last look. Before each block, and in the first one before each group, the budget rule ends the groups without
// time for the next look; at a look the groups without undecided rows end.
import type { Design } from '../../results/compare/phase-of.ts';
import type { Tallied } from '../../results/compare/tally.ts';
import type { GateConfig } from '../../results/gate/config.ts';
import type { EndedGroup } from '../../results/schema/not-measured.ts';
import type { Slot } from '../../results/schema/run.ts';
import { affordable, groupNeedNs, keepingFirst, type OutOfTime, type Projector } from './budget.ts';
import { gateAtLooks, isGroupDecided } from './decided.ts';
import type { Executor, Stop } from './execute.ts';
import { type Group, groupKey, keyOf } from './plan.ts';

export interface BlocksParts {
  readonly executor: Executor;
  /** All samples so far; read at the looks only, from the journal. */
  readonly tallied: () => Tallied;
  readonly design: Design;
  /** Thresholds of the gate of an `--ab` run; null: any other run. */
  readonly gate: GateConfig | null;
  /** Highest rank first. */
  readonly groups: readonly Group[];
  readonly slots: readonly Slot[];
  /** Slots of a resumed run that repeat torn blocks: run first. */
  readonly extra: readonly Slot[];
  /** Numbers of blocks, ascending. */
  readonly looks: readonly number[];
  readonly endedBefore: readonly EndedGroup[];
  /** Blocks that earlier sessions of a resumed run have completed, from the first on. */
  readonly blocksBefore: (group: Group) => number;
  readonly projector: Projector;
  readonly lives: number;
  readonly leftNs: () => number;
  /** Part of the progress line, 0..1. */
  readonly share: readonly [from: number, to: number];
  /** All groups that have ended. */
  readonly onEnded: (ended: readonly EndedGroup[]) => void;
  /** Groups that end below the first look. */
  readonly onOutOfTime: (ended: readonly OutOfTime[], blocks: number) => void;
}

const asEnded = (group: Group, blocks: number, why: EndedGroup['why']): EndedGroup => ({
  scenario: group.scenario.id,
  params: group.params,
  image: group.image,
  blocks,
  why,
});

/**
 * Groups that end at a look that is not the last one. A group with more blocks from earlier sessions has had this look: now it would be
 * judged with all its blocks, between two planned looks.
 */
const endedAtLook = (
  { tallied: readTallied, design, gate, groups, looks, blocksBefore }: BlocksParts,
  open: readonly Group[],
  look: number,
): readonly EndedGroup[] => {
  const due = open.filter((group) => blocksBefore(group) <= look);
  if (due.length === 0) return [];
  const tallied = readTallied();
  const gated = gate === null ? null : gateAtLooks(gate, groups, looks.length);
  return due.flatMap((group) => {
    if (group.scenario.oneLook === true) return [asEnded(group, look, 'enough')];
    return isGroupDecided(group, tallied, design, gated) ? [asEnded(group, look, 'decided')] : [];
  });
};

interface OpenGroups {
  /** Highest rank first. */
  list(): readonly Group[];
  /** Ends the groups without time up to `look`. `measured`: keys of those that have had block `block`, too. */
  keep(block: number, look: number, measured: ReadonlySet<string>): readonly Group[];
  end(ended: readonly EndedGroup[]): void;
}

const openGroups = (parts: BlocksParts): OpenGroups => {
  const { groups, looks, projector, blocksBefore } = parts;
  let all = parts.endedBefore;
  const list = (): readonly Group[] =>
    groups.filter((group) => !all.some((one) => groupKey(one) === keyOf(group)));
  const end = (more: readonly EndedGroup[]): void => {
    if (more.length === 0) return;
    all = [...all, ...more];
    parts.onEnded(all);
  };
  return {
    list,
    end,
    keep(block, look, measured) {
      const blocksOf = (group: Group): number =>
        Math.max(block + (measured.has(keyOf(group)) ? 1 : 0), blocksBefore(group));
      const there = list().filter((group) => blocksOf(group) >= look);
      const below = list().filter((group) => blocksOf(group) < look);
      const needNs = (group: Group): number =>
        groupNeedNs(group, projector, { passes: 0, blocks: look - blocksOf(group) });
      const isBelowFirst = look === looks[0];
      const rule = isBelowFirst && there.length === 0 ? keepingFirst : affordable;
      const fit = rule(below, needNs, parts.leftNs());
      const numbers = new Set(fit.ended.map(({ group }) => blocksOf(group)));
      for (const blocks of isBelowFirst ? numbers : [])
        parts.onOutOfTime(
          fit.ended.filter(({ group }) => blocksOf(group) === blocks),
          blocks,
        );
      end(fit.ended.map(({ group }) => asEnded(group, blocksOf(group), 'budget')));
      return [...there, ...fit.kept];
    },
  };
};

interface BlockPart {
  readonly block: number;
  readonly look: number;
  /** Measured now. */
  readonly now: readonly Group[];
  /** Keys of groups that have had this block before. */
  readonly measured: ReadonlySet<string>;
  /** Groups that go on after it. */
  readonly kept: readonly Group[];
}

const runStep = (parts: BlocksParts, { block, look, now, measured, kept }: BlockPart): Promise<Stop> => {
  const { executor, looks, projector, lives, slots, blocksBefore } = parts;
  const [from, to] = parts.share;
  const blockShare = (to - from) / looks.at(-1)!;
  const at = (done: number): number => from + blockShare * (block + done / Math.max(1, kept.length));
  const keys = new Set(now.map(keyOf));
  const blocksLater = (group: Group): number =>
    Math.max(
      0,
      look -
        Math.max(block + (keys.has(keyOf(group)) || measured.has(keyOf(group)) ? 1 : 0), blocksBefore(group)),
    );
  return executor.run({
    slots: slots.filter((slot) => slot.block === block && keys.has(groupKey(slot))),
    groups: kept,
    lives,
    laterNs: kept.reduce(
      (sum, group) => sum + groupNeedNs(group, projector, { passes: 0, blocks: blocksLater(group) }),
      0,
    ),
    share: [at(measured.size), at(measured.size + now.length)],
  });
};

/** One group after another, highest rank first: the time of each is known before lower-ranked groups are measured. */
const runFirstBlock = async (parts: BlocksParts, open: OpenGroups, look: number): Promise<Stop> => {
  const measured = new Set<string>();
  for (const group of parts.groups) {
    const kept = open.keep(0, look, measured);
    if (!kept.includes(group)) continue;
    const stop = await runStep(parts, { block: 0, look, now: [group], measured, kept });
    if (stop !== null) return stop;
    measured.add(keyOf(group));
  }
  return null;
};

export const runBlocks = async (parts: BlocksParts): Promise<Stop> => {
  const { executor, groups, looks, lives } = parts;
  const open = openGroups(parts);
  const [from] = parts.share;
  const extra = { slots: parts.extra, groups, lives, laterNs: 0, share: [from, from] } as const;
  const repeated = await executor.run(extra);
  if (repeated !== null) return repeated;
  let block = 0;
  for (const look of looks) {
    for (; block < look; block++) {
      const measured: ReadonlySet<string> = new Set();
      const kept = block === 0 ? [] : open.keep(block, look, measured);
      if (block > 0 && kept.length === 0) return null;
      const stop = await (block === 0
        ? runFirstBlock(parts, open, look)
        : runStep(parts, { block, look, now: kept, measured, kept }));
      if (stop !== null) return stop;
    }
    if (look !== looks.at(-1)) open.end(endedAtLook(parts, open.list(), look));
  }
  return null;
};
