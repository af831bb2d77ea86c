// Where a value of blocks lies: the one way in which a row, a claim or a published table gets its interval. Blocks of one run are
// independent values; blocks of several runs put together belong to their run first.
import { type Interval, mapInterval } from './interval.ts';
import { type ByBlock, logRatios, logRatiosByBlock, numbersOf, ratioInterval } from './log-ratio.ts';
import { median, medianInterval } from './median.ts';
import { isPooled, runsInterval } from './over-runs.ts';

/** The middle of the blocks with its interval. */
export const intervalOver = (values: ByBlock, confidence: number): Interval =>
  isPooled(values) ? runsInterval(values, confidence) : medianInterval(numbersOf(values), confidence);

/** Per block `values` divided by `base`; only blocks that hold both, both above zero. */
export const ratioOver = (values: ByBlock, base: ByBlock, confidence: number): Interval =>
  isPooled(values)
    ? mapInterval(runsInterval(logRatiosByBlock(values, base), confidence), Math.exp)
    : ratioInterval(logRatios(values, base).values, confidence);

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

/** Of a time, a size or a rate: over runs in the logarithm, since none of them can fall below zero. */
export const levelOver = (values: ByBlock, confidence: number): Interval =>
  isPooled(values) && isAboveZero(values)
    ? mapInterval(runsInterval(logsOf(values), confidence), Math.exp)
    : intervalOver(values, confidence);

/** The number that stands for all blocks, whether or not there are enough for an interval; null without a block. */
export const centerOver = (values: ByBlock, interval: Interval): number | null =>
  interval.kind === 'interval' && interval.runs !== undefined ? interval.center : median(numbersOf(values));
