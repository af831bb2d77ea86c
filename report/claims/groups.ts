// Which groups a rule about latencies reads: the largest image on which everything was measured, on one CPU where the run has it. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Params } from '../../results/schema/shared.ts';
import type { ByBlock } from '../../results/stats/log-ratio.ts';
import { LOOK_CONFIDENCE, medianNeeds } from '../../results/stats/median.ts';
import type { Evidence, GroupFilter } from './evidence.ts';

const FEWEST_BLOCKS = medianNeeds(LOOK_CONFIDENCE);

/** A group is read only if every one of these arms has the metric. */
export interface WantedGroup extends GroupFilter {
  readonly arms: readonly string[];
  readonly metric: string;
}

const hasBlocks = (
  evidence: Evidence,
  group: GroupData,
  { arms, metric }: WantedGroup,
  fewest: number,
): boolean => arms.every((arm) => evidence.values(group, arm, metric).size >= fewest);

/** The largest image whose blocks suffice for an interval; otherwise the largest image with any block. */
export const largestGroup = (evidence: Evidence, wanted: WantedGroup): GroupData | null => {
  const entries = new Map(evidence.run.images.map(({ name, entryCount }) => [name, entryCount]));
  const size = ({ group }: GroupData): number => entries.get(group.image) ?? 0;
  const largest = [...evidence.groups(wanted)].sort((a, b) => size(b) - size(a));
  const withBlocks = (fewest: number): GroupData | undefined =>
    largest.find((group) => hasBlocks(evidence, group, wanted, fewest));
  return withBlocks(FEWEST_BLOCKS) ?? withBlocks(1) ?? null;
};

export const onOneCpu = <Filter extends GroupFilter>(filter: Filter): Filter => ({
  ...filter,
  params: { ...filter.params, placement: 'same-cpu' },
});

/**
 * One group per image, the largest first; images with too few blocks for an interval only when no image has enough. Groups on one CPU
 * are preferred: kernel file systems and variants of one mount differ by less than the scheduler's choice of a CPU.
 */
export const groupPerImage = (evidence: Evidence, wanted: WantedGroup): readonly GroupData[] => {
  const images = [...evidence.run.images].sort((a, b) => b.entryCount - a.entryCount);
  const groups = images.flatMap(({ name: image }) => {
    const free = { ...wanted, image };
    const found = largestGroup(evidence, onOneCpu(free)) ?? largestGroup(evidence, free);
    return found === null ? [] : [found];
  });
  const whole = groups.filter((group) => hasBlocks(evidence, group, wanted, FEWEST_BLOCKS));
  return whole.length > 0 ? whole : groups;
};

/** As parameters of another group: compared groups share a placement. */
export const placementOf = ({ group }: GroupData): Params => {
  const placement = group.params['placement'];
  return placement === undefined ? {} : { placement };
};

/** `made, on one CPU`. */
export const imageText = ({ group }: GroupData): string =>
  `${group.image}${group.params['placement'] === 'same-cpu' ? ', on one CPU' : ''}`;

/** A new value for every block that holds both values. */
export const eachBlock = (
  values: ByBlock,
  base: ByBlock,
  change: (value: number, base: number) => number,
): ByBlock =>
  new Map(
    [...values].flatMap(([block, value]) => {
      const other = base.get(block);
      return other === undefined ? [] : [[block, change(value, other)] as const];
    }),
  );
