// Timed blocks up to the last look. Before each block the budget rule ends the groups without time for the next look; at a look the
// groups without undecided rows end.
import type { Design } from '../../results/compare/phase-of.ts';
import type { Tallied } from '../../results/compare/tally.ts';
import type { EndedGroup } from '../../results/schema/not-measured.ts';
import type { Slot } from '../../results/schema/run.ts';
import { affordable, groupNeedNs, keepingFirst, type OutOfTime, type Projector } from './budget.ts';
import { isGroupDecided } from './decided.ts';
import type { Executor, Stop } from './execute.ts';
import { type Group, groupKey, keyOf } from './plan.ts';

export interface BlocksParts {
  readonly executor: Executor;
  /** All samples so far; read at the looks only, from the journal. */
  readonly tallied: () => Tallied;
  readonly design: Design;
  /** Highest rank first. */
  readonly groups: readonly Group[];
  readonly slots: readonly Slot[];
  /** Slots of a resumed run that repeat torn blocks: run first. */
  readonly extra: readonly Slot[];
  /** Numbers of blocks, ascending. */
  readonly looks: readonly number[];
  readonly endedBefore: readonly EndedGroup[];
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

/** Groups that end at a look that is not the last one. */
const endedAtLook = (
  { tallied: readTallied, design }: BlocksParts,
  open: readonly Group[],
  look: number,
): readonly EndedGroup[] => {
  const tallied = readTallied();
  return open.flatMap((group) => {
    if (group.scenario.oneLook === true) return [asEnded(group, look, 'enough')];
    return isGroupDecided(group, tallied, design) ? [asEnded(group, look, 'decided')] : [];
  });
};

export const runBlocks = async (parts: BlocksParts): Promise<Stop> => {
  const { executor, groups, looks, projector, lives } = parts;
  let ended = parts.endedBefore;
  const isOpen = (group: Group): boolean => !ended.some((one) => groupKey(one) === keyOf(group));
  const end = (more: readonly EndedGroup[]): void => {
    if (more.length === 0) return;
    ended = [...ended, ...more];
    parts.onEnded(ended);
  };
  const [from, to] = parts.share;
  const at = (block: number): number => from + ((to - from) * block) / looks.at(-1)!;

  /** The groups that go on up to `look`; the others end. */
  const keep = (block: number, look: number): readonly Group[] => {
    const needNs = (group: Group): number =>
      groupNeedNs(group, projector, { passes: 0, blocks: look - block });
    const isBelowFirst = look === looks[0];
    const rule = isBelowFirst ? keepingFirst : affordable;
    const fit = rule(groups.filter(isOpen), needNs, parts.leftNs());
    if (isBelowFirst && fit.ended.length > 0) parts.onOutOfTime(fit.ended, block);
    end(fit.ended.map(({ group }) => asEnded(group, block, 'budget')));
    return fit.kept;
  };

  const extra = { slots: parts.extra, groups, lives, laterNs: 0, share: [at(0), at(0)] } as const;
  const repeated = await executor.run(extra);
  if (repeated !== null) return repeated;
  let block = 0;
  for (const look of looks) {
    for (; block < look; block++) {
      const open = keep(block, look);
      if (open.length === 0) return null;
      const keys = new Set(open.map(keyOf));
      const slots = parts.slots.filter((slot) => slot.block === block && keys.has(groupKey(slot)));
      const laterNs = open.reduce(
        (sum, group) => sum + groupNeedNs(group, projector, { passes: 0, blocks: look - block - 1 }),
        0,
      );
      const stop = await executor.run({
        slots,
        groups,
        lives,
        laterNs,
        share: [at(block), at(block + 1)],
      });
      if (stop !== null) return stop;
    }
    if (look !== looks.at(-1)) end(endedAtLook(parts, groups.filter(isOpen), look));
  }
  return null;
};
