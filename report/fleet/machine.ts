// The machines of a fleet in a clause: no single one stands for them.
import { plural } from '../format.ts';
import type { ReportView } from '../view.ts';

const MOST_KERNELS = 4;

const release = (kernel: string): string => kernel.split(' ', 1)[0]!;

/** Of the run, or of all machines of a pool. */
export const kernelsOf = ({
  pool,
  environment,
}: Pick<ReportView, 'pool' | 'environment'>): readonly string[] => [
  ...new Set(pool?.fleet?.machines.map(({ kernel }) => kernel) ?? [environment.kernel]),
];

const listed = (names: readonly string[]): string => {
  const others = names.length - MOST_KERNELS;
  const shown = others > 0 ? [...names.slice(0, MOST_KERNELS), `${others} more`] : names;
  return [shown.slice(0, -1).join(', '), shown.at(-1)!].filter((part) => part !== '').join(' and ');
};

/** `3 machines, kernels 6.12.1 and 6.18.44`; null: one machine. */
export const fleetText = (view: Pick<ReportView, 'pool' | 'environment'>): string | null => {
  const count = view.pool?.fleet?.machines.length ?? 1;
  if (count < 2) return null;
  const kernels = [...new Set(kernelsOf(view).map(release))];
  return `${plural(count, 'machine')}, kernel${kernels.length === 1 ? '' : 's'} ${listed(kernels)}`;
};
