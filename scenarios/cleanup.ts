// Removal of an image that was used, and what a process beside it notices: the image was listed while it was mounted, then its
// mount went; a neighbour makes small files on the same file system, during the removal and, before and after it, while nothing
// goes on.
//
// on=work: the store lies on the work file system as it is; on=ext4, on=xfs: on one of its own on a loop file, with a journal and
// mounted without discard, so that what a removal waits for is known. caches=cold: everything was dropped from the caches before.
// durable=yes: the removal ends with a syncfs of its own.
import { setTimeout } from 'node:timers/promises';
import type { Created, Store } from '../harness/model/backend.ts';
import { UserError } from '../harness/model/errors.ts';
import type { MadeType, Need } from '../harness/model/machine.ts';
import { known, notJudged, sumOf } from '../harness/model/metrics.ts';
import type { Params, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { besideNeighbour, neighbourMetrics } from './neighbour.ts';

/** Before the removal and after it: together about as long as a removal takes. */
const ALONE_MS = 50;

const WORK = 'work';
const FOLDER_MODE = 0o755;

type On = typeof WORK | 'ext4' | 'xfs';
type Size = 'certs' | 'base';

const of = (on: On, size: Size, caches: 'warm' | 'cold', durable: 'yes' | 'no'): Params => ({
  local: 'nothing',
  on,
  size,
  caches,
  durable,
});
const asUsed = (size: Size): readonly Params[] =>
  (['ext4', 'xfs', WORK] as const).map((on) => of(on, size, 'warm', 'yes'));

interface Place {
  readonly store: Store;
  readonly imageDir: string;
  readonly neighbourDir: string;
  /** Nanoseconds of a syncfs. */
  sync(): number;
  /** 1 or 0; of the work file system the run's own description tells. */
  readonly told: Values;
}

const placeOf = async (stage: Stage): Promise<Place> => {
  const { files } = stage.machine;
  if (stage.slot.params['on'] === WORK)
    return {
      store: stage.store,
      imageDir: stage.folder('image'),
      neighbourDir: stage.folder('neighbour'),
      sync: stage.sync,
      told: {},
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
    told: { journalCount: Number(journal), discardCount: Number(discard) },
  };
};

const ROOT: Need = { title: 'root in the initial user namespace', anyOf: ['root'] };
const MADE_NEEDS: Readonly<Record<'ext4' | 'xfs', readonly Need[]>> = {
  ext4: [ROOT, { title: 'ext4 on a loop file', anyOf: ['ext4-loop'] }],
  xfs: [ROOT, { title: 'XFS on a loop file', anyOf: ['xfs-loop'] }],
};

/** Mounted, listed, and unmounted again. */
const useOnce = async (stage: Stage, created: Created): Promise<void> => {
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
  const place = await placeOf(stage);
  const { store } = place;
  await prepared.ingest(store);
  const created = await prepared.create(store, place.imageDir);
  place.sync();
  await useOnce(stage, created);
  if (cold) await stage.dropCaches();
  place.sync();
  let syncNs = 0;
  const values = await besideNeighbour(
    stage,
    { folder: place.neighbourDir, sync: place.sync },
    () => setTimeout(ALONE_MS),
    async () => {
      await stage.phase('destroy', () => created.destroy());
      await stage.phase('collect', () => prepared.collect(store, []));
      if (slot.params['durable'] === 'yes') syncNs = place.sync();
    },
  );
  return { ...values, ...place.told, removeSyncWallNs: syncNs };
};

export const scenario: Scenario = {
  id: 'cleanup',
  question: 'What does removing a used image cost, and what does a process beside it notice?',
  cache: 'warm',
  reproduce:
    'a store on the work file system, or on an ext4 or XFS on a loop file; mount, ls -lR, unmount; then destroy and collect (and syncfs) while another process creates, writes, fsyncs and closes files of 4 KiB on the same file system',
  headline: ['cleanupWallNs', 'neighbourDuringMedianNs', 'neighbourSlowdownRatio'],
  ownSection: true,
  needs: [{ title: 'ls', anyOf: ['ls'] }],
  params: asUsed('certs'),
  largeParams: [
    ...asUsed('base'),
    of(WORK, 'certs', 'warm', 'no'),
    of(WORK, 'certs', 'cold', 'yes'),
    of(WORK, 'certs', 'cold', 'no'),
  ],
  paramNeeds: ({ on }) => (on === WORK ? [] : MADE_NEEDS[on === 'xfs' ? 'xfs' : 'ext4']),
  passes: ['time'],
  // Two manifest backends differ in their mounts alone, and no mount is left when an image is removed.
  only: ['erofs-overlay', 'unpacked-overlay'],
  source: ({ size }) => `fixture:debian-12-${size}`,
  cycles: () => 1,
  metrics: {
    ...neighbourMetrics,
    cleanupWallNs: {
      title: 'destroy + collect beside a neighbour, with the syncfs where it is part of it',
      better: 'lower',
      noise: 'noisy',
    },
    ...notJudged({
      journalCount: { title: '1: its file system has a journal', better: 'higher', noise: 'exact' },
      discardCount: { title: '1: its file system is mounted with discard', better: 'lower', noise: 'exact' },
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
