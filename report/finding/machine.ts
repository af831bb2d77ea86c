// The machine of a run as a clause, with its caveats: journal, discard, hypervisor, load. Pure.
import type { Pooled } from '../../results/pool/pooled.ts';
import type { ConditionWarning, Environment } from '../../results/schema/machine.ts';
import type { RunFile } from '../../results/schema/run.ts';
import { plural } from '../format.ts';

export interface DescribedRun {
  readonly run: RunFile;
  /** Null for a single run. */
  readonly pool: Pooled | null;
}

/** Warnings about the conditions of the run, or of any run of a pool. */
export const caveatsOf = ({ run, pool }: DescribedRun): readonly ConditionWarning[] =>
  pool?.judged ?? run.conditions?.judged ?? [];

/** `ext4 without a journal, mounted with discard`. */
export const diskText = (
  { workFileSystem: { type, options } }: Environment,
  caveats: readonly ConditionWarning[],
): string => {
  const journal = caveats.some(({ id }) => id === 'no-journal') ? ' without a journal' : '';
  return `${type}${journal}${options.split(',').includes('discard') ? ', mounted with discard' : ''}`;
};

/** Machines of a fleet differ; the first stands for them. */
const whereText = ({ run: { environment }, pool }: DescribedRun, disk: string): string => {
  const one = `${computerText(environment)}, ${disk}`;
  const count = pool?.fleet?.machines.length ?? 1;
  return count === 1 ? one : `${count} machines, the first ${one}`;
};

const computerText = ({ virtualization, cpuCount }: Environment): string =>
  `a ${virtualization === null ? '' : 'virtual '}machine with ${plural(cpuCount, 'CPU')}`;

/**
 * `One run on a virtual machine with 2 CPUs, ext4; a reflink checkout on XFS on a loop file.`, whether the machine was noisy, and whether
 * the kernel warned. `elsewhere`: arms on another file system.
 */
export const machineSentence = (facts: DescribedRun, elsewhere: readonly string[] = []): string => {
  const { environment } = facts.run;
  const caveats = caveatsOf(facts);
  const { status } = facts.run;
  const cut = status === 'complete' ? '' : ` that did not complete (${status.replaceAll('-', ' ')}),`;
  const runs = facts.pool === null ? `One run${cut}` : `${plural(facts.pool.runs.length, 'run')}, pooled,`;
  const as = environment.privilege === 'root' ? '' : ' without root';
  const isNoisy = caveats.some(({ id, severity }) => severity === 'noise' && id !== 'kernel');
  const warned = caveats.some(({ id }) => id === 'kernel');
  const where = [whereText(facts, diskText(environment, caveats)), ...elsewhere].join('; ');
  const said = `${runs}${as} on ${where}.`;
  return [
    said,
    ...(isNoisy ? ['The machine was noisy.'] : []),
    ...(warned ? ['The kernel logged a warning meanwhile.'] : []),
  ].join(' ');
};
