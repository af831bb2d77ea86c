// What the kernel keeps of an image once every entry was listed: slab objects and bytes by cache, page cache, servers.
import type { Mounted } from '../harness/model/backend.ts';
import { UserError } from '../harness/model/errors.ts';
import type { KernelMemory } from '../harness/model/machine.ts';
import type { Metric, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { coldMount } from './in-mount.ts';

/** What others on the machine do meanwhile is in the sums, and weighs less beside more entries. */
const SOURCES: Readonly<Record<string, string>> = {
  small: 'fixture:debian-12-static',
  large: 'fixture:debian-12-base',
};
const ATTEMPTS = 5;
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

const more = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

const added = (
  { machine: { meters }, image }: Stage,
  { servers }: Mounted,
  before: KernelMemory,
  after: KernelMemory,
): Values => {
  const bytes = after.slabObjectBytes - before.slabObjectBytes;
  return {
    slabObjectBytes: bytes,
    slabPerEntryBytes: bytes / image.tree.count,
    slabTotalBytes: after.slabBytes - before.slabBytes,
    pageCacheBytes: after.cachedBytes - before.cachedBytes,
    serverBytes: servers.reduce((sum, pid) => sum + (meters.processMemory(pid)?.shareBytes ?? 0), 0),
    ...Object.fromEntries(
      Object.entries(CACHES).map(([name, pattern]) => [
        `${name}Count`,
        objectsIn(after, pattern) - objectsIn(before, pattern),
      ]),
    ),
  };
};

/** Null where somebody else dropped the caches meanwhile: then what is kept is not what was added. */
const lookOnce = async (stage: Stage, name: string): Promise<Values | null> => {
  const { meters } = stage.machine;
  let before = meters.kernelMemory();
  let whole = true;
  const values = await coldMount(
    stage,
    async () => {
      before = meters.kernelMemory();
    },
    async (mounted) => {
      await stage.command('ls', ['ls', '-lR', mounted.root]);
      const after = meters.kernelMemory();
      whole = after.dropCount === before.dropCount;
      return added(stage, mounted, before, after);
    },
    name,
  );
  return whole ? values : null;
};

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
  async run(stage) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const values = await lookOnce(stage, `-${attempt}`);
      if (values !== null) return values;
    }
    throw new UserError(`somebody dropped the caches during each of ${ATTEMPTS} walks`, { code: 'skip' });
  },
  derive: (values) => values,
};
