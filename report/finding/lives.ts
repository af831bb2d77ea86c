// One sentence on images that arrive all the time: the rate that each arm sustains. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import { LOOK_CONFIDENCE } from '../../results/stats/median.ts';
import { intervalOver } from '../../results/stats/over-blocks.ts';
import { grouped } from '../format.ts';
import { HIGHEST_PER_SECOND, LOWEST_PER_SECOND, MOST_WITHOUT_P99 } from '../ladder.ts';
import type { ArmView } from '../view-tables.ts';

const SUSTAINED = 'sustained50MsPerSecond';
const BELOW = 'below50MsCount';

interface SustainedRate {
  readonly text: string;
  /** A rate of it had fewer than 100 lives. */
  readonly isOfFew: boolean;
}

/** `1,024 (512..1,024)`; null: not tried, or too few blocks. */
const rateOf = ({ time }: GroupData, arm: string): SustainedRate | null => {
  const below = time.get(BELOW)?.get(arm);
  if (below === undefined || below.size === 0) return null;
  // A block below the ladder counts with its lowest rate.
  const rates = new Map([...below.keys()].map((block) => [block, LOWEST_PER_SECOND]));
  for (const [block, rate] of time.get(SUSTAINED)?.get(arm) ?? []) if (rate > 0) rates.set(block, rate);
  const interval = intervalOver(rates, LOOK_CONFIDENCE);
  if (interval.kind === 'tooFew') return null;
  const belowCount = [...below.values()].filter((count) => count > 0).length;
  if (2 * belowCount >= below.size) {
    const where = 2 * belowCount === below.size ? ' in half of the blocks' : '';
    return { text: `fewer than ${LOWEST_PER_SECOND}${where}`, isOfFew: true };
  }
  const { center, lo, hi } = interval;
  const least = lo === LOWEST_PER_SECOND && belowCount > 0 ? `fewer than ${grouped(lo)}` : grouped(lo);
  // The highest rung is the end of what was tried.
  const most = hi >= HIGHEST_PER_SECOND ? `${grouped(hi)} or more` : grouped(hi);
  const middle = `${center >= HIGHEST_PER_SECOND ? 'at least ' : ''}${grouped(Math.round(center))}`;
  return {
    text: lo === hi && belowCount === 0 ? middle : `${middle} (${least}..${most})`,
    isOfFew: lo <= MOST_WITHOUT_P99,
  };
};

/** Without its full stop; null: the run did not ask. */
export const livesSentence = (groups: readonly GroupData[], arms: readonly ArmView[]): string | null => {
  const group = groups.find(({ time }) => time.has(BELOW));
  if (group === undefined) return null;
  const rates = arms
    .filter(({ role }) => role !== 'null')
    .flatMap(({ id }) => {
      const rate = rateOf(group, id);
      return rate === null ? [] : [{ ...rate, id }];
    });
  if (rates.length === 0) return null;
  const few = rates.some(({ isOfFew }) => isOfFew)
    ? `; a rate up to ${MOST_WITHOUT_P99} was tried with fewer than 100 images, and needs all of them in time`
    : '';
  return `Where images of ${group.group.image} come and go all the time, this many per second are ready within 50 ms in 99 of 100 cases: ${rates.map(({ text, id }) => `${text} with ${id}`).join(', ')}${few}`;
};
