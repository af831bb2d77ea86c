// Values of repeated phases: the slot's value is the median over the repetitions.
import { medianSorted } from 'simple-statistics';
import type { Phase } from '../../results/schema/run.ts';

export type Recorded = Partial<Record<Phase, number[]>>;

export const record = (into: Recorded, phase: Phase, value: number): void => {
  const list = into[phase];
  if (list === undefined) into[phase] = [value];
  else list.push(value);
};

export const medianOf = (values: readonly number[]): number =>
  medianSorted([...values].sort((a, b) => a - b));

export const medians = (recorded: Recorded, suffix: string): Record<string, number> =>
  Object.fromEntries(
    Object.entries(recorded).map(([phase, values]) => [`${phase}${suffix}`, medianOf(values)]),
  );
