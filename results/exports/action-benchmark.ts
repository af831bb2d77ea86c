// The custom format of github-action-benchmark, which takes one direction per file.
//
// Left out: metrics that are zero by nature. The action divides by the earlier value, and a chart of zeros hides those that matter.

import { unitOf } from '../compare/metric-info.ts';
import { NULL_ARM } from '../compare/phase-of.ts';
import type { LoadedRun } from '../gate/load.ts';
import type { Metric } from '../schema/run.ts';
import { jsonText } from './json-text.ts';
import { type MetricSeries, nameOf, seriesOf } from './series.ts';

const entry = (series: MetricSeries) => {
  const { values, metric, median, interval } = series;
  const isSure = interval.kind === 'interval' && series.info.noise === 'noisy';
  return {
    name: nameOf(series),
    unit: unitOf(metric),
    value: median,
    ...(isSure ? { range: `± ${Math.max(interval.hi - median, median - interval.lo)}` } : {}),
    extra: `n=${values.length} median${isSure ? `, 95% CI ${interval.lo}..${interval.hi}` : ''}`,
  };
};

/** Leaks, requests of arms without a server, and the times of phases in which an arm does nothing. */
const isZeroByNature = ({ values, isIdle }: MetricSeries): boolean =>
  isIdle || values.every((value) => value === 0);

const inDirection = (better: Metric['better']) =>
  function* (loaded: LoadedRun): Generator<string> {
    const entries = seriesOf(loaded)
      .filter(({ info, arm }) => info.better === better && arm !== NULL_ARM)
      .filter((series) => !isZeroByNature(series))
      .map(entry);
    yield jsonText(entries, 1);
  };

export const smaller = inDirection('lower');
export const bigger = inDirection('higher');
