// Arms of a group from fastest to slowest, as far as their intervals tell. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import { numbersOf } from '../../results/stats/log-ratio.ts';
import { median } from '../../results/stats/median.ts';
import type { Figure } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figures } from './figures.ts';
import { imageText } from './groups.ts';

export interface Order {
  /** `a < b ~ c`: `<` where the whole interval of the ratio is above 1, else `~`. */
  readonly text: string;
  /** The ratio of each arm to the one before it. */
  readonly figures: readonly Figure[];
  /** Every step is `<`. */
  readonly decided: boolean;
}

/** Null: an arm has no value. */
export const orderOf = (
  evidence: Evidence,
  group: GroupData,
  arms: readonly string[],
  metric: string,
): Order | null => {
  const medians = arms.map((arm) => ({ arm, ns: median(numbersOf(evidence.values(group, arm, metric))) }));
  if (medians.some(({ ns }) => ns === null)) return null;
  const sorted = medians.sort((a, b) => a.ns! - b.ns!).map(({ arm }) => arm);
  const steps = sorted.slice(1).map((arm, i) => {
    const faster = sorted[i]!;
    const ratio = evidence.ratio(group, arm, faster, metric);
    return { arm, faster, ratio, isSlower: ratio.kind === 'interval' && ratio.lo > 1 };
  });
  return {
    text: [sorted[0]!, ...steps.map(({ isSlower, arm }) => `${isSlower ? '<' : '~'} ${arm}`)].join(' '),
    figures: steps.flatMap(({ arm, faster, ratio }) =>
      figures(`${group.group.scenario}, ${arm} ÷ ${faster} on ${imageText(group)}`, 'walkRatio', ratio),
    ),
    decided: steps.every(({ isSlower }) => isSlower),
  };
};
