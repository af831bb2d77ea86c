// Where a value of blocks lies: the one way in which a row, a claim or a published table gets its interval.
import { type Interval, mapInterval } from './interval.ts';
import { type ByBlock, logRatiosByBlock, numbersOf } from './log-ratio.ts';
import { medianInterval } from './median.ts';

/** The middle of the blocks with its interval. */
export const intervalOver = (values: ByBlock, confidence: number): Interval =>
  medianInterval(numbersOf(values), confidence);

/** Per block `values` divided by `base`; only blocks that hold both, both above zero. */
export const ratioOver = (values: ByBlock, base: ByBlock, confidence: number): Interval =>
  mapInterval(intervalOver(logRatiosByBlock(values, base), confidence), Math.exp);
