// Intervals over blocks, for rows, claims and published tables alike. Blocks of one run are independent values; blocks of a pool
// are grouped by run.
import { type Interval, mapInterval } from './interval.ts';
import { type ByBlock, logRatios, logRatiosByBlock, numbersOf, ratioInterval } from './log-ratio.ts';
import { median, medianInterval } from './median.ts';
import { runsInterval } from './over-runs.ts';
import { isPooled } from './pooled-blocks.ts';

/** The centre of the blocks with its interval. */
export const intervalOver = (values: ByBlock, confidence: number): Interval =>
  isPooled(values) ? runsInterval(values, confidence) : medianInterval(numbersOf(values), confidence);

/** The interval of `values` divided by `base` per block; blocks without two values above zero are left out. */
export const ratioOver = (values: ByBlock, base: ByBlock, confidence: number): Interval =>
  isPooled(values)
    ? mapInterval(runsInterval(logRatiosByBlock(values, base), confidence), Math.exp)
    : ratioInterval(logRatios(values, base), confidence);

const logsOf = (values: ByBlock): ByBlock => {
  const logs = new Map<number, number>();
  values.forEach((value, block) => {
    logs.set(block, Math.log(value));
  });
  return logs;
};

const isAboveZero = (values: ByBlock): boolean => {
  for (const value of values.values()) if (value <= 0) return false;
  return true;
};

/** The interval of a time, a size or a rate; over runs in the logarithm, since it cannot be negative. */
export const levelOver = (values: ByBlock, confidence: number): Interval =>
  isPooled(values) && isAboveZero(values)
    ? mapInterval(runsInterval(logsOf(values), confidence), Math.exp)
    : intervalOver(values, confidence);

/** The centre of all blocks, also if they are too few for an interval; null without a block. */
export const centerOver = (values: ByBlock, interval: Interval): number | null =>
  interval.kind === 'interval' && interval.runs !== undefined ? interval.center : median(numbersOf(values));
