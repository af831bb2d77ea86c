// Resources of many images together: space on disk, page cache after each has started once, memory of the kernel and of servers.
//
// A start reads some files of the base, the same ones in every image, and everything that the image adds to the base.
import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { KernelMemory } from '../harness/model/machine.ts';
import type { Metric, Params, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { appFolder, familyOf, familySource, mountAll, removeAll, setUp, sharedStore } from './families.ts';
import { someFiles } from './image-files.ts';
import {
  kernelMetrics,
  kernelShare,
  type LiveMount,
  QUIET_MS,
  serverBytes,
  serverShare,
  unmountAll,
} from './live-mounts.ts';
import { DROPPED_CACHES } from './needs.ts';

const BASE_FILES = 16;

/** Read from the mount, because reading the manifest of each image would take longer than its start. */
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`);

const startAll = async (stage: Stage, live: readonly LiveMount[]): Promise<void> => {
  const { base } = familyOf(stage, live.length);
  const app = appFolder(stage.image, base);
  const files = someFiles(base.tree, BASE_FILES, 'start');
  for (const { mounted } of live)
    await stage.command('cat', [
      'cat',
      ...files.map((path) => `${mounted.root}${path}`),
      ...filesBelow(`${mounted.root}/${app}`),
    ]);
};

/** Empty if caches were dropped by another process between the readings, or if the kernel does not report them. */
const cacheGrowth = (before: KernelMemory, after: KernelMemory, count: number): Values => {
  if (after.dropCount !== before.dropCount || after.cachedBytes === null || before.cachedBytes === null)
    return {};
  const bytes = after.cachedBytes - before.cachedBytes;
  return { pageCacheBytes: bytes, pageCachePerImageBytes: bytes / count };
};

/** `contentBytes`: of all images. Without a footprint nothing is said of the disk. */
export const diskValues = (footprint: Values, contentBytes: number, count: number): Values => {
  const { createdDiskBytes: diskBytes, createdInodeCount: inodeCount } = footprint;
  return {
    ...(diskBytes === undefined ? {} : { diskBytes, diskPerImageBytes: diskBytes / count }),
    ...(inodeCount === undefined ? {} : { inodeCount }),
    contentBytes,
    ...(diskBytes === undefined || diskBytes <= 0 ? {} : { sharingRatio: contentBytes / diskBytes }),
  };
};

const onDisk = async (stage: Stage, count: number): Promise<Values> => {
  stage.sync();
  const footprint = await stage.footprint();
  const contentBytes = familyOf(stage, count)
    .members.slice(0, count)
    .reduce((sum, { objectBytes }) => sum + objectBytes, 0);
  return diskValues(footprint, contentBytes, count);
};

const lower = (title: string, noise: Metric['noise'] = 'noisy'): Metric => ({
  title,
  better: 'lower',
  noise,
});

const variation = (base: 'certs' | 'base', images: number): Params => ({ local: 'nothing', base, images });

export const scenario: Scenario = {
  id: 'occupancy',
  question: 'How much space and memory do many images take that share a base?',
  cache: 'cold',
  reproduce:
    'ingest and create N images of a family in an empty store, sync, allocated blocks and inodes; drop caches, mount all, in each one cat of 16 files of the base and of all files that it adds; /proc/meminfo before and after',
  headline: [
    'diskBytes',
    'inodeCount',
    'sharingRatio',
    'pageCacheBytes',
    'kernelPerMountBytes',
    'serverPerMountBytes',
  ],
  ownSection: true,
  needs: [DROPPED_CACHES],
  params: [variation('certs', 1), variation('certs', 10)],
  largeParams: [1, 10, 100, 1000].map((images) => variation('base', images)),
  passes: ['count'],
  uncounted: true,
  onePass: true,
  variantsWith: ({ images }) => (Number(images) > 100 ? [] : ['hardlink-checkout']),
  source: familySource,
  cycles: () => 1,
  metrics: {
    diskBytes: { ...lower('bytes on disk of all images', 'quasi'), allocated: true },
    diskPerImageBytes: { ...lower('the same per image', 'quasi'), allocated: true },
    inodeCount: lower('inodes on disk of all images', 'quasi'),
    contentBytes: lower('distinct contents of each image, added up', 'exact'),
    sharingRatio: {
      title: 'these contents divided by the bytes on disk',
      better: 'higher',
      noise: 'quasi',
      allocated: true,
    },
    pageCacheBytes: lower('growth of the page cache until all have started once'),
    pageCachePerImageBytes: lower('the same per image'),
    ...kernelMetrics,
    serverPerMountBytes: lower('server memory per mount (Pss)'),
  },
  // Each image looks all of its objects up in the store, and each start is a process with cold caches.
  roughNs: (size, { images }) => 1e9 + size.objectBytes * 4 + Number(images) * (3e7 + size.entryCount * 2e4),
  async run(stage) {
    const count = Number(stage.slot.params['images']);
    const { meters } = stage.machine;
    const store = sharedStore(stage);
    const all = await setUp(stage, store, [0, count]);
    const disk = await onDisk(stage, count);
    await stage.dropCaches('memory');
    // Its program is no part of the memory of an image.
    await stage.command('cat', ['cat', '/dev/null']);
    const first = meters.kernelMemory();
    await setTimeout(QUIET_MS);
    const before = meters.kernelMemory();
    const live = await mountAll(stage, all);
    await startAll(stage, live);
    const after = meters.kernelMemory();
    const servers = serverBytes(stage.machine, live);
    await unmountAll(
      live.map(({ mounted }) => mounted),
      stage.machine.meters,
    );
    await removeAll(store, all);
    return {
      ...disk,
      ...cacheGrowth(before, after, count),
      ...kernelShare({ first, before, after }, count),
      ...serverShare(servers.share, count),
    };
  },
  derive: (values) => values,
};
