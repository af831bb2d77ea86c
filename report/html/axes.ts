// What an axis counts, and whether it starts at zero.
import type { Unit } from '../browser/data.d.ts';

/** By the suffix of a metric's name. */
export const unitOf = (metric: string): Unit => {
  if (metric.endsWith('Ns')) return 'ns';
  if (metric.endsWith('Bytes')) return 'B';
  if (metric.endsWith('PerSecond')) return 'perSecond';
  return metric.endsWith('Ratio') ? 'ratio' : 'count';
};

/** Beyond it, small and large values share no axis from zero. */
const LOG_FROM = 20;

/** What is not above zero has no place on a logarithmic axis and decides nothing here. */
export const isWide = (values: readonly number[]): boolean => {
  const positive = values.filter((value) => value > 0);
  return positive.length > 0 && Math.max(...positive) > LOG_FROM * Math.min(...positive);
};
