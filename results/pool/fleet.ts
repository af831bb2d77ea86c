// The fleet of a pool: machines, rows by machine, differing counts. Pure.
import type { Design } from '../compare/phase-of.ts';
import type { Tallied } from '../compare/tally.ts';
import type { CountCheck } from './count-check.ts';
import { fleetRows } from './effects.ts';
import { describedMachines, type MachineRuns } from './machines.ts';
import type { Fleet } from './pooled.ts';

/** Null: one machine. `design`: of the pool. */
export const fleetOf = (
  tallied: Tallied,
  machines: readonly MachineRuns[],
  { counts, design }: { readonly counts: CountCheck; readonly design: Design },
): Fleet | null => {
  if (machines.length < 2) return null;
  const { compared, uncompared, unequal } = counts.finish(machines);
  const described = describedMachines(machines);
  return {
    machines: described,
    kernels: [...new Set(described.map(({ kernel }) => kernel))],
    ...fleetRows(tallied, { machines, design }),
    comparedCounts: compared,
    uncompared,
    unequal,
  };
};
