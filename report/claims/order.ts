// In which order arms come out, fastest first, as far as their intervals say. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import { numbersOf } from '../../results/stats/log-ratio.ts';
import { median } from '../../results/stats/median.ts';
import type { Figure } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figures, whereIn } from './ratios.ts';

export interface Order {
  /** `a < b ~ c`: `<` where the ratio's interval excludes no difference, `~` where it does not. */
  readonly text: string;
  /** Each against the one before it. */
  readonly figures: readonly Figure[];
  /** Every step excludes no difference. */
  readonly decided: boolean;
}

export const orderOf = (
  evidence: Evidence,
  group: GroupData,
  arms: readonly string[],
  metric: string,
): Order | null => {
  const measured = arms.map((arm) => ({
    arm,
    at: median(numbersOf(evidence.values(group, arm, metric))),
  }));
  if (measured.some(({ at }) => at === null)) return null;
  const sorted = measured.sort((a, b) => a.at! - b.at!).map(({ arm }) => arm);
  const steps = sorted.slice(1).map((arm, i) => {
    const ratio = evidence.ratio(group, arm, sorted[i]!, metric);
    const slower = ratio.kind === 'interval' && ratio.lo > 1;
    return { sign: slower ? '<' : '~', slower, arm, ratio, than: sorted[i]! };
  });
  return {
    text: [sorted[0]!, ...steps.map(({ sign, arm }) => `${sign} ${arm}`)].join(' '),
    figures: steps.flatMap(({ arm, than, ratio }) =>
      figures(
        `${group.group.scenario}, ${arm} ÷ ${than} on ${group.group.image}${whereIn(group)}`,
        'walkRatio',
        ratio,
      ),
    ),
    decided: steps.every(({ slower }) => slower),
  };
};
