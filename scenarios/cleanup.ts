// Removes an image that was mounted, listed and unmounted, beside a neighbour that writes small files on the same file system.
//
// on=work: the store is on the work file system. on=ext4, on=xfs: on a file system of its own on a loop file, with a journal and
// without discard, so that the causes of waiting are known. caches=cold: caches were dropped before. durable=yes: the
// removal ends with a syncfs.
import { setTimeout } from 'node:timers/promises';
import type { Created, Store } from '../harness/model/backend.ts';
import { UserError } from '../harness/model/errors.ts';
import type { MadeType, Need } from '../harness/model/machine.ts';
import { known, notJudged, sumOf } from '../harness/model/metrics.ts';
import type { Params, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { LS } from './needs.ts';
import { besideNeighbour, neighbourMetrics } from './neighbour.ts';

/** Time of the neighbour alone, before and after the removal: together about as long as a removal. */
const ALONE_MS = 50;

const WORK = 'work';
const FOLDER_MODE = 0o755;

type CleanupDisk = typeof WORK | 'ext4' | 'xfs';
type CleanupImage = 'certs' | 'base';

const variation = (
  on: CleanupDisk,
  size: CleanupImage,
  caches: 'warm' | 'cold',
  durable: 'yes' | 'no',
): Params => ({
  local: 'nothing',
  on,
  size,
  caches,
  durable,
});
const asUsed = (size: CleanupImage): readonly Params[] =>
  (['ext4', 'xfs', WORK] as const).map((on) => variation(on, size, 'warm', 'yes'));

interface CleanupFolders {
  readonly store: Store;
  readonly imageDir: string;
  readonly neighbourDir: string;
  /** Runs syncfs; returns nanoseconds. */
  sync(): number;
  /** 1 or 0. Empty for the work file system, which run.json describes. */
  readonly mountFacts: Values;
}

const foldersOf = async (stage: Stage): Promise<CleanupFolders> => {
  const { files } = stage.machine;
  if (stage.slot.params['on'] === WORK)
    return {
      store: stage.store,
      imageDir: stage.folder('image'),
      neighbourDir: stage.folder('neighbour'),
      sync: stage.sync,
      mountFacts: {},
    };
  const { root, journal, discard } = await stage.fileSystem(stage.slot.params['on'] as MadeType);
  const [imageDir, neighbourDir] = [`${root}/image`, `${root}/neighbour`];
  for (const dir of [imageDir, neighbourDir]) files.mkdir(dir, FOLDER_MODE);
  return {
    store: stage.storeIn([`${root}/store`]),
    imageDir,
    neighbourDir,
    sync() {
      const from = process.hrtime.bigint();
      files.syncfs(root);
      return Number(process.hrtime.bigint() - from);
    },
    mountFacts: { journalCount: Number(journal), discardCount: Number(discard) },
  };
};

const ROOT: Need = { title: 'root in the initial user namespace', anyOf: ['root'] };
const MADE_NEEDS: Readonly<Record<'ext4' | 'xfs', readonly Need[]>> = {
  ext4: [ROOT, { title: 'ext4 on a loop file', anyOf: ['ext4-loop'] }],
  xfs: [ROOT, { title: 'XFS on a loop file', anyOf: ['xfs-loop'] }],
};

const mountAndList = async (stage: Stage, created: Created): Promise<void> => {
  const mounted = await created.mount(stage.folder('mount'));
  stage.mounted(mounted);
  await stage.command('ls', ['ls', '-lR', mounted.root]);
  await mounted.unmount();
  await mounted.settle();
};

const run = async (stage: Stage): Promise<Values> => {
  const { prepared, slot } = stage;
  const cold = slot.params['caches'] === 'cold';
  if (cold && !stage.machine.features['drop-caches'].ok)
    throw new UserError('the caches cannot be dropped here', { code: 'skip' });
  const folders = await foldersOf(stage);
  const { store } = folders;
  await prepared.ingest(store);
  const created = await prepared.create(store, folders.imageDir);
  folders.sync();
  await mountAndList(stage, created);
  if (cold) {
    await stage.dropCaches();
    // The window of an arm that removes with rm must not load it from disk.
    await stage.command('rm', ['rm', '-rf', stage.folder('never-filled')]);
  }
  folders.sync();
  let syncNs = 0;
  const values = await besideNeighbour(
    stage,
    { folder: folders.neighbourDir, sync: folders.sync },
    () => setTimeout(ALONE_MS),
    async () => {
      await stage.phase('destroy', () => created.destroy());
      await stage.phase('collect', () => prepared.collect(store, []));
      if (slot.params['durable'] === 'yes') syncNs = folders.sync();
    },
  );
  return { ...values, ...folders.mountFacts, removeSyncWallNs: syncNs };
};

export const scenario: Scenario = {
  id: 'cleanup',
  question: 'What does removing a used image cost, and how much does it slow a neighbour down?',
  cache: 'warm',
  reproduce:
    'a store on the work file system, or on an ext4 or XFS on a loop file; mount, ls -lR, unmount; then destroy and collect (and syncfs) while another process creates, writes, fsyncs and closes files of 4 KiB on the same file system',
  headline: ['cleanupWallNs', 'neighbourDuringMedianNs', 'neighbourSlowdownRatio'],
  ownSection: true,
  needs: [LS],
  params: asUsed('certs'),
  largeParams: [
    ...asUsed('base'),
    variation(WORK, 'certs', 'warm', 'no'),
    variation(WORK, 'certs', 'cold', 'yes'),
    variation(WORK, 'certs', 'cold', 'no'),
  ],
  paramNeeds: ({ on }) => (on === WORK ? [] : MADE_NEEDS[on === 'xfs' ? 'xfs' : 'ext4']),
  passes: ['time'],
  // Manifest backends differ in their mounts only, and the image is unmounted before it is removed.
  only: ['erofs-overlay', 'unpacked-overlay'],
  source: ({ size }) => `fixture:debian-12-${size}`,
  cycles: () => 1,
  metrics: {
    ...neighbourMetrics,
    cleanupWallNs: {
      title: 'destroy + collect beside a neighbour, with durable=yes also syncfs',
      better: 'lower',
      noise: 'noisy',
    },
    ...notJudged({
      journalCount: {
        title: 'the file system has a journal',
        better: 'higher',
        noise: 'exact',
        yesNo: true,
      },
      discardCount: {
        title: 'the file system is mounted with discard',
        better: 'lower',
        noise: 'exact',
        yesNo: true,
      },
    }),
    removeSyncWallNs: { title: 'the syncfs at the end of the removal', better: 'lower', noise: 'noisy' },
  },
  roughNs: (size, { on }) => (on === WORK ? 8e8 : 1.2e9) + size.objectCount * 1.5e5 + size.objectBytes * 2,
  run,
  derive: ({ removeSyncWallNs = 0, ...values }, { durable }) => {
    const removed = sumOf(values, ['destroyWallNs', 'collectWallNs']);
    return {
      ...values,
      ...(durable === 'yes' ? { removeSyncWallNs } : {}),
      ...known('cleanupWallNs', removed === null ? null : removed + removeSyncWallNs),
    };
  },
};
