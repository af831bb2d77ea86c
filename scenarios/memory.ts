// What the kernel keeps of an image once every entry was listed: slab objects and bytes by cache, page cache, servers; and the peak
// of a control group that did nothing else.
import type { Mounted } from '../harness/model/backend.ts';
import { UserError } from '../harness/model/errors.ts';
import type { KernelMemory } from '../harness/model/machine.ts';
import type { Metric, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { coldMount } from './in-mount.ts';

/** What others on the machine do meanwhile is in the sums, and weighs less beside more entries. */
const SOURCES: Readonly<Record<string, string>> = {
  small: 'fixture:debian-12-base',
  large: 'fixture:debian-12-developer',
};
const ATTEMPTS = 5;
/** The shell becomes a member, and then `ls`: what the shell took before is charged elsewhere. */
const ENTER_AND_LIST = 'echo 0 > "$1" && exec ls -lR "$2"';
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

/**
 * The most that `ls` and the servers behind the mount held together while they listed it, the page cache that they filled and the
 * kernel's objects included. Nothing where there is no control group to be had: the run says why.
 */
const listed = async (stage: Stage, { root, servers }: Mounted): Promise<Values> => {
  const { features, meters } = stage.machine;
  if (!features['memory-group'].ok) {
    await stage.command('ls', ['ls', '-lR', root]);
    return {};
  }
  const group = meters.memoryGroup();
  try {
    for (const server of servers) group.add(server);
    await stage.command('ls', ['sh', '-c', ENTER_AND_LIST, 'sh', group.members, root]);
    return { groupPeakBytes: group.peakBytes() };
  } finally {
    group.remove();
  }
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
      const peak = await listed(stage, mounted);
      const after = meters.kernelMemory();
      whole = after.dropCount === before.dropCount;
      return { ...added(stage, mounted, before, after), ...peak };
    },
    name,
  );
  return whole ? values : null;
};

export const scenario: Scenario = {
  id: 'memory',
  question: 'What does the kernel keep of an image once every entry was listed?',
  cache: 'cold',
  reproduce:
    'drop caches, mount, ls -lR; /proc/slabinfo and /proc/meminfo before and after; memory.peak of a group with ls in it',
  headline: ['slabObjectBytes', 'slabPerEntryBytes', 'groupPeakBytes'],
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
    groupPeakBytes: more('the most that ls and servers held, with page cache and objects of the kernel'),
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
