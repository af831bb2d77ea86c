// One sentence on images that arrive all the time: the rate that each arm sustains. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import { LOOK_CONFIDENCE } from '../../results/stats/median.ts';
import { intervalOver } from '../../results/stats/over-blocks.ts';
import { grouped } from '../format.ts';
import { LOWEST_PER_SECOND } from '../ladder.ts';
import type { ArmView } from '../view-tables.ts';

const SUSTAINED = 'sustained50MsPerSecond';
const BELOW = 'below50MsCount';

/** `1,024 (512..1,024)`; null: not tried, or too few blocks. */
const rateText = ({ time }: GroupData, arm: string): string | null => {
  const below = time.get(BELOW)?.get(arm);
  if (below === undefined || below.size === 0) return null;
  // A block below the ladder counts with its lowest rate.
  const rates = new Map([...below.keys()].map((block) => [block, LOWEST_PER_SECOND]));
  for (const [block, rate] of time.get(SUSTAINED)?.get(arm) ?? []) rates.set(block, rate);
  const interval = intervalOver(rates, LOOK_CONFIDENCE);
  if (interval.kind === 'tooFew') return null;
  const belowCount = [...below.values()].filter((count) => count > 0).length;
  if (2 * belowCount > below.size) return `fewer than ${LOWEST_PER_SECOND}`;
  const range = interval.lo === interval.hi ? '' : ` (${grouped(interval.lo)}..${grouped(interval.hi)})`;
  return `${grouped(Math.round(interval.center))}${range}`;
};

/** Without its full stop; null: the run did not ask. */
export const livesSentence = (groups: readonly GroupData[], arms: readonly ArmView[]): string | null => {
  const group = groups.find(({ time }) => time.has(BELOW));
  if (group === undefined) return null;
  const rates = arms
    .filter(({ role }) => role !== 'null')
    .flatMap(({ id }) => {
      const rate = rateText(group, id);
      return rate === null ? [] : [`${rate} with ${id}`];
    });
  if (rates.length === 0) return null;
  return `Where images of ${group.group.image} come and go all the time, this many per second are ready within 50 ms in 99 of 100 cases: ${rates.join(', ')}`;
};
