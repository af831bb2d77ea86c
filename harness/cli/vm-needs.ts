// Needs of `cfsbench vm`: listed by doctor, and checked before a guest is prepared.

import { UserError } from '../model/errors.ts';
import type { Need } from '../model/machine.ts';
import { programs } from '../sys/features/programs.ts';

type VmProgram = 'qemu' | 'mmdebstrap' | 'mkfs-ext4';

const PROGRAMS: readonly (readonly [VmProgram, string])[] = [
  ['qemu', 'QEMU for other kernels'],
  ['mmdebstrap', 'mmdebstrap for guests'],
  ['mkfs-ext4', 'mkfs.ext4 for disks of guests'],
];

export const VM_NEEDS: readonly Need[] = PROGRAMS.map(([id, title]) => ({ title, anyOf: [id] }));

const ARCHITECTURE = 'x64';

export type BuildVariables = Readonly<Record<string, unknown>>;

/** Names of the parts that Node.js was built without: Debian's own has them in packages that a guest lacks. */
export const sharedParts = (variables: BuildVariables): readonly string[] =>
  Object.keys(variables).filter((name) => /^node_shared(?:_|$)/.test(name) && variables[name] === true);

const refuseSharedNode = (variables: BuildVariables): void => {
  const shared = sharedParts(variables);
  if (shared.length === 0) return;
  throw new UserError('this Node.js cannot run in a guest: it needs libraries of this machine', {
    exit: 4,
    facts: [`${process.execPath}: ${shared.join(', ')}`],
    hint: 'npx -y --ignore-scripts=false -p node@20 -- cfsbench vm …',
  });
};

/** Throws with a hint for each missing program. `variables`: of the build of Node.js. */
export const requireVm = (
  variables: BuildVariables = process.config.variables as unknown as BuildVariables,
): void => {
  if (process.arch !== ARCHITECTURE)
    throw new UserError(`virtual machines need an x86-64 machine; this one is ${process.arch}`, { exit: 4 });
  refuseSharedNode(variables);
  const missing = PROGRAMS.flatMap(([id, title]) => {
    try {
      programs[id].test(undefined as never);
      return [];
    } catch (error) {
      return [{ title, detail: (error as Error).message, hint: programs[id].hint() }];
    }
  });
  if (missing.length === 0) return;
  throw new UserError('virtual machines cannot be started here', {
    exit: 4,
    code: 'ENOENT',
    facts: missing.map(({ title, detail }) => `${title}: ${detail}`),
    hint: missing.map(({ hint }) => hint).join('\n  try: '),
  });
};
