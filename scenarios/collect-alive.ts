// Many images are alive, a tenth of them is replaced by new versions, and unused objects are collected, while another image lives one
// life after another.
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
import { percentilesOf } from './percentiles.ts';

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
  await unmountAll(
    live.slice(0, replaced).map(({ mounted }) => mounted),
    stage.machine.meters,
  );
  for (const { created } of first.slice(0, replaced)) await created.destroy();
  return { images: [...first.slice(replaced), ...next], live: [...live.slice(replaced), ...nextLive] };
};

const nowNs = (): number => Number(process.hrtime.bigint());

/** Every life is in the sample's histogram: percentiles of several slots can be merged. */
const timesOf = (stage: Stage, name: string, lives: readonly LifeTimes[]): Values => {
  const ready = lives.map(({ startedNs, readyNs }) => readyNs - startedNs);
  if (ready.length > 0) stage.histogram(name, ready);
  return { ...percentilesOf(name, ready), [`${name}Count`]: ready.length };
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
  const before = lives.filter((life) => life.readyNs < fromNs);
  const during = lives.filter(({ startedNs, readyNs }) => readyNs >= fromNs && startedNs < toNs);
  return { ...timesOf(stage, 'readyBefore', before), ...timesOf(stage, 'readyDuring', during) };
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

/** Null in timed slots, and for a backend whose files lie on another file system. */
const filesIn = async (stage: Stage): Promise<number | null> =>
  stage.slot.pass === 'count' ? ((await stage.footprint())['createdFileCount'] ?? null) : null;

export const removedFiles = (before: number | null, after: number | null): Values =>
  known('removedFileCount', before === null || after === null ? null : before - after);

const lower = (title: string, noise: Metric['noise'] = 'noisy'): Metric => ({
  title,
  better: 'lower',
  noise,
});

/** Percentiles for which a slot has too few lives are absent. */
const readyMetrics = (name: string, title: string): Readonly<Record<string, Metric>> => ({
  [`${name}P50Ns`]: lower(`${title}, median`),
  [`${name}P90Ns`]: { ...lower(`${title}, 90th percentile`), judged: false },
  [`${name}P99Ns`]: lower(`${title}, 99th percentile`),
  [`${name}P999Ns`]: { ...lower(`${title}, 99.9th percentile`), judged: false },
  [`${name}MostNs`]: lower(`${title}, the longest`),
  [`${name}Count`]: { title: `${title}: number of lives`, better: 'higher', noise: 'noisy' },
});

export const variation = (base: 'certs' | 'base', images: number): Params => ({
  local: 'nothing',
  base,
  images,
});

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
    'readyBeforeP50Ns',
    'readyBeforeMostNs',
    'readyDuringP50Ns',
    'readyDuringMostNs',
  ],
  ownSection: true,
  needs: [],
  params: [variation('certs', 20)],
  largeParams: [variation('base', 100)],
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
    ...readyMetrics('readyBefore', 'time to ready of lives just before the collection'),
    ...readyMetrics('readyDuring', 'time to ready of lives during the collection'),
  },
  roughNs: (size, { images }) =>
    1.5e9 + size.objectBytes * 4 + Number(images) * (1e7 + size.entryCount * 2e3),
  async run(stage) {
    const store = sharedStore(stage);
    const { images, live } = await replaceSome(stage, store, Number(stage.slot.params['images']));
    const kept = images.map(({ image }) => image);
    stage.sync();
    const counts = stage.slot.pass === 'count';
    const before = await filesIn(stage);
    const collect = async (): Promise<void> => {
      await stage.phase('collect', () => images[0]!.prepared.collect(store, kept));
    };
    const lives = counts ? await collect().then(() => ({})) : await whileLiving(stage, collect);
    const found = facts(store);
    const removed = removedFiles(before, await filesIn(stage));
    await unmountAll(
      live.map(({ mounted }) => mounted),
      stage.machine.meters,
    );
    await removeAll(store, images);
    return { ...found, ...removed, ...lives };
  },
  derive(values) {
    const { collectCallCount: calls, removedFileCount: removed } = values;
    // CPU time of this process is also that of the lives beside the collection.
    const { collectCpuNs: _cpu, collectUserNs: _user, collectSystemNs: _system, ...others } = values;
    return {
      ...others,
      ...known(
        'callsPerRemovedCount',
        calls === undefined || removed === undefined || removed === 0 ? null : calls / removed,
      ),
    };
  },
};
