// What rules about latencies share: the largest image on which all of it was measured, ratios within blocks, and what to say where
// something is missing. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Params } from '../../results/schema/run.ts';
import type { Interval } from '../../results/stats/interval.ts';
import type { ByBlock } from '../../results/stats/log-ratio.ts';
import { LOOK_CONFIDENCE, medianNeeds } from '../../results/stats/median.ts';
import type { Figure, Judgement } from './claim.ts';
import type { Evidence, GroupFilter } from './evidence.ts';

const FEWEST_BLOCKS = medianNeeds(LOOK_CONFIDENCE);

export type Known = Extract<Interval, { readonly kind: 'interval' }>;

/**
 * The group of the image with most entries in which every arm has the metric in enough timed blocks for an interval; where no image
 * has, in at least one: what was left out after a few blocks stands in no other's place.
 */
export const largestWith = (
  evidence: Evidence,
  place: GroupFilter,
  arms: readonly string[],
  metric: string,
): GroupData | null => {
  const entries = new Map(evidence.run.images.map(({ name, entryCount }) => [name, entryCount]));
  const size = ({ group }: GroupData): number => entries.get(group.image) ?? 0;
  const largest = [...evidence.groups(place)].sort((a, b) => size(b) - size(a));
  const withBlocks = (fewest: number): GroupData | undefined =>
    largest.find((group) => arms.every((arm) => evidence.values(group, arm, metric).size >= fewest));
  return withBlocks(FEWEST_BLOCKS) ?? withBlocks(1) ?? null;
};

export const onOneCpu = (place: GroupFilter): GroupFilter => ({
  ...place,
  params: { ...place.params, placement: 'same-cpu' },
});

/**
 * One group for each image, the largest first, in which every arm has the metric in enough timed blocks; where no image has, in at
 * least one. On one CPU where the run has an image there: kernel file systems, and variants of one mount, differ by less than the
 * scheduler's choice of a CPU does.
 */
export const imagesWith = (
  evidence: Evidence,
  place: GroupFilter,
  arms: readonly string[],
  metric: string,
): readonly GroupData[] => {
  const images = [...evidence.run.images].sort((a, b) => b.entryCount - a.entryCount);
  const groups = images.flatMap(({ name: image }) => {
    const found = steadiestWith(evidence, { ...place, image }, arms, metric);
    return found === null ? [] : [found];
  });
  const whole = groups.filter((group) =>
    arms.every((arm) => evidence.values(group, arm, metric).size >= FEWEST_BLOCKS),
  );
  return whole.length > 0 ? whole : groups;
};

/** The largest of them. */
export const steadiestWith = (
  evidence: Evidence,
  place: GroupFilter,
  arms: readonly string[],
  metric: string,
): GroupData | null =>
  largestWith(evidence, onOneCpu(place), arms, metric) ?? largestWith(evidence, place, arms, metric);

/** As parameters of a further place: what is compared ran in the same place. */
export const placementIn = ({ group }: GroupData): Params => {
  const placement = group.params['placement'];
  return placement === undefined ? {} : { placement };
};

/** For words, behind the image. */
export const whereIn = ({ group }: GroupData): string =>
  group.params['placement'] === 'same-cpu' ? ', on one CPU' : '';

/** What `change` makes of the two values of every block that holds both. */
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

export const figures = (
  what: string,
  metric: string,
  interval: Interval,
  more: Partial<Figure> = {},
): readonly Figure[] =>
  interval.kind === 'tooFew' ? [] : [{ what, metric, value: interval.center, interval, ...more }];

/** Left out of the plan for want of time is no reason why something cannot be tested. */
const hadNoRoom = ({ run }: Evidence, ids: readonly string[]): string | undefined =>
  run.plan.dropped.find((line) => ids.some((id) => line.startsWith(`scenario ${id}:`)));

/** The run's own reason for what a rule needs, else what to type. */
export const unmeasured = (
  evidence: Evidence,
  ids: readonly string[],
  command: string,
  numbers: readonly Figure[] = [],
): Judgement => {
  const open = (because: string): Judgement => ({
    verdict: 'undecided',
    because,
    wouldDecide: command,
    figures: numbers,
  });
  const noRoom = hadNoRoom(evidence, ids);
  if (noRoom !== undefined) return open(`left out: ${noRoom}`);
  for (const id of ids) {
    const reason = evidence.whyMissing(id);
    if (reason !== null) return { verdict: 'not testable', because: `${id}: ${reason}`, figures: numbers };
  }
  return open(`no image of this run has all of it: ${ids.join(', ')}`);
};

export const MORE_BLOCKS = 'more blocks (--blocks 24) on a quiet machine, or a larger image';
