// Differences between the runs of a pool that do not forbid pooling them, and runs that are not complete. Pure.
import { UNKNOWN_MACHINE } from '../schema/public-facts.ts';
import type { RunFile } from '../schema/run.ts';
import { type MachineRuns, SEVERAL } from './machines.ts';

/** Of one kind; a pool may have a thousand runs. */
const MOST = 10;

const shortened = (lines: readonly string[], what: string): readonly string[] =>
  lines.length <= MOST ? lines : [...lines.slice(0, MOST), `and ${lines.length - MOST} more ${what}`];

/** Differences between machines are the subject of the fleet. */
const environmentNotices = (machines: readonly MachineRuns[]): readonly string[] =>
  machines.flatMap(({ name, facts }) =>
    [...facts]
      .filter(([, value]) => value.includes(SEVERAL))
      .map(
        ([item, value]) => `the runs${machines.length > 1 ? ` of ${name}` : ''} differ in ${item}: ${value}`,
      ),
  );

export const noticesOf = (runs: readonly RunFile[], machines: readonly MachineRuns[]): readonly string[] => {
  const names = machines.map(({ name }) => name);
  return [
    ...(machines.length > 1
      ? [`the runs come from ${machines.length} machines: ${shortened(names, 'machines').join(', ')}`]
      : []),
    ...(runs.length > 1 && runs.some(({ host }) => host === UNKNOWN_MACHINE)
      ? [`machines without an id have one label, ${UNKNOWN_MACHINE}: several that are alike count as one`]
      : []),
    ...shortened(environmentNotices(machines), 'such differences'),
    ...shortened(
      runs
        .filter(({ status }) => status !== 'complete')
        .map(({ id, status }) => `run ${id} is not complete: ${status}`),
      'such runs',
    ),
  ];
};
