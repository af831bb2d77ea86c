// Numbers that were observed, not timed: what a verdict stands on is the same in every pass.
import type { Count } from '../../results/compare/counts.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import type { Figure } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { placeText } from './evidence.ts';

/** A page of a file is in memory once, twice, or something between that says no more than that pages came and went. */
export type Copies = 'once' | 'twice' | 'unclear';
/** Of the pages: some of a library that runs meanwhile are mapped, and so there whatever is measured. */
export const COPIES_TOLERANCE = 0.01;

export const isEqual = ({ least, most }: Count): boolean => least === most;

export const copiesOf = (count: Count): Copies => {
  if (!isEqual(count)) return 'unclear';
  if (count.most <= 1 + COPIES_TOLERANCE) return 'once';
  return count.least >= 2 * (1 - COPIES_TOLERANCE) ? 'twice' : 'unclear';
};

/** One line for each of the counts that there are; the most of those that vary. */
export const countFigures = (
  evidence: Evidence,
  group: GroupData,
  wanted: readonly (readonly [arm: string, metric: string, what: string])[],
  more: Partial<Figure> = {},
): readonly Figure[] =>
  wanted.flatMap(([arm, metric, what]) => {
    const count = evidence.count(group, arm, metric);
    if (count === null) return [];
    const varies = isEqual(count) ? '' : `, ${count.least} in another pass`;
    return [
      {
        what: `${arm}: ${what} (${placeText(group)})${varies}`,
        metric,
        value: count.most,
        interval: null,
        ...more,
      },
    ];
  });

/** The first of several ids that has no samples, with the run's own reason for it. */
export const missingReason = (evidence: Evidence, ids: readonly string[]): string => {
  for (const id of ids) {
    const reason = evidence.whyMissing(id);
    if (reason !== null) return `${id}: ${reason}`;
  }
  return `the run has no samples of ${ids.join(', ')}`;
};
