// Every series with its median and its interval, and the run that it is of.
import { medianInterval } from '../stats/median.ts';
import type { Export } from './export.ts';
import { seriesOf, unitOf } from './series.ts';

export const format: Export = {
  id: 'json',
  title: 'medians and intervals of everything, as JSON',
  *pieces(loaded) {
    const { id, startedAt, status, environment, cfsbench, images, plan } = loaded.run;
    const series = seriesOf(loaded).map(({ group, arm, metric, info, values, median }) => ({
      ...group,
      arm,
      metric,
      unit: unitOf(metric),
      ...info,
      median,
      interval: medianInterval(values, 0.95),
      values,
    }));
    const { baseline, seed, profile } = plan;
    yield `${JSON.stringify({ id, startedAt, status, cfsbench, baseline, seed, profile, environment, images, series }, null, 1)}\n`;
  },
};
