// The life of an image, over and over: bring it in, mount it, read one file, take it away.
//
// The work file system is synced, untimed, after create and before destroy, so that nobody pays for another's dirty pages and
// destroy is of files that are on disk; what a durable create or destroy costs (a syncfs of its own) is shown beside.

import { known, sumOf } from '../harness/model/metrics.ts';
import { medianOf } from '../harness/model/repeated.ts';
import type { Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { readTarget } from './read-target.ts';

const FULL_STORE_CYCLES = 10;
/** Where a run wants several lives of long ones, too: twice as many short ones are steadier by a third. */
const STEADY_CYCLES = 20;
/** Asking a full store, and collecting it, are single short windows: looked at this often for each life. */
const ASKED_SHARE = 0.3;
const LIFE = ['createWallNs', 'mountWallNs', 'useWallNs', 'unmountWallNs', 'settleWallNs', 'destroyWallNs'];

interface Done {
  readonly createSyncNs: number;
  readonly disk: Values;
}

const life = async (stage: Stage, target: string | null, number: number): Promise<Done> => {
  const { prepared } = stage;
  const store = stage.storeOf(number);
  const at = stage.folder(`mount-${number}`);
  const dir = stage.folder(`image-${number}`);
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

const ask = (stage: Stage, number: number) =>
  stage.phase('ingest', () => stage.prepared.ingest(stage.storeOf(number)));

const clear = async (stage: Stage, number: number): Promise<number> => {
  await stage.phase('collect', () => stage.prepared.collect(stage.storeOf(number), stage.kept));
  return stage.sync();
};

/** Everything of the image goes before the next life begins, which has a store of its own. */
const wholeLives = async (stage: Stage, target: string | null) => {
  const done: Done[] = [];
  const destroySyncs: number[] = [];
  for (let number = 0; number < stage.cycles; number++) {
    await ask(stage, number);
    done.push(await life(stage, target, number));
    destroySyncs.push(await clear(stage, number));
  }
  return { done, destroySyncs };
};

/** The store is asked before all lives and collected after them. */
const lightLives = async (stage: Stage, target: string | null) => {
  const asked = Math.ceil(ASKED_SHARE * stage.cycles);
  const done: Done[] = [];
  const destroySyncs: number[] = [];
  for (let i = 0; i < asked; i++) await ask(stage, 0);
  for (let number = 0; number < stage.cycles; number++) done.push(await life(stage, target, number));
  for (let i = 0; i < asked; i++) destroySyncs.push(await clear(stage, 0));
  return { done, destroySyncs };
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
      title: 'images per second, one after another; a full store is asked before all and collected after all',
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
  // Short lives are repeated within a slot; a full store is asked for the objects before them and collected after.
  cycles: (params, lives) =>
    params['store'] !== 'full' ? lives : lives > 1 ? STEADY_CYCLES : FULL_STORE_CYCLES,
  repeatShare: (params) => (params['store'] === 'full' ? 0.08 : 1),
  roughNs: (size, params) =>
    params['store'] === 'full'
      ? 6e7 + size.entryCount * 1e4
      : 1e8 + size.objectCount * 1.2e5 + size.objectBytes * 2,
  async run(stage) {
    const lives = stage.store.state === 'full' ? lightLives : wholeLives;
    const { done, destroySyncs } = await lives(stage, readTarget(stage.image.tree));
    return stage.slot.pass === 'count'
      ? done[0]!.disk
      : {
          createSyncWallNs: medianOf(done.map(({ createSyncNs }) => createSyncNs)),
          destroySyncWallNs: medianOf(destroySyncs),
        };
  },
  derive(values, params) {
    const arrive = sumOf(values, ['ingestWallNs', 'createWallNs']);
    const remove = sumOf(values, ['destroyWallNs', 'collectWallNs']);
    // A full store is asked and collected once for many lives: they are no part of one.
    const whole = sumOf(
      values,
      params['store'] === 'full' ? LIFE : ['ingestWallNs', ...LIFE, 'collectWallNs'],
    );
    return {
      ...values,
      ...known('arriveWallNs', arrive),
      ...known('removeWallNs', remove),
      ...known('lifecycleWallNs', whole),
      ...known('imagesPerSecond', whole === null ? null : 1e9 / whole),
      ...known('createDurableWallNs', sumOf(values, ['ingestWallNs', 'createWallNs', 'createSyncWallNs'])),
      ...known(
        'destroyDurableWallNs',
        sumOf(values, ['destroyWallNs', 'collectWallNs', 'destroySyncWallNs']),
      ),
    };
  },
};
