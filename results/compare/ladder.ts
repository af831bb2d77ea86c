// Rates of the ladder of `serverless-open`. A slot that sustains no rate of it says so in a count and has no rate; in a tally its rate
// is 0, which stands for any rate below the ladder. Otherwise the rate of an arm would be that of its better blocks.
import type { Values } from '../schema/shared.ts';
import { type ByBlock, numbersOf } from '../stats/log-ratio.ts';

const BELOW = /^below(\d{1,7})MsCount$/;
const SUSTAINED = /^sustained\d{1,7}MsPerSecond$/;

export const isLadderRate = (metric: string): boolean => SUSTAINED.test(metric);

/** Name of the rate that this count says is below the ladder; null: it says nothing of the kind. */
const unsustained = (metric: string, value: number): string | null => {
  if (value <= 0 || !metric.startsWith('below')) return null;
  const ms = BELOW.exec(metric)?.[1];
  return ms === undefined ? null : `sustained${ms}MsPerSecond`;
};

/** With the rates of a slot that are below the ladder. */
export const withUnsustained = (values: Values): Values => {
  const below = Object.entries(values).flatMap(([metric, value]) => unsustained(metric, value) ?? []);
  return below.length === 0 ? values : { ...Object.fromEntries(below.map((name) => [name, 0])), ...values };
};

/** Of an even number the lower middle value: between a rate and any below the ladder there is no centre. */
export const lowerMedian = (values: ByBlock): number => {
  const sorted = numbersOf(values).sort();
  return sorted[(sorted.length - 1) >> 1]!;
};
