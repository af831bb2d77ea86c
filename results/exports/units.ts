// The unit of a metric, from the end of its name.
import { metricInfo } from '../compare/rows.ts';
import type { Catalogue } from '../schema/run.ts';

export type Unit = 'ns' | 'B' | 'count' | '1/s' | 'ratio' | '';

const UNITS: readonly (readonly [RegExp, Unit])[] = [
  [/Ns$/, 'ns'],
  [/Bytes$/, 'B'],
  [/Count$/, 'count'],
  [/PerSecond$/, '1/s'],
  [/Ratio$/, 'ratio'],
];

export const unitOf = (metric: string): Unit => UNITS.find(([end]) => end.test(metric))?.[1] ?? '';

/** Timing passes give what is noisy; counting passes all but the times, which counting slows down. */
export const belongs = (metric: string, pass: 'time' | 'count', catalogue: Catalogue): boolean =>
  pass === 'time' ? metricInfo(catalogue, metric).noise === 'noisy' : unitOf(metric) !== 'ns';
