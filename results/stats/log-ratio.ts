// An arm against the baseline, block by block: drift of the machine over a run is in both halves of a pair and cancels.
import { type Interval, mapInterval } from './interval.ts';
import { medianInterval } from './median.ts';

/** A metric's value by block. */
export type ByBlock = ReadonlyMap<number, number>;

/** In the order of the blocks. */
export const numbersOf = (byBlock: ByBlock): readonly number[] => {
  const values: number[] = [];
  byBlock.forEach((value) => {
    values.push(value);
  });
  return values;
};

export interface LogRatios {
  readonly values: readonly number[];
  /** Complete pairs of which one value was zero or less: they have no ratio. */
  readonly withoutRatio: number;
}

/** Of every block that holds both, in the order of the arm's blocks. */
export const logRatios = (arm: ByBlock, baseline: ByBlock): LogRatios => {
  const values: number[] = [];
  let withoutRatio = 0;
  arm.forEach((value, block) => {
    const base = baseline.get(block);
    if (base === undefined) return;
    if (value > 0 && base > 0) values.push(Math.log(value / base));
    else withoutRatio++;
  });
  return { values, withoutRatio };
};

/** The median log-ratio with its interval, as a ratio. */
export const ratioInterval = (logs: readonly number[], confidence: number): Interval =>
  mapInterval(medianInterval(logs, confidence), Math.exp);
