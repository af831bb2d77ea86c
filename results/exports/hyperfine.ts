// hyperfine's JSON: seconds, one result per scenario, image, arm and timed window. `user` and `system` are null where the window's
// CPU time was not read: unknown is not zero.
import { max, mean, min, sampleStandardDeviation } from 'simple-statistics';
import { phaseOf } from '../compare/phase-of.ts';
import { ascii } from '../visible.ts';
import { type ExportFormat, whole } from './export.ts';
import { type TimedRow, timedRows } from './rows.ts';
import { jsonText } from './text.ts';

const NS_PER_S = 1e9;
/** Windows and sums of windows, not the CPU time within them. */
const IS_WINDOW = /(Wall|Durable\w*|Median)Ns$/;

const meanSeconds = ({ data, place, metric }: TimedRow, kind: 'User' | 'System'): number | null => {
  const phase = phaseOf(metric, data);
  const values = phase === null ? undefined : data.time.get(`${phase}${kind}Ns`)?.get(place.arm);
  return values === undefined || values.size === 0 ? null : mean([...values.values()]) / NS_PER_S;
};

const resultOf = (row: TimedRow) => {
  const { place, metric, values, cell } = row;
  const times = values.map((ns) => ns / NS_PER_S);
  const name = [place.scenario, place.params, place.image, place.arm].filter((part) => part !== '');
  return {
    command: ascii(`${name.join(' ')}: ${metric}`),
    mean: mean(times),
    stddev: times.length < 2 ? null : sampleStandardDeviation(times),
    median: cell.median / NS_PER_S,
    user: meanSeconds(row, 'User'),
    system: meanSeconds(row, 'System'),
    min: min(times),
    max: max(times),
    times,
    exit_codes: times.map(() => 0),
    parameters: {
      scenario: place.scenario,
      ...Object.fromEntries(
        Object.entries(row.data.group.params).map(([key, value]) => [key, String(value)]),
      ),
      image: place.image,
      backend: place.arm,
      metric,
    },
  };
};

export const format: ExportFormat = {
  id: 'hyperfine',
  title: "hyperfine's JSON, for its scripts and plots",
  write: whole((loaded) =>
    jsonText({
      results: timedRows(loaded)
        .filter(({ metric }) => IS_WINDOW.test(metric))
        .map(resultOf),
    }),
  ),
};
