// Many images, created and destroyed all the time: workers live one life after another, as fast as they can.
//
// Every file of every image is local (local=files). The files of a life are not synced before they are removed: a function that lives
// for a second is gone before the kernel writes its files back.
import type { Metric, Params, Scenario, Stage, Values } from '../harness/model/scenario.ts';
import {
  countedLife,
  goneNs,
  imageSources,
  LIVES_MOUNTS,
  liveAll,
  orderOf,
  readyNs,
  startsOf,
} from './lives.ts';
import { percentilesOf } from './percentiles.ts';

const MOST_NS = 3e9;
const SEED = 'serverless';

const latency = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });
/** Ranks no arms: the judged one of a family of percentiles is p99. */
const shown = (title: string): Metric => ({ ...latency(title), judged: false });

const percentiles = (name: string, title: string): Readonly<Record<string, Metric>> => ({
  [`${name}P50Ns`]: latency(`${title}, median`),
  [`${name}P90Ns`]: shown(`${title}, 90th percentile`),
  [`${name}P99Ns`]: latency(`${title}, 99th percentile`),
  [`${name}P999Ns`]: shown(`${title}, 99.9th percentile`),
  [`${name}MostNs`]: shown(`${title}, the longest`),
});

/** A runtime written in one process could remove trees without a command. */
const WITHOUT_RM = ['hardlink-checkout-unlinkat', 'unpacked-overlay-unlinkat'];

const run = async (stage: Stage): Promise<Values> => {
  if (stage.slot.pass === 'count') return countedLife(stage);
  const { workers, lives } = stage.slot.params;
  const starts = startsOf(stage);
  const result = await liveAll(stage, {
    starts,
    workers: Number(workers),
    order: orderOf(starts.length, Number(lives), SEED),
    dueNs: null,
    mostLateNs: null,
    mostNs: MOST_NS,
  });
  const [ready, gone] = [result.lives.map(readyNs), result.lives.map(goneNs)];
  stage.histogram('ready', ready);
  stage.histogram('gone', gone);
  return {
    ...percentilesOf('ready', ready),
    ...percentilesOf('gone', gone),
    lifeCount: result.lives.length,
    livesPerSecond: (1e9 * result.lives.length) / result.elapsedNs,
    lifeCpuNs: result.cpuNs / result.lives.length,
    liveMostCount: result.mostMounts,
    peakSlabBytes: result.peak.slabBytes,
    peakDirtyBytes: result.peak.dirtyBytes,
  };
};

const variation = (images: string, workers: number, lives: number): Params => ({
  local: 'files',
  ...{ images, workers, lives },
});

export const scenario: Scenario = {
  id: 'serverless',
  question: 'How many images per second can be created, started and destroyed, and how long does each take?',
  cache: 'warm',
  reproduce:
    'W processes, each takes the next image: create, mount, the files that its start reads, unmount, settle, destroy; no sync between',
  headline: ['livesPerSecond', 'readyP50Ns', 'readyP99Ns', 'goneP50Ns', 'goneP99Ns', 'lifeCpuNs'],
  ownSection: true,
  needs: [],
  params: [variation('generated', 2, 200)],
  largeParams: [1, 2, 4, 8, 16].map((workers) => variation('family', workers, 1000)),
  // One life has the same calls whatever the number of workers.
  passesWith: ({ workers }) => (workers === 2 ? ['count', 'time'] : ['time']),
  variants: LIVES_MOUNTS,
  variantsWith: ({ workers }) => (workers === 2 ? WITHOUT_RM : []),
  oneLook: true,
  source: (params) => imageSources(params)[0],
  others: (params) => imageSources(params).slice(1),
  metrics: {
    livesPerSecond: { title: 'lives per second', better: 'higher', noise: 'noisy' },
    ...percentiles('ready', 'create, mount and start'),
    ...percentiles('gone', 'unmount, settle and destroy'),
    lifeCpuNs: latency('CPU time of one life: workers, commands and servers'),
    lifeCount: { ...shown('lives in the slot'), better: 'higher' },
    liveMostCount: shown('most mounts at the same time'),
    peakSlabBytes: shown('kernel slabs at the peak, above those before'),
    peakDirtyBytes: shown('modified pages at the peak, above those before'),
  },
  cycles: () => 1,
  roughNs: () => MOST_NS + 5e8,
  run,
  derive: (values) => values,
};
