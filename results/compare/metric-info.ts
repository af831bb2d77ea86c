// What a run says of a metric of one of its scenarios.
import { own } from '../own.ts';
import type { Catalogue, Metric } from '../schema/run.ts';

/** The scenario's own meaning of the name goes first; undefined where the run says nothing of it. */
export const knownMetric = (catalogue: Catalogue, scenario: string, metric: string): Metric | undefined =>
  own(own(catalogue.scenarios, scenario)?.metrics ?? {}, metric) ?? own(catalogue.metrics, metric);

/** A metric that the catalogue does not know is still shown, under its own name. */
export const metricInfo = (catalogue: Catalogue, scenario: string, metric: string): Metric =>
  knownMetric(catalogue, scenario, metric) ?? { title: metric, better: 'lower', noise: 'noisy' };
