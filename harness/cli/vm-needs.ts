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

/** Throws with a hint for each missing program. */
export const requireVm = (): void => {
  if (process.arch !== ARCHITECTURE)
    throw new UserError(`virtual machines need an x86-64 machine; this one is ${process.arch}`, { exit: 4 });
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
