// The unit of an axis, its better direction, and whether it is logarithmic.
import type { Metric } from '../../results/schema/run.ts';
import type { Unit } from '../browser/data.d.ts';

/** By the suffix of a metric's name. */
export const unitOf = (metric: string): Unit => {
  if (metric.endsWith('Ns')) return 'ns';
  if (metric.endsWith('Bytes')) return 'B';
  if (metric.endsWith('PerSecond')) return 'perSecond';
  return metric.endsWith('Ratio') ? 'ratio' : 'count';
};

/** Of a time, a number of calls or a rate. */
export const directionOf = (metric: string): Metric['better'] =>
  metric.endsWith('PerSecond') ? 'higher' : 'lower';

/** Of the metrics on an axis; empty where they do not agree. */
export const betterText = (directions: readonly Metric['better'][]): string => {
  const [first, ...others] = new Set(directions);
  return first === undefined || others.length > 0 ? '' : `${first} is better`;
};

/** Values further apart than this factor are drawn on a logarithmic axis. */
export const LOG_FACTOR = 20;

/** Below a thousandth of its unit a value is what rounding left of zero. */
const LEAST_DRAWN = 1e-3;

/** Four digits are more than a screen shows and keep the page small. */
export const drawn = (unit: Unit, value: number): number => {
  // Counts are exact.
  if (unit === 'count' && Number.isInteger(value)) return value;
  return unit !== 'ratio' && Math.abs(value) < LEAST_DRAWN ? 0 : Number(value.toPrecision(4));
};

/** Zeros do not decide: a logarithmic axis has them at its edge. */
export const isWide = (values: readonly number[]): boolean => {
  const positive = values.filter((value) => value > 0);
  return positive.length > 0 && Math.max(...positive) > LOG_FACTOR * Math.min(...positive);
};
