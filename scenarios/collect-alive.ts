// Many images are alive, a tenth of them is replaced by new versions, and what no image uses any more is collected, while another image
// lives one life after another.
//
// Manifest backends read the manifests of all kept images and unlink the objects that none of them names; unpacked layers that no image
// has are removed; of a link store those files are unlinked that have no other name.
import { setTimeout } from 'node:timers/promises';
import type { Store } from '../harness/model/backend.ts';
import type { LifeTimes } from '../harness/model/crowd.ts';
import { known } from '../harness/model/metrics.ts';
import type { Metric, Params, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import {
  familyOf,
  familySource,
  mountAll,
  removeAll,
  type SetUpImage,
  setUp,
  sharedStore,
} from './families.ts';
import { type LiveMount, unmountAll } from './live-mounts.ts';

const REPLACED_SHARE = 0.1;
/** Lives go on for this long before the collection. */
const BEFORE_MS = 300;

interface Alive {
  /** Those that stay. */
  readonly images: readonly SetUpImage[];
  readonly live: readonly LiveMount[];
}

/** N images alive, of which the first tenth is gone and as many new ones are there. */
const replaceSome = async (stage: Stage, store: Store, count: number): Promise<Alive> => {
  const replaced = Math.max(1, Math.round(count * REPLACED_SHARE));
  familyOf(stage, count + replaced);
  const first = await setUp(stage, store, [0, count]);
  const live = await mountAll(stage, first);
  const next = await setUp(stage, store, [count, count + replaced]);
  const nextLive = await mountAll(stage, next);
  await unmountAll(live.slice(0, replaced).map(({ mounted }) => mounted));
  for (const { created } of first.slice(0, replaced)) await created.destroy();
  return { images: [...first.slice(replaced), ...next], live: [...live.slice(replaced), ...nextLive] };
};

const nowNs = (): number => Number(process.hrtime.bigint());

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;

/** Absent if no life fell into the time. */
const quantiles = (lives: readonly LifeTimes[], when: 'Before' | 'During'): Values => {
  const ready = lives.map(({ startedNs, readyNs }) => readyNs - startedNs).sort((a, b) => a - b);
  return {
    [`lives${when}Count`]: ready.length,
    ...(ready.length === 0
      ? {}
      : { [`readyP50${when}Ns`]: quantile(ready, 0.5), [`readyP99${when}Ns`]: quantile(ready, 0.99) }),
  };
};

/** Runs `work` while another image lives one life after another. */
const whileLiving = async (stage: Stage, work: () => Promise<void>): Promise<Values> => {
  const crowd = await stage.crowd(1, 'files');
  const living = crowd.live();
  await setTimeout(BEFORE_MS);
  const fromNs = nowNs();
  await work();
  const toNs = nowNs();
  const lives = await living.stop();
  return {
    ...quantiles(
      lives.filter(({ readyNs }) => readyNs < fromNs),
      'Before',
    ),
    ...quantiles(
      lives.filter(({ startedNs, readyNs }) => readyNs >= fromNs && startedNs < toNs),
      'During',
    ),
  };
};

/** Of a manifest backend; the others read no manifests. */
const facts = (store: Store): Values => {
  const collected = store.collected();
  return collected === null
    ? {}
    : {
        markWallNs: collected.markNs,
        sweepWallNs: collected.sweepNs,
        markBytes: collected.liveBytes,
        liveObjectCount: collected.liveCount,
        keptObjectCount: collected.keptCount,
        removedObjectCount: collected.removedCount,
      };
};

const filesIn = async (stage: Stage): Promise<number> => (await stage.footprint())['createdFileCount'] ?? 0;

const lower = (title: string, noise: Metric['noise'] = 'noisy'): Metric => ({
  title,
  better: 'lower',
  noise,
});

const variation = (base: 'certs' | 'base', images: number): Params => ({ local: 'nothing', base, images });

export const scenario: Scenario = {
  id: 'collect-alive',
  question: 'What does it cost to collect garbage while many images are alive, and what do others notice?',
  cache: 'warm',
  reproduce:
    'ingest, create and mount N images of a family in one store; a tenth as many new ones; unmount and destroy the first tenth; collect, keeping the N, while a thread creates, mounts, unmounts and destroys another image again and again',
  headline: [
    'collectWallNs',
    'markWallNs',
    'sweepWallNs',
    'markBytes',
    'callsPerRemovedCount',
    'readyP99BeforeNs',
    'readyP99DuringNs',
  ],
  ownSection: true,
  needs: [],
  params: [variation('certs', 20)],
  largeParams: [variation('base', 100), variation('base', 1000)],
  variantsWith: ({ images }) => (Number(images) > 100 ? [] : ['hardlink-checkout']),
  source: familySource,
  cycles: () => 1,
  oneLook: true,
  metrics: {
    markWallNs: lower('of the collection: reading the manifests of all kept images'),
    sweepWallNs: lower('of the collection: listing the store and removing'),
    markBytes: lower('memory for the digests of kept objects', 'exact'),
    liveObjectCount: lower('distinct objects of all kept images', 'exact'),
    keptObjectCount: lower('objects that stay in the store', 'exact'),
    removedObjectCount: lower('objects removed', 'exact'),
    removedFileCount: lower('files removed by the collection', 'exact'),
    callsPerRemovedCount: lower('system calls of the collection per file removed', 'quasi'),
    readyP50BeforeNs: lower('median time to ready of lives just before the collection'),
    readyP99BeforeNs: lower(
      '99th percentile of the time to ready just before; the slowest of fewer than 100',
    ),
    readyP50DuringNs: lower('median time to ready of lives during the collection'),
    readyP99DuringNs: lower(
      '99th percentile of the time to ready during the collection; the slowest of fewer than 100',
    ),
    livesBeforeCount: { title: 'lives just before the collection', better: 'higher', noise: 'noisy' },
    livesDuringCount: { title: 'lives during the collection', better: 'higher', noise: 'noisy' },
  },
  roughNs: (size, { images }) =>
    1.5e9 + size.objectBytes * 4 + Number(images) * (3e7 + size.entryCount * 2e3 + 2e6 * 4),
  async run(stage) {
    const store = sharedStore(stage);
    const { images, live } = await replaceSome(stage, store, Number(stage.slot.params['images']));
    const kept = images.map(({ image }) => image);
    stage.sync();
    const counts = stage.slot.pass === 'count';
    const before = counts ? await filesIn(stage) : 0;
    const collect = (): Promise<void> =>
      stage.phase('collect', () => images[0]!.prepared.collect(store, kept));
    const lives = counts ? await collect().then(() => ({})) : await whileLiving(stage, collect);
    const found = facts(store);
    const removed = counts ? { removedFileCount: before - (await filesIn(stage)) } : {};
    await unmountAll(live.map(({ mounted }) => mounted));
    await removeAll(store, images);
    return { ...found, ...removed, ...lives };
  },
  derive(values) {
    const { collectCallCount: calls, removedFileCount: removed } = values;
    return {
      ...values,
      ...known(
        'callsPerRemovedCount',
        calls === undefined || removed === undefined || removed === 0 ? null : calls / removed,
      ),
    };
  },
};
