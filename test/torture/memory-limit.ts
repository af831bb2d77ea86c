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
  /** What the kernel cannot give back: caches of the members are dropped first. */
  kernelBytes(): number;
  remove(): void;
}

/** Slabs, stacks and page tables of the members of a control group. */
export const kernelBytesOf = (folder: string): number => {
  const usage = join(folder, 'memory.kmem.usage_in_bytes');
  if (existsSync(usage)) return Number(readFileSync(usage, 'utf8'));
  return Number(/^kernel (\d+)$/m.exec(readFileSync(join(folder, 'memory.stat'), 'utf8'))![1]);
};

/** Caches, with those of names and inodes: version 1, or version 2 since Linux 5.19, which fails when less than asked was freed. */
const dropCaches = (folder: string): void => {
  const [emptied, reclaim] = ['memory.force_empty', 'memory.reclaim'].map((name) => join(folder, name));
  try {
    if (existsSync(emptied!)) writeFileSync(emptied!, '0');
    else writeFileSync(reclaim!, '1G');
  } catch {
    // The rest is in use.
  }
};

export const openLimitedGroup = (limitBytes: number): LimitedGroup => {
  const group = makeMemoryGroup();
  const folder = dirname(group.members);
  const limit = ['memory.max', 'memory.limit_in_bytes']
    .map((name) => join(folder, name))
    .find((path) => existsSync(path))!;
  writeFileSync(limit, String(limitBytes));
  return {
    folder,
    add: group.add,
    kernelBytes() {
      dropCaches(folder);
      return kernelBytesOf(folder);
    },
    remove: group.remove,
  };
};
