// The JSON that hyperfine exports: times in seconds, one result for each timed metric of each arm.

import { max, mean, min, sampleStandardDeviation } from 'simple-statistics';
import type { LoadedRun } from '../gate/load.ts';
import { jsonText } from './json-text.ts';
import { nameOf, seriesOf } from './series.ts';

const NS_PER_SECOND = 1e9;

export function* pieces(loaded: LoadedRun): Generator<string> {
  const results = seriesOf(loaded)
    .filter(({ metric, pass }) => pass === 'time' && metric.endsWith('WallNs'))
    .map((series) => {
      const times = series.values.map((ns) => ns / NS_PER_SECOND);
      return {
        command: nameOf(series),
        mean: mean(times),
        stddev: times.length > 1 ? sampleStandardDeviation(times) : null,
        median: series.median / NS_PER_SECOND,
        // Unknown for a phase of several processes.
        user: null,
        system: null,
        min: min(times),
        max: max(times),
        times,
        exit_codes: times.map(() => 0),
        parameters: { image: series.group.image, backend: series.arm },
      };
    });
  yield jsonText({ results }, 2);
}
