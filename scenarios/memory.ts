// What the kernel keeps of an image once every entry was listed: slab objects and bytes by cache, page cache, servers.
import type { KernelMemory } from '../harness/model/machine.ts';
import type { Metric, Scenario, Values } from '../harness/model/scenario.ts';
import { coldMount } from './in-mount.ts';

/** What others on the machine do meanwhile is in the sums, and weighs less beside more entries. */
const SOURCES: Readonly<Record<string, string>> = {
  small: 'fixture:debian-12-static',
  large: 'fixture:debian-12-base',
};
/** Cache to the metric that counts what it holds. */
const CACHES: Readonly<Record<string, RegExp>> = {
  dentry: /^dentry$/,
  erofsInode: /^erofs_inode/,
  overlayInode: /^ovl_inode/,
  fuseInode: /^fuse_inode/,
  diskInode: /^(ext4|xfs|btrfs)_inode/,
};

const objectsIn = (memory: KernelMemory, pattern: RegExp): number =>
  [...memory.caches].reduce(
    (sum, [name, { objectCount }]) => sum + (pattern.test(name) ? objectCount : 0),
    0,
  );

const bytesIn = (memory: KernelMemory): number =>
  [...memory.caches.values()].reduce((sum, { bytes }) => sum + bytes, 0);

const more = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

export const scenario: Scenario = {
  id: 'memory',
  question: 'What does the kernel keep of an image once every entry was listed?',
  cache: 'cold',
  reproduce: 'drop caches, mount, ls -lR; /proc/slabinfo and /proc/meminfo before and after',
  headline: ['slabObjectBytes', 'slabPerEntryBytes'],
  ownSection: true,
  needs: [
    { title: 'ls', anyOf: ['ls'] },
    { title: 'caches that can be dropped', anyOf: ['drop-caches'] },
    { title: 'slabinfo', anyOf: ['root'] },
  ],
  params: [{ size: 'small' }],
  largeParams: [{ size: 'large' }],
  passes: ['time'],
  variants: ['erofs-only'],
  source: ({ size }) => SOURCES[String(size)]!,
  cycles: () => 1,
  metrics: {
    slabObjectBytes: more('objects of all slab caches that the mount and the walk added'),
    slabPerEntryBytes: more('of them for each entry of the image'),
    slabTotalBytes: more('whole slabs that were added, with what is free in them'),
    pageCacheBytes: more('page cache that was added'),
    serverBytes: more('what servers hold (Pss)'),
    ...Object.fromEntries(
      Object.keys(CACHES).map((name) => [`${name}Count`, more(`${name}: objects that were added`)]),
    ),
  },
  roughNs: (size) => 2e8 + size.entryCount * 3e4,
  run(stage) {
    const { meters } = stage.machine;
    let before = meters.kernelMemory();
    return coldMount(
      stage,
      async () => {
        before = meters.kernelMemory();
      },
      async (mounted): Promise<Values> => {
        await stage.command('ls', ['ls', '-lR', mounted.root]);
        const after = meters.kernelMemory();
        const bytes = bytesIn(after) - bytesIn(before);
        return {
          slabObjectBytes: bytes,
          slabPerEntryBytes: bytes / stage.image.tree.count,
          slabTotalBytes: after.slabBytes - before.slabBytes,
          pageCacheBytes: after.cachedBytes - before.cachedBytes,
          serverBytes: mounted.servers.reduce(
            (sum, pid) => sum + (meters.processMemory(pid)?.shareBytes ?? 0),
            0,
          ),
          ...Object.fromEntries(
            Object.entries(CACHES).map(([name, pattern]) => [
              `${name}Count`,
              objectsIn(after, pattern) - objectsIn(before, pattern),
            ]),
          ),
        };
      },
    );
  },
  derive: (values) => values,
};
