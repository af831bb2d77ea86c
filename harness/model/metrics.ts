// Metrics that exist once per phase, and sums over values.
import { type Metric, PHASES } from '../../results/schema/run.ts';
import type { Values } from '../../results/schema/shared.ts';

/** `perPhase('WallNs', …)` gives `ingestWallNs` to `collectWallNs`. */
export const perPhase = (suffix: string, title: string, noise: Metric['noise']): Record<string, Metric> =>
  Object.fromEntries(
    PHASES.map((phase) => [`${phase}${suffix}`, { title: `${phase}: ${title}`, better: 'lower', noise }]),
  );

/** The same metrics, shown but not judged. */
export const notJudged = (metrics: Readonly<Record<string, Metric>>): Record<string, Metric> =>
  Object.fromEntries(Object.entries(metrics).map(([name, metric]) => [name, { ...metric, judged: false }]));

/** Sum of the named values; null if one of them was not measured. */
export const sumOf = (values: Values, names: readonly string[]): number | null => {
  let sum = 0;
  for (const name of names) {
    const value = values[name];
    if (value === undefined) return null;
    sum += value;
  }
  return sum;
};

/** `{ name: value }`, or `{}` if the value is null. */
export const known = (name: string, value: number | null): Values =>
  value === null ? {} : { [name]: value };
