// A new control group that records the peak memory of its members: anonymous memory, page cache and kernel objects.
//
// Needs:   a writable memory controller: version 2 (memory.peak, Linux 5.19) if available, else version 1
//          (memory.max_usage_in_bytes, which includes kernel objects).
// Does:    makes one folder below the group of this process, or below the root of the controller. Sets no limit and enables no
//          controller.
// Reads:   memory.peak or memory.max_usage_in_bytes.
// Error:   the kernel charges in batches of 64 pages per CPU; page cache and objects are charged to the first user.
// Leaves:  an empty group of a random name, cfsbench-HEX, if this process is killed.
// Source:  Documentation/admin-guide/cgroup-v2.rst, Documentation/admin-guide/cgroup-v1/memory.rst.
import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { MemoryGroup } from '../model/machine.ts';
import { controlGroups } from './control-groups.ts';

const PEAKS = { cgroup2: 'memory.peak', cgroup: 'memory.max_usage_in_bytes' } as const;

interface ParentGroup {
  readonly dir: string;
  readonly peak: string;
}

const parents = (): readonly ParentGroup[] =>
  controlGroups('memory').flatMap(({ version, dir, root }) =>
    [...new Set([dir, root])].map((parent) => ({ dir: parent, peak: PEAKS[version] })),
  );

const NAME_BYTES = 8;

const makeBelow = ({ dir, peak }: ParentGroup): MemoryGroup => {
  // Process ids are the same small numbers in every private PID namespace.
  const group = join(dir, `cfsbench-${randomBytes(NAME_BYTES).toString('hex')}`);
  mkdirSync(group);
  try {
    // Without the controller the folder lacks this file.
    accessSync(join(group, peak), constants.R_OK);
    accessSync(join(group, 'cgroup.procs'), constants.W_OK);
  } catch (error) {
    rmdirSync(group);
    throw error;
  }
  return {
    members: join(group, 'cgroup.procs'),
    add: (pid) => writeFileSync(join(group, 'cgroup.procs'), String(pid)),
    peakBytes: () => Number(readFileSync(join(group, peak), 'utf8')),
    remove() {
      const members = readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n');
      for (const pid of members.filter((line) => line !== '')) writeFileSync(join(dir, 'cgroup.procs'), pid);
      rmdirSync(group);
    },
  };
};

export const makeMemoryGroup = (): MemoryGroup => {
  const refused: string[] = [];
  for (const parent of parents())
    try {
      return makeBelow(parent);
    } catch (error) {
      refused.push((error as Error).message);
    }
  throw new UserError('no usable memory controller', {
    code: 'skip',
    facts: refused.length === 0 ? ['no cgroup file system is mounted'] : refused,
  });
};
