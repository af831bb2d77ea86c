// Memory after every entry of an image was listed: slab objects and bytes by cache, page cache, servers; and the peak of a control
// group that only listed it.
import type { Mounted } from '../harness/model/backend.ts';
import { UserError } from '../harness/model/errors.ts';
import type { KernelMemory } from '../harness/model/machine.ts';
import type { Metric, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { coldMount } from './in-mount.ts';
import { serverBytes } from './live-mounts.ts';
import { DROPPED_CACHES, LS } from './needs.ts';

/** Other load on the machine is in the sums; the more entries, the less it matters. */
const SOURCES: Readonly<Record<string, string>> = {
  small: 'fixture:debian-12-base',
  large: 'fixture:debian-12-developer',
};
const ATTEMPTS = 5;
/** The shell joins the group and then becomes `ls`: its earlier memory is charged elsewhere. */
const ENTER_AND_LIST = 'echo 0 > "$1" && exec ls -lR "$2"';
/** Metric name to the slab caches that it counts. */
const CACHES: Readonly<Record<string, RegExp>> = {
  dentry: /^dentry$/,
  erofsInode: /^erofs_inode/,
  overlayInode: /^ovl_inode/,
  fuseInode: /^fuse_inode/,
  diskInode: /^(ext4|xfs|btrfs)_inode/,
};

const objectsIn = ({ caches }: KernelMemory, pattern: RegExp): number | null =>
  caches === null
    ? null
    : [...caches].reduce((sum, [name, { objectCount }]) => sum + (pattern.test(name) ? objectCount : 0), 0);

/** Without what the kernel does not report. */
const known = (values: Readonly<Record<string, number | null>>): Values =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]): [string, number][] =>
      value === null ? [] : [[name, value]],
    ),
  );

const grown = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

/** `entryCount`: of the image. What the kernel does not report is absent. */
export const growth = (before: KernelMemory, after: KernelMemory, entryCount: number): Values => {
  const between = (of: (now: KernelMemory) => number | null): number | null => {
    const [atStart, atEnd] = [of(before), of(after)];
    return atStart === null || atEnd === null ? null : atEnd - atStart;
  };
  const bytes = between((now) => now.slabObjectBytes);
  return known({
    slabObjectBytes: bytes,
    slabPerEntryBytes: bytes === null ? null : bytes / entryCount,
    slabTotalBytes: between((now) => now.slabBytes),
    pageCacheBytes: between((now) => now.cachedBytes),
    ...Object.fromEntries(
      Object.entries(CACHES).map(([name, pattern]) => [
        `${name}Count`,
        between((now) => objectsIn(now, pattern)),
      ]),
    ),
  });
};

/**
 * Peak memory of `ls` and the servers during the listing, with page cache and kernel objects. Empty without a memory controller: the
 * run records the reason.
 */
const listInGroup = async (stage: Stage, { root, servers }: Mounted): Promise<Values> => {
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

/** Null if caches were dropped meanwhile. */
const measureOnce = async (stage: Stage, name: string): Promise<Values | null> => {
  const { meters } = stage.machine;
  let before = meters.kernelMemory();
  let cachesKept = true;
  const values = await coldMount(
    stage,
    async () => {
      before = meters.kernelMemory();
    },
    async (mounted) => {
      const peak = await listInGroup(stage, mounted);
      const after = meters.kernelMemory();
      cachesKept = after.dropCount === before.dropCount;
      const servers = serverBytes(stage.machine, [{ mounted }]).share;
      return {
        ...growth(before, after, stage.image.tree.count),
        ...(servers === null ? {} : { serverBytes: servers }),
        ...peak,
      };
    },
    name,
  );
  return cachesKept ? values : null;
};

export const scenario: Scenario = {
  id: 'memory',
  question: 'How much memory does an image take after every entry was listed?',
  cache: 'cold',
  reproduce:
    'drop caches, mount, ls -lR; /proc/slabinfo and /proc/meminfo before and after; memory.peak of a group with ls in it',
  headline: ['slabObjectBytes', 'slabPerEntryBytes', 'groupPeakBytes'],
  ownSection: true,
  needs: [LS, DROPPED_CACHES, { title: 'slabinfo', anyOf: ['root'] }],
  params: [{ size: 'small' }],
  largeParams: [{ size: 'large' }],
  passes: ['time'],
  variants: ['erofs-only'],
  largeVariants: ['erofs-full', 'erofs-full-inode-share'],
  source: ({ size }) => SOURCES[String(size)]!,
  cycles: () => 1,
  metrics: {
    slabObjectBytes: grown('growth of objects in all slab caches by the mount and the walk'),
    slabPerEntryBytes: grown('the same per entry of the image'),
    groupPeakBytes: grown('peak memory of ls and servers, with page cache and kernel objects'),
    slabTotalBytes: grown('growth of whole slabs, including free objects'),
    pageCacheBytes: grown('growth of the page cache'),
    serverBytes: grown('server memory (Pss)'),
    ...Object.fromEntries(
      Object.keys(CACHES).map((name) => [`${name}Count`, grown(`growth of ${name} objects`)]),
    ),
  },
  roughNs: (size) => 2e8 + size.entryCount * 3e4,
  async run(stage) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const values = await measureOnce(stage, `-${attempt}`);
      if (values !== null) return values;
    }
    throw new UserError(`caches were dropped by another process during each of ${ATTEMPTS} walks`, {
      code: 'skip',
    });
  },
  derive: (values) => values,
};
