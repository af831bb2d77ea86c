// Attacks on an installed image under each level of protection, and where each ends: fetching, changing, mounting, opening or reading is
// refused, or the change is served.
//
// Unlike `tamper`, which computes which digest would notice a change, this observes what kernel, server and client do.
import type { Need } from '../harness/model/machine.ts';
import { PROTECTIONS, type Protection } from '../harness/model/protection.ts';
import type { Metric, Params, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { attackBlockImage } from './attack-block-image.ts';
import { attackManifests } from './attack-manifest.ts';
import { attackPull } from './attack-pull.ts';
import { ATTACKS, attackMetrics } from './attacks.ts';
import { targetsIn } from './tampering.ts';
import { SMALL } from './versions.ts';

const PLAIN_BLOCK_IMAGES = ['erofs-full', 'squashfs-full'];
const VERIFIED_BLOCK_IMAGES = ['erofs-full-dmverity', 'squashfs-full-dmverity'];
const BLOCK_IMAGES = [...PLAIN_BLOCK_IMAGES, ...VERIFIED_BLOCK_IMAGES];
const VERIFIED = ['erofs-overlay-verity', 'composefs-fuse-verity'];

/** Backends that have the level. A client that fetches an image does not know how it will be mounted: one backend stands for all. */
const BACKENDS: Readonly<Record<Protection, readonly string[]>> = {
  nothing: ['composefs-fuse', 'erofs-overlay', 'erofs-metacopy-loop', ...PLAIN_BLOCK_IMAGES],
  files: VERIFIED,
  reference: VERIFIED,
  manifest: VERIFIED,
  device: [...VERIFIED_BLOCK_IMAGES, 'erofs-overlay-dmverity'],
  signature: ['composefs-fuse'],
};
/** It shows what `erofs-overlay` shows, where that cannot be mounted. */
const ON_REQUEST = 'erofs-metacopy-loop';

const FS_VERITY: Need = { title: 'fs-verity on the work file system', anyOf: ['fs-verity'] };
const DM_VERITY: Need = { title: 'dm-verity', anyOf: ['dm-verity'] };
const NEEDS: Readonly<Record<Protection, readonly Need[]>> = {
  nothing: [],
  files: [FS_VERITY],
  reference: [FS_VERITY],
  manifest: [FS_VERITY],
  device: [DM_VERITY],
  signature: [],
};

/** Messages of the kernel when it refuses to read or to mount. */
const REFUSALS =
  /^(?:fs-verity |device-mapper: verity: |erofs|SQUASHFS error|overlayfs: |(?:Buffer )?I\/O error[ ,]+(?:on )?dev dm-)/;

const levelOf = ({ level }: Params): Protection => level as Protection;

const isSealed = (level: Protection): boolean => NEEDS[level].includes(FS_VERITY);

/** Digests that the kernel enforces, against the names of the objects. */
const enforcedDigests = ({ image, machine: { files } }: Stage, objectDir: string): Values => {
  const measured = image.objects.map(({ digest }) => {
    const fd = files.open(`${objectDir}/${digest.slice(0, 2)}/${digest.slice(2)}`, 0);
    try {
      return files.measureVerity(fd) === digest;
    } finally {
      files.close(fd);
    }
  });
  return {
    enforcedObjectCount: measured.filter((is) => is).length,
    unenforcedObjectCount: measured.filter((is) => !is).length,
  };
};

const run = async (stage: Stage): Promise<Values> => {
  const { slot, prepared, image } = stage;
  const level = levelOf(slot.params);
  const targets = targetsIn(image);
  if (level === 'signature') return attackPull(stage, targets);
  if (BLOCK_IMAGES.includes(slot.backend)) return attackBlockImage(stage, prepared, targets);
  const attacked = level === 'files' || level === 'reference' ? prepared.weakened!(level) : prepared;
  const store = stage.storeIn([stage.folder('store')]);
  await attacked.ingest(store);
  const digests = enforcedDigests(stage, store.objectDirs[0]!);
  const place = { store, targets, isSealed: isSealed(level), isOnDevice: level === 'device' };
  return { ...digests, ...(await attackManifests(stage, attacked, place)) };
};

const metrics: Readonly<Record<string, Metric>> = {
  enforcedObjectCount: {
    title: 'objects whose digest the kernel enforces',
    better: 'higher',
    noise: 'exact',
  },
  unenforcedObjectCount: { title: 'objects without an enforced digest', better: 'lower', noise: 'exact' },
  ...attackMetrics,
};

export const scenario: Scenario = {
  id: 'enforced',
  question: 'Which changes of an image are refused, where, and by which protection?',
  cache: 'warm',
  reproduce:
    'change an object, the manifest, the disk below them or the answers of a server; fetch, mount, read the changed file',
  headline: Object.keys(ATTACKS).map((attack) => `${attack}ServedCount`),
  ownSection: true,
  needs: [{ title: 'root in the initial user namespace', anyOf: ['root'] }],
  params: PROTECTIONS.map((level) => ({ level })),
  paramNeeds: (params) => NEEDS[levelOf(params)],
  passes: ['count'],
  uncounted: true,
  inspects: true,
  only: [...new Set(Object.values(BACKENDS).flat())].filter((id) => id !== ON_REQUEST),
  asks: (params, backend) => BACKENDS[levelOf(params)].includes(backend),
  provokes: REFUSALS,
  source: () => SMALL,
  cycles: () => 1,
  metrics,
  roughNs: () => 3e9,
  run,
  derive: (values) => values,
};
