// Removal of an image that was used, and what a process beside it notices: the image was listed while it was mounted, then its
// mount went; a neighbour makes small files on the same file system, during the removal and, before and after it, while nothing
// goes on.
//
// caches=cold: everything was dropped from the caches before. durable=yes: the removal ends with a syncfs of its own.
import { setTimeout } from 'node:timers/promises';
import type { Created } from '../harness/model/backend.ts';
import { UserError } from '../harness/model/errors.ts';
import { known, sumOf } from '../harness/model/metrics.ts';
import type { Params, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { besideNeighbour, neighbourMetrics } from './neighbour.ts';
import { scaledSource } from './scaled.ts';

/** Before the removal and after it: together about as long as a removal takes. */
const ALONE_MS = 50;
/** A size that churn-scale has, too, so that its image is made ready once. */
const FILES = 500;

const of = (caches: 'warm' | 'cold', durable: 'yes' | 'no'): Params => ({
  local: 'nothing',
  caches,
  durable,
});

/** Mounted, listed, and unmounted again. */
const useOnce = async (stage: Stage, created: Created): Promise<void> => {
  const mounted = await created.mount(stage.folder('mount'));
  stage.mounted(mounted);
  await stage.command('ls', ['ls', '-lR', mounted.root]);
  await mounted.unmount();
  await mounted.settle();
};

const run = async (stage: Stage): Promise<Values> => {
  const { prepared, store, slot } = stage;
  const cold = slot.params['caches'] === 'cold';
  if (cold && !stage.machine.features['drop-caches'].ok)
    throw new UserError('the caches cannot be dropped here', { code: 'skip' });
  await prepared.ingest(store);
  const created = await prepared.create(store, stage.folder('image'));
  stage.sync();
  await useOnce(stage, created);
  if (cold) await stage.dropCaches();
  stage.sync();
  let syncNs = 0;
  const values = await besideNeighbour(
    stage,
    () => setTimeout(ALONE_MS),
    async () => {
      await stage.phase('destroy', () => created.destroy());
      await stage.phase('collect', () => prepared.collect(store, []));
      if (slot.params['durable'] === 'yes') syncNs = stage.sync();
    },
  );
  return { ...values, removeSyncWallNs: syncNs };
};

export const scenario: Scenario = {
  id: 'cleanup',
  question: 'What does removing a used image cost, and what does a process beside it notice?',
  cache: 'warm',
  reproduce:
    'mount, ls -lR, unmount; then destroy and collect (and syncfs) while another process creates, writes, fsyncs and closes files of 4 KiB on the same file system',
  headline: ['cleanupWallNs', 'neighbourDuringMedianNs', 'neighbourSlowdownRatio'],
  ownSection: true,
  needs: [{ title: 'ls', anyOf: ['ls'] }],
  params: [of('warm', 'yes')],
  largeParams: [of('warm', 'no'), of('cold', 'yes'), of('cold', 'no')],
  passes: ['time'],
  // Two manifest backends differ in their mounts alone, and no mount is left when an image is removed.
  only: ['erofs-overlay', 'unpacked-overlay'],
  source: () => scaledSource(FILES),
  cycles: () => 1,
  metrics: {
    ...neighbourMetrics,
    cleanupWallNs: {
      title: 'destroy + collect beside a neighbour, with the syncfs where it is part of it',
      better: 'lower',
      noise: 'noisy',
    },
    removeSyncWallNs: { title: 'the syncfs at the end of the removal', better: 'lower', noise: 'noisy' },
  },
  roughNs: (size) => 8e8 + size.objectCount * 1.5e5 + size.objectBytes * 2,
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
