// Histograms of latencies with three digits, in the compressed form of HdrHistogram: small enough for a sample, and mergeable.
//
// Error:   a value read back is at most 0.1 % above the recorded one.
// Source:  Gil Tene, HdrHistogram (hdrhistogram.org), V2 encoding; npm package hdr-histogram-js.
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

const DIGITS = 3;

const emptyHistogram = (): Histogram =>
  build({ bitBucketSize: 64, autoResize: true, numberOfSignificantValueDigits: DIGITS });

/** Whole numbers, 0 or more. */
export const encodeHistogram = (values: readonly number[]): string => {
  const histogram = emptyHistogram();
  for (const value of values) histogram.recordValue(Math.max(0, Math.round(value)));
  return encodeIntoCompressedBase64(histogram);
};

/** All values of several histograms. Throws if one is damaged. */
export const mergeHistograms = (encoded: readonly string[]): Histogram => {
  const all = emptyHistogram();
  for (const one of encoded) all.add(decodeFromCompressedBase64(one, 64));
  return all;
};
