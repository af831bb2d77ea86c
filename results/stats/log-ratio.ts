// Log-ratios of an arm to the baseline, block by block: drift over the run is in both values of a pair and cancels.
import { type Interval, mapInterval } from './interval.ts';
import { medianInterval } from './median.ts';

/** A metric's value by block. */
export type ByBlock = ReadonlyMap<number, number>;

/** In the order of the blocks. */
export const numbersOf = (byBlock: ByBlock): Float64Array => {
  const values = new Float64Array(byBlock.size);
  let count = 0;
  byBlock.forEach((value) => {
    values[count++] = value;
  });
  return values;
};

/** One for each block that has both values, both above zero, in the order of the arm's blocks. */
export const logRatios = (arm: ByBlock, baseline: ByBlock): Float64Array =>
  numbersOf(logRatiosByBlock(arm, baseline));

/** By block. */
export const logRatiosByBlock = (arm: ByBlock, baseline: ByBlock): ByBlock => {
  const logs = new Map<number, number>();
  arm.forEach((value, block) => {
    const base = baseline.get(block);
    if (base !== undefined && value > 0 && base > 0) logs.set(block, Math.log(value / base));
  });
  return logs;
};

/** The median log-ratio with its interval, as a ratio. */
export const ratioInterval = (logs: ArrayLike<number>, confidence: number): Interval =>
  mapInterval(medianInterval(logs, confidence), Math.exp);
