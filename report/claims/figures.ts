// Figures from intervals, counts and published values. Pure.
import { type Count, FEWEST_PASSES } from '../../results/compare/counts.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import type { Figure } from './claim.ts';
import { type Evidence, groupText } from './evidence.ts';

/** Everything of a figure but its number. */
type FigureDetails = Partial<Pick<Figure, 'published' | 'standIn'>>;

export const STAND_IN = { standIn: true } as const;

export const exactFigure = (
  what: string,
  metric: string,
  value: number,
  details: FigureDetails = {},
): Figure => ({ what, metric, value, interval: null, ...details });

/** Null: too few values. */
export const figure = (
  what: string,
  metric: string,
  interval: Interval,
  details: FigureDetails = {},
): Figure | null =>
  interval.kind === 'tooFew' ? null : { what, metric, value: interval.center, interval, ...details };

/** The same as a list of one or none. */
export const figures = (...parts: Parameters<typeof figure>): readonly Figure[] => {
  const one = figure(...parts);
  return one === null ? [] : [one];
};

/** `FEWEST_PASSES` in words. */
export const FEW_PASSES = 'fewer than three counting passes';

/** For rule texts. */
export const EVERY_PASS = `every pass, of which there are at least ${FEWEST_PASSES}`;

export const isConstant = ({ least, most }: Count): boolean => least === most;

/** Of those that were counted. */
export const hasFewPasses = (counts: readonly (Count | null)[]): boolean =>
  counts.some((count) => count !== null && count.passes < FEWEST_PASSES);

/** Constant over enough passes to show it. */
export const isEqual = (count: Count): boolean => isConstant(count) && !hasFewPasses([count]);

/** A figure for each metric that was counted; the largest value where passes differ. */
export const countFigures = (
  evidence: Evidence,
  group: GroupData,
  wanted: readonly (readonly [arm: string, metric: string, what: string])[],
  details: FigureDetails = {},
): readonly Figure[] =>
  wanted.flatMap(([arm, metric, what]) => {
    const count = evidence.count(group, arm, metric);
    if (count === null) return [];
    const varies = isConstant(count) ? '' : `, ${count.least} in another pass`;
    return [exactFigure(`${arm}: ${what} (${groupText(group)})${varies}`, metric, count.most, details)];
  });

/** `1.28 (T7, 264 ÷ 206 ms)`. */
export const publishedText = (table: string, over: number, under: number, condition = ''): string =>
  `${(over / under).toFixed(2)} (${table}, ${over} ÷ ${under} ms${condition})`;
