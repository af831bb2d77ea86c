// Values far from the rest, by the median absolute deviation. They are flagged and never dropped: a stall is a finding.
//
// Source: Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993): modified z above 3.5.
import { median, medianDeviation } from './median.ts';

/** Makes the deviation of normal values their standard deviation. */
const SCALE = 1.4826;
const MODIFIED_Z = 3.5;

/** Positions of the outliers, in order. Where more than half of the values are equal, every other one is far from them: none is flagged. */
export const outliers = (values: readonly number[], limit = MODIFIED_Z): readonly number[] => {
  const deviation = medianDeviation(values);
  if (deviation === null || deviation === 0) return [];
  const center = median(values)!;
  return values.flatMap((value, at) => (Math.abs(value - center) / (SCALE * deviation) > limit ? [at] : []));
};
