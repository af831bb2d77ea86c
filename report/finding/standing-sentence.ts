// The first sentence of a finding in which something differs: in how many of the headline times each backend takes longer than the
// baseline, and in which it takes less. Pure.
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
  readonly slower: number;
  /** The times in which the arm takes less. */
  readonly faster: readonly string[];
}

const standingOf = ({ quantities }: ForestView, arm: number, name: string): ArmStanding => {
  const having = (verdict: 'slower' | 'faster') =>
    quantities.filter(({ rows }) => rows.some((row) => row.arm === arm && row.versus.verdict === verdict));
  return {
    name,
    slower: having('slower').length,
    faster: having('faster').map(({ state, what }) => `${state.toLowerCase()}: ${what}`),
  };
};

const namedText = (times: readonly string[]): string => {
  const more = times.length - MOST_NAMED;
  return `${times.slice(0, MOST_NAMED).join('; ')}${more > 0 ? `; ${more} more` : ''}`;
};

const armText = ({ name, slower, faster }: ArmStanding, isFirst: boolean): string => {
  const longer = `${name} ${isFirst ? 'takes longer ' : ''}in ${slower === 0 ? 'none' : slower}`;
  return faster.length === 0 ? longer : `${longer} and less in ${faster.length} (${namedText(faster)})`;
};

/** Null: too few times for a summary. */
export const standingSentence = (
  [forest]: readonly ForestView[],
  arms: readonly ArmView[],
  baselineName: string,
): string | null => {
  if (forest === undefined || forest.quantities.length < FEWEST_TIMES) return null;
  const timesOf = (index: number): number =>
    forest.quantities.filter(({ rows }) => rows.some((row) => row.arm === index)).length;
  const standings = arms
    .map((arm, index) => ({ arm, index, times: timesOf(index) }))
    .filter(({ arm, times }) => arm.role === 'arm' && times > 0)
    // Headline arms first; of the variants those that more times were measured of.
    .sort((a, b) => Number(a.arm.variant) - Number(b.arm.variant) || b.times - a.times)
    .slice(0, MOST_COMPARED)
    .map(({ arm, index }) => standingOf(forest, index, nameOf(arm, arms)));
  const parts = standings.map((one, index) => armText(one, index === 0));
  const isOpen = standings.some(({ slower, faster }) => slower + faster.length < forest.quantities.length);
  const rest = isOpen ? '; in the others no difference was shown' : '';
  return `Of ${plural(forest.quantities.length, 'headline time')}, compared with ${baselineName}: ${parts.join(', ')}${rest}.`;
};
