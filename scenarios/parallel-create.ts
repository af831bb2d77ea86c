// Brings several images in at the same time, as a machine does that starts many functions or pods.
//
// Each image is a thread, which lived once before as a rehearsal. With local=nothing each has a store of its own, with local=files
// all use the run's full store. Threads make the same system calls at the same time as processes do, and need no start inside
// the window.
import type { Metric, Params, Scenario } from '../harness/model/scenario.ts';
import { elapsed } from './in-mount.ts';

const latency = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

const variation = (local: 'nothing' | 'files', images: number): Params => ({ local, images });

export const scenario: Scenario = {
  id: 'parallel-create',
  question: 'What does it cost to set up and to remove several images at the same time?',
  cache: 'warm',
  reproduce:
    'N threads at once: create, mount; then unmount, settle, destroy; with local=nothing each with an empty store, ingest and collect too',
  headline: ['upWallNs', 'upEachWallNs', 'downWallNs', 'imagesPerSecond'],
  ownSection: true,
  needs: [],
  params: [variation('files', 1), variation('files', 2)],
  largeParams: [
    variation('files', 4),
    variation('files', 8),
    variation('nothing', 1),
    variation('nothing', 4),
  ],
  variantsWith: ({ local }) => (local === 'files' ? ['hardlink-checkout', 'reflink-checkout'] : []),
  passes: ['time'],
  metrics: {
    upWallNs: latency('until the last image is mounted'),
    upEachWallNs: latency('the same per image'),
    downWallNs: latency('until the last image is removed'),
    imagesPerSecond: {
      title: 'images per second, several at the same time',
      better: 'higher',
      noise: 'noisy',
    },
  },
  cycles: () => 1,
  roughNs: (size, { images }) =>
    4e8 + Number(images) * (2e8 + 2 * (size.objectCount * 1.2e5 + size.objectBytes * 2)),
  async run(stage) {
    const images = Number(stage.slot.params['images']);
    const crowd = await stage.crowd(images);
    stage.sync();
    const upWallNs = await elapsed(() => crowd.up());
    // Write back, so that files on disk are removed.
    stage.sync();
    const downWallNs = await elapsed(() => crowd.down());
    return { upWallNs, downWallNs };
  },
  derive: ({ upWallNs, downWallNs, ...values }, { images }) => ({
    ...values,
    ...(upWallNs === undefined || downWallNs === undefined
      ? {}
      : {
          upWallNs,
          downWallNs,
          upEachWallNs: upWallNs / Number(images),
          imagesPerSecond: (1e9 * Number(images)) / (upWallNs + downWallNs),
        }),
  }),
};
