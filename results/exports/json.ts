// The run, and every series with its median and interval.

import { unitOf } from '../compare/metric-info.ts';
import type { LoadedRun } from '../gate/load.ts';
import { jsonText } from './json-text.ts';
import { seriesOf } from './series.ts';
import type { RunSummary, SummarySeries } from './summary.ts';

export function* pieces(loaded: LoadedRun): Generator<string> {
  const { id, startedAt, status, environment, cfsbench, images, plan, guest } = loaded.run;
  const series = seriesOf(loaded).map(
    ({ group, arm, metric, info, values, median, interval }): SummarySeries => ({
      ...group,
      arm,
      metric,
      unit: unitOf(metric),
      ...info,
      median,
      interval,
      values,
    }),
  );
  const { baseline, seed, profile } = plan;
  const summary: RunSummary = {
    id,
    startedAt,
    status,
    cfsbench,
    baseline,
    seed,
    profile,
    environment,
    ...(guest === undefined ? {} : { guest }),
    images,
    ...(loaded.pool === undefined ? {} : { pool: loaded.pool }),
    series,
  };
  yield jsonText(summary);
}
