// Disk usage of two versions of one image, brought into an empty store one after the other.
import type { Created, Prepared } from '../harness/model/backend.ts';
import type { Scenario, Stage } from '../harness/model/scenario.ts';
import { firstVersion, laterVersions, newObjectBytes, objectBytes } from './versions.ts';

interface VersionDisk {
  readonly bytes: number;
  readonly inodeCount: number;
}

const inUse = async (stage: Stage): Promise<VersionDisk> => {
  stage.sync();
  const { createdDiskBytes = 0, createdInodeCount = 0 } = await stage.footprint();
  const outside = stage.prepared.outside?.() ?? { bytes: 0, inodeCount: 0 };
  return {
    bytes: createdDiskBytes + outside.bytes,
    inodeCount: createdInodeCount + outside.inodeCount,
  };
};

const bringIn = async (stage: Stage, prepared: Prepared, name: string): Promise<Created> => {
  await prepared.ingest(stage.store);
  return prepared.create(stage.store, stage.folder(`image-${name}`));
};

const count = (title: string) => ({ title, better: 'lower', noise: 'quasi' }) as const;
const disk = (title: string) => ({ ...count(title), allocated: true }) as const;

export const scenario: Scenario = {
  id: 'sharing-disk',
  question: 'How much disk space does a second version of an image take?',
  cache: 'warm',
  reproduce:
    'ingest and create one version, then the next, in an empty store; allocated blocks and inodes after a sync',
  headline: ['firstDiskBytes', 'addedDiskBytes', 'firstInodeCount', 'addedInodeCount'],
  ownSection: true,
  needs: [],
  params: [{ local: 'nothing', versions: 'certs' }],
  largeParams: [
    { local: 'nothing', versions: 'base' },
    { local: 'nothing', versions: 'python' },
    { local: 'nothing', versions: 'same-base' },
  ],
  passes: ['count'],
  // Not reflinks: their link store keys files by metadata too, so its size would count against them.
  variants: ['erofs-full', 'erofs-blobs', 'hardlink-checkout'],
  source: firstVersion,
  others: laterVersions,
  cycles: () => 1,
  metrics: {
    firstDiskBytes: disk('bytes on disk of the first version'),
    addedDiskBytes: disk('bytes on disk that the second version adds'),
    firstInodeCount: count('inodes of the first version'),
    addedInodeCount: count('inodes that the second version adds'),
    firstContentBytes: count('distinct contents of the first version'),
    newContentBytes: count('distinct contents that only the second version has'),
  },
  roughNs: (size) => 3e8 + size.objectCount * 3e5 + size.objectBytes * 6,
  async run(stage) {
    const second = stage.others[0]!;
    const prepared = [stage.prepared, await stage.prepare(second)] as const;
    const before = await inUse(stage);
    const one = await bringIn(stage, prepared[0], 'first');
    const first = await inUse(stage);
    const two = await bringIn(stage, prepared[1], 'second');
    const both = await inUse(stage);
    for (const created of [two, one]) await created.destroy();
    for (const each of prepared) await each.collect(stage.store, []);
    return {
      firstDiskBytes: first.bytes - before.bytes,
      addedDiskBytes: both.bytes - first.bytes,
      firstInodeCount: first.inodeCount - before.inodeCount,
      addedInodeCount: both.inodeCount - first.inodeCount,
      firstContentBytes: objectBytes(stage.image),
      newContentBytes: newObjectBytes(stage.image, second),
    };
  },
  derive: (values) => values,
};
