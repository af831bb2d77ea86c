// Go benchmark format: one line for each sample; benchstat -col /backend reads it.
import type { LoadedRun } from '../gate/load.ts';
import { type MetricSeries, nameOf, seriesOf, unitOf } from './series.ts';

const UNITS = { ns: 'ns/op', B: 'B/op', count: 'count/op', '1/s': 'op/s', ratio: 'ratio' } as const;

const oneLine = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?');

const goUnit = ({ metric, info }: MetricSeries): string => {
  const unit = UNITS[unitOf(metric)];
  return unitOf(metric) === 'count' && info.noise === 'exact' ? 'exact-count/op' : unit;
};

const title = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);

export function* pieces(loaded: LoadedRun): Generator<string> {
  const { cfsbench, environment } = loaded.run;
  yield `commit: ${oneLine(cfsbench.commit ?? 'unknown')}\n`;
  yield `kernel: ${oneLine(environment.kernel)}\n`;
  yield `cpu: ${oneLine(environment.cpuModel)}\n`;
  yield 'Unit exact-count/op assume=exact better=lower\nUnit count/op better=lower\nUnit op/s better=higher\n\n';
  for (const series of seriesOf(loaded))
    for (const value of series.values)
      yield `Benchmark${title(nameOf(series))} 1 ${value} ${goUnit(series)}\n`;
}
