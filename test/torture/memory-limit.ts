// A control group with little memory, for a run of hours: its kernel memory without that of other processes.
//
// Needs:  a writable memory controller.
// Reads:  memory.kmem.usage_in_bytes (version 1), or `kernel` of memory.stat (version 2, Linux 5.18).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeMemoryGroup } from '../../harness/sys/memory-group.ts';

export interface LimitedGroup {
  readonly folder: string;
  add(pid: number): void;
  kernelBytes(): number;
  remove(): void;
}

/** Slabs, stacks and page tables of the members of a control group. */
export const kernelBytesOf = (folder: string): number => {
  const usage = join(folder, 'memory.kmem.usage_in_bytes');
  if (existsSync(usage)) return Number(readFileSync(usage, 'utf8'));
  return Number(/^kernel (\d+)$/m.exec(readFileSync(join(folder, 'memory.stat'), 'utf8'))![1]);
};

export const openLimitedGroup = (limitBytes: number): LimitedGroup => {
  const group = makeMemoryGroup();
  const folder = dirname(group.members);
  const limit = ['memory.max', 'memory.limit_in_bytes']
    .map((name) => join(folder, name))
    .find((path) => existsSync(path))!;
  writeFileSync(limit, String(limitBytes));
  return { folder, add: group.add, kernelBytes: () => kernelBytesOf(folder), remove: group.remove };
};
