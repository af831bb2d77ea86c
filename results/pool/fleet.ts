// The fleet of a pool: machines, rows by machine, differing counts. Pure.
import { designOf } from '../compare/phase-of.ts';
import type { Tallied } from '../compare/tally.ts';
import type { CountCheck } from './count-check.ts';
import { fleetRows } from './effects.ts';
import { describedMachines, type MachineRuns } from './machines.ts';
import type { Fleet } from './pooled.ts';

/** Null: one machine. */
export const fleetOf = (
  tallied: Tallied,
  machines: readonly MachineRuns[],
  counts: CountCheck,
): Fleet | null => {
  if (machines.length < 2) return null;
  const { compared, unequal } = counts.finish(machines);
  const described = describedMachines(machines);
  return {
    machines: described,
    kernels: [...new Set(described.map(({ kernel }) => kernel))],
    ...fleetRows(tallied, { machines, design: designOf(machines[0]!.runs[0]!) }),
    comparedCounts: compared,
    unequal,
  };
};
