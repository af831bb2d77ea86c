// The description of a metric in the catalogue of a run.
import { own } from '../own.ts';
import type { Catalogue, Metric } from '../schema/run.ts';

/** The scenario's own description overrides the common one. */
export const knownMetric = (catalogue: Catalogue, scenario: string, metric: string): Metric | undefined =>
  own(own(catalogue.scenarios, scenario)?.metrics ?? {}, metric) ?? own(catalogue.metrics, metric);

/** A metric that the catalogue does not describe is shown under its name. */
export const metricInfo = (catalogue: Catalogue, scenario: string, metric: string): Metric =>
  knownMetric(catalogue, scenario, metric) ?? { title: metric, better: 'lower', noise: 'noisy' };

/** The end of a metric's name is its unit. */
export const unitOf = (metric: string): 'ns' | 'B' | 'count' | '1/s' | 'ratio' => {
  if (metric.endsWith('Ns')) return 'ns';
  if (metric.endsWith('Bytes')) return 'B';
  if (metric.endsWith('PerSecond')) return '1/s';
  return metric.endsWith('Count') ? 'count' : 'ratio';
};
