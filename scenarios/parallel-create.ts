// Several images brought in at once, as a machine does that starts many functions or pods: what do they take from each other?
//
// Each is a thread, which lived once before as a rehearsal; with local=nothing it has a store of its own, with local=files all use
// the run's full store, as functions started on one machine do. On one machine threads and processes make
// the same system calls at the same time, and a thread needs no start inside the window.
import type { Metric, Params, Scenario } from '../harness/model/scenario.ts';
import { elapsed } from './in-mount.ts';

const latency = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

const of = (local: 'nothing' | 'files', images: number): Params => ({ local, images });

export const scenario: Scenario = {
  id: 'parallel-create',
  question: 'What does it cost to set up, and to take away, several images at the same time?',
  cache: 'warm',
  reproduce:
    'N threads at once: create, mount; then unmount, settle, destroy; with local=nothing each with an empty store, ingest and collect too',
  headline: ['upWallNs', 'upEachWallNs', 'downWallNs', 'imagesPerSecond'],
  ownSection: true,
  spare: true,
  needs: [],
  params: [of('files', 1), of('files', 2)],
  largeParams: [of('files', 4), of('files', 8), of('nothing', 1), of('nothing', 4)],
  variantsWith: ({ local }) => (local === 'files' ? ['hardlink-checkout', 'reflink-checkout'] : []),
  passes: ['time'],
  metrics: {
    upWallNs: latency('until the last of them is mounted'),
    upEachWallNs: latency('the same, for each of them'),
    downWallNs: latency('until the last of them is gone'),
    imagesPerSecond: { title: 'images per second, several at once', better: 'higher', noise: 'noisy' },
  },
  cycles: () => 1,
  roughNs: (size, { images }) =>
    4e8 + Number(images) * (2e8 + 2 * (size.objectCount * 1.2e5 + size.objectBytes * 2)),
  async run(stage) {
    const images = Number(stage.slot.params['images']);
    const crowd = await stage.crowd(images);
    stage.sync();
    const upWallNs = await elapsed(() => crowd.up());
    // Removal is of what is on disk.
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
