// The slope of a series of readings, with an interval that allows for readings that depend on their neighbours.
//
// Source: Künsch, The Jackknife and the Bootstrap for General Stationary Observations (1989): blocks of residuals keep what
// depends on each other together.
import { linearRegression, quantileSorted } from 'simple-statistics';
import type { Uniform } from '../../results/stats/seeded.ts';

const RESAMPLES = 2000;
const TAIL = 0.005;

/** Seconds and a value. */
export type Reading = readonly [atSeconds: number, value: number];

export interface Slope {
  /** Least squares, per second. */
  readonly perSecond: number;
  /** Ends of the interval at 99 %. */
  readonly low: number;
  readonly high: number;
}

export const slopeOf = (readings: readonly Reading[], uniform: Uniform): Slope => {
  const { m, b } = linearRegression(readings.map(([at, value]) => [at, value]));
  const residuals = readings.map(([at, value]) => value - (b + m * at));
  const size = Math.ceil(Math.sqrt(readings.length));
  const starts = readings.length - size + 1;
  const slopes = Array.from({ length: RESAMPLES }, () => {
    let block: readonly number[] = [];
    const resampled = readings.map(([at], i): [number, number] => {
      if (i % size === 0) {
        const from = Math.floor(uniform() * starts);
        block = residuals.slice(from, from + size);
      }
      return [at, b + m * at + block[i % size]!];
    });
    return linearRegression(resampled).m;
  }).sort((one, other) => one - other);
  return { perSecond: m, low: quantileSorted(slopes, TAIL), high: quantileSorted(slopes, 1 - TAIL) };
};
