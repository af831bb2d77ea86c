// Go benchmark format: one line for each sample; benchstat -col /backend reads it.

import { unitOf } from '../compare/metric-info.ts';
import type { LoadedRun } from '../gate/load.ts';
import { type MetricSeries, nameOf, seriesOf } from './series.ts';

const UNITS = { ns: 'ns/op', B: 'B/op', '1/s': 'op/s', ratio: 'ratio' } as const;

const oneLine = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');

/** Each unit has one direction: counts of which more are better have units of their own. */
const goUnit = ({ metric, info }: MetricSeries): string => {
  const unit = unitOf(metric);
  if (unit !== 'count') return UNITS[unit];
  return `${info.noise === 'exact' ? 'exact-' : ''}${info.better === 'higher' ? 'more' : 'count'}/op`;
};

const title = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);

export function* pieces(loaded: LoadedRun): Generator<string> {
  const { cfsbench, environment } = loaded.run;
  yield `commit: ${oneLine(cfsbench.commit ?? 'unknown')}\n`;
  yield `kernel: ${oneLine(environment.kernel)}\n`;
  yield `cpu: ${oneLine(environment.cpuModel)}\n`;
  yield 'Unit exact-count/op assume=exact better=lower\nUnit count/op better=lower\nUnit exact-more/op assume=exact better=higher\nUnit more/op better=higher\nUnit op/s better=higher\n\n';
  for (const series of seriesOf(loaded))
    for (const value of series.values)
      yield `Benchmark${title(nameOf(series))} 1 ${value} ${goUnit(series)}\n`;
}
