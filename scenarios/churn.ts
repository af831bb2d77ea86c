// The life of an image, over and over: bring it in, mount it, read one file, take it away.
//
// The work file system is synced, untimed, after create and before destroy, so that nobody pays for another's dirty pages and
// destroy is of files that are on disk; what a durable create or destroy costs (a syncfs of its own) is shown beside.

import { known, sumOf } from '../harness/model/metrics.ts';
import { medianOf } from '../harness/model/repeated.ts';
import type { Scenario, Stage } from '../harness/model/scenario.ts';
import { readTarget } from './read-target.ts';

const FULL_STORE_CYCLES = 10;
const LIFE = ['createWallNs', 'mountWallNs', 'useWallNs', 'unmountWallNs', 'settleWallNs', 'destroyWallNs'];

const cycle = async (stage: Stage, target: string | null, number: number) => {
  const { prepared, store } = stage;
  const at = stage.folder(`mount-${number}`);
  const dir = stage.folder(`image-${number}`);
  if (store.state === 'empty') await stage.phase('ingest', () => prepared.ingest(store));
  const created = await stage.phase('create', () => prepared.create(store, dir));
  const createSyncNs = stage.sync();
  const disk = stage.slot.pass === 'count' ? await stage.footprint() : {};
  const mounted = await stage.phase('mount', () => created.mount(at));
  stage.mounted(mounted);
  await stage.phase('use', () =>
    target === null
      ? stage.command('ls', ['ls', mounted.root])
      : stage.command('cat', ['cat', `${mounted.root}${target}`]),
  );
  await stage.phase('unmount', () => mounted.unmount());
  await stage.phase('settle', () => mounted.settle());
  stage.sync();
  await stage.phase('destroy', () => created.destroy());
  return { createSyncNs, disk };
};

export const scenario: Scenario = {
  id: 'churn',
  question: 'What does it cost to bring an image in, mount it, use it once and take it away again?',
  cache: 'warm',
  reproduce:
    'ingest, create, mount, cat one file, unmount, settle, destroy, collect; sync after create and before destroy',
  headline: [
    'ingestWallNs',
    'createWallNs',
    'arriveWallNs',
    'mountWallNs',
    'unmountWallNs',
    'settleWallNs',
    'destroyWallNs',
    'collectWallNs',
    'removeWallNs',
    'imagesPerSecond',
    'commandStartWallNs',
  ],
  needs: [],
  params: [{ store: 'empty' }, { store: 'full' }],
  metrics: {
    arriveWallNs: { title: 'ingest + create: the image is here', better: 'lower', noise: 'noisy' },
    removeWallNs: { title: 'destroy + collect: the image is gone', better: 'lower', noise: 'noisy' },
    lifecycleWallNs: {
      title: 'all phases of one image; of a full store without ingest and collect',
      better: 'lower',
      noise: 'noisy',
    },
    imagesPerSecond: {
      title: 'images per second, one after another; a full store is asked and collected once for all',
      better: 'higher',
      noise: 'noisy',
    },
    createDurableWallNs: {
      title: 'ingest + create + syncfs: the image is here to stay',
      better: 'lower',
      noise: 'noisy',
    },
    destroyDurableWallNs: {
      title: 'destroy + collect + syncfs: the removal is on disk',
      better: 'lower',
      noise: 'noisy',
    },
    createSyncWallNs: { title: 'the syncfs after create', better: 'lower', noise: 'noisy' },
    destroySyncWallNs: { title: 'the syncfs after destroy and collect', better: 'lower', noise: 'noisy' },
  },
  // Short lives are repeated within a slot; a full store is asked for the objects once before them and collected once after.
  cycles: (params) => (params['store'] === 'full' ? FULL_STORE_CYCLES : 1),
  roughNs: (size, params) =>
    params['store'] === 'full'
      ? 6e7 + size.entryCount * 1e4
      : 1e8 + size.objectCount * 1.2e5 + size.objectBytes * 2,
  async run(stage) {
    const target = readTarget(stage.image.tree);
    const createSyncs: number[] = [];
    let disk = {};
    if (stage.store.state === 'full') await stage.phase('ingest', () => stage.prepared.ingest(stage.store));
    for (let number = 0; number < stage.cycles; number++) {
      const done = await cycle(stage, target, number);
      createSyncs.push(done.createSyncNs);
      disk = done.disk;
    }
    await stage.phase('collect', () => stage.prepared.collect(stage.store, stage.kept));
    const destroySyncWallNs = stage.sync();
    return stage.slot.pass === 'count'
      ? disk
      : { createSyncWallNs: medianOf(createSyncs), destroySyncWallNs };
  },
  derive(values, params) {
    const arrive = sumOf(values, ['ingestWallNs', 'createWallNs']);
    const remove = sumOf(values, ['destroyWallNs', 'collectWallNs']);
    // A full store is asked and collected once for many lives: they are no part of one.
    const life = sumOf(
      values,
      params['store'] === 'full' ? LIFE : ['ingestWallNs', ...LIFE, 'collectWallNs'],
    );
    return {
      ...values,
      ...known('arriveWallNs', arrive),
      ...known('removeWallNs', remove),
      ...known('lifecycleWallNs', life),
      ...known('imagesPerSecond', life === null ? null : 1e9 / life),
      ...known('createDurableWallNs', sumOf(values, ['ingestWallNs', 'createWallNs', 'createSyncWallNs'])),
      ...known(
        'destroyDurableWallNs',
        sumOf(values, ['destroyWallNs', 'collectWallNs', 'destroySyncWallNs']),
      ),
    };
  },
};
