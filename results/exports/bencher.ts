// Bencher Metric Format: benchmark, measure, value and bounds.

import { unitOf } from '../compare/metric-info.ts';
import { NULL_ARM } from '../compare/phase-of.ts';
import type { LoadedRun } from '../gate/load.ts';
import { jsonText } from './json-text.ts';
import { nameOf, seriesOf } from './series.ts';

const MEASURES = { ns: 'latency', B: 'bytes', count: 'count', '1/s': 'throughput', ratio: 'ratio' } as const;

export function* pieces(loaded: LoadedRun): Generator<string> {
  const benchmarks = seriesOf(loaded)
    .filter(({ arm }) => arm !== NULL_ARM)
    .map((series) => {
      const { interval } = series;
      const bounds =
        interval.kind === 'interval' ? { lower_value: interval.lo, upper_value: interval.hi } : {};
      return [nameOf(series), { [MEASURES[unitOf(series.metric)]]: { value: series.median, ...bounds } }];
    });
  yield jsonText(Object.fromEntries(benchmarks), 1);
}
