// How many copies of a common page are in memory, from the ratio of frames to pages. Pure.
import type { Count } from '../../results/compare/counts.ts';
import { isEqual } from './figures.ts';

/** `open`: any other ratio says only that pages were evicted. */
export type Copies = 'once' | 'twice' | 'open';
/** Share of the pages: those of libraries that a running program maps are in memory whatever is measured. */
export const COPIES_TOLERANCE = 0.01;

export const copiesOf = (count: Count): Copies => {
  if (!isEqual(count)) return 'open';
  if (count.least >= 1 - COPIES_TOLERANCE && count.most <= 1 + COPIES_TOLERANCE) return 'once';
  return count.least >= 2 * (1 - COPIES_TOLERANCE) ? 'twice' : 'open';
};
