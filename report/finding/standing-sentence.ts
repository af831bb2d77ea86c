// The sentence of a finding that sums up what differs: in how many times of the first chart each backend takes longer than the
// baseline, and in which it takes less. Pure.
import type { Verdict } from '../../results/compare/verdict.ts';
import { plural } from '../format.ts';
import type { ForestView } from '../view-charts.ts';
import type { ArmView } from '../view-tables.ts';
import { MOST_COMPARED, nameOf } from './words.ts';

/** Of fewer times each has a sentence of its own. */
const FEWEST_TIMES = 4;
/** Further ones are counted. */
const MOST_NAMED = 3;

interface ArmStanding {
  readonly name: string;
  /** Measured of this arm. */
  readonly times: number;
  readonly slower: number;
  /** The times in which the arm takes less. */
  readonly faster: readonly string[];
  /** Those that are equal, or differ by less than the floor. */
  readonly same: number;
}

const timesOf = ({ quantities }: ForestView, arm: number): number =>
  quantities.filter(({ rows }) => rows.some((row) => row.arm === arm)).length;

const standingOf = (forest: ForestView, arm: number, name: string): ArmStanding => {
  const { quantities } = forest;
  const having = (...verdicts: readonly Verdict[]) =>
    quantities.filter(({ rows }) =>
      rows.some((row) => row.arm === arm && verdicts.includes(row.versus.verdict)),
    );
  return {
    name,
    times: timesOf(forest, arm),
    slower: having('slower').length,
    faster: having('faster').map(({ state, what }) => `${state.toLowerCase()}: ${what}`),
    same: having('same', 'belowFloor').length,
  };
};

const namedText = (times: readonly string[]): string => {
  const more = times.length - MOST_NAMED;
  return `${times.slice(0, MOST_NAMED).join('; ')}${more > 0 ? `; ${more} more` : ''}`;
};

const armText = ({ name, times, slower, faster }: ArmStanding, all: number, isFirst: boolean): string => {
  const longer = `${name} ${isFirst ? 'takes longer ' : ''}in ${slower === 0 ? 'none' : slower}${times < all ? ` of ${times}` : ''}`;
  return faster.length === 0 ? longer : `${longer} and less in ${faster.length} (${namedText(faster)})`;
};

/** Null: too few times for a summary. */
export const standingSentence = (
  [forest]: readonly ForestView[],
  arms: readonly ArmView[],
  baselineName: string,
): string | null => {
  if (forest === undefined || forest.quantities.length < FEWEST_TIMES) return null;
  const compared = arms
    .map((arm, index) => ({ arm, index, times: timesOf(forest, index) }))
    .filter(({ arm, times }) => arm.role === 'arm' && times > 0)
    // Headline arms first; of the variants those that more times were measured of.
    .sort((a, b) => Number(a.arm.variant) - Number(b.arm.variant) || b.times - a.times);
  const standings = compared
    .slice(0, MOST_COMPARED)
    .map(({ arm, index }) => standingOf(forest, index, nameOf(arm, arms)));
  const parts = standings.map((one, index) => armText(one, forest.quantities.length, index === 0));
  const isOpen = standings.some(({ slower, faster, same, times }) => slower + faster.length + same < times);
  const words = [
    ...(isOpen ? ['undecided'] : []),
    ...(standings.some(({ same }) => same > 0) ? ['the same'] : []),
  ];
  const rest = words.length === 0 ? '' : `; the others are ${words.join(' or ')}`;
  const more = compared.length - standings.length;
  const further = more === 0 ? '' : `; ${plural(more, 'more variant')} in the tables`;
  return `Of the ${plural(forest.quantities.length, 'time')} in the page's first chart, compared with ${baselineName}: ${parts.join(', ')}${rest}${further}.`;
};
