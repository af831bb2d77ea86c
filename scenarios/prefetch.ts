// The cold walk after the manifest was read from end to end, through its file or through the loop device over it.
//
// The time of reading is added, because the work is moved, not saved. The start of the reading program is subtracted: the time of
// cat on /dev/null in the same slot.
import { medianOf } from '../harness/model/repeated.ts';
import type { Scenario, Stage, Values } from '../harness/model/scenario.ts';
import { elapsed } from './in-mount.ts';
import { cacheMetrics, manifestCache } from './manifest-cache.ts';
import { DROPPED_CACHES, LS } from './needs.ts';
import { nameWalk, walk, walkMetrics } from './walk.ts';

/** Single starts differ by a tenth of a millisecond. */
const STARTS = 5;

const derive = (values: Values): Values => {
  const { readAndStartWallNs, ...named } = nameWalk(values);
  const { catStartWallNs, walkWallNs } = named;
  if (readAndStartWallNs === undefined || catStartWallNs === undefined || walkWallNs === undefined)
    return named;
  const prefetchWallNs = Math.max(0, readAndStartWallNs - catStartWallNs);
  return { ...named, prefetchWallNs, prefetchedWalkWallNs: prefetchWallNs + walkWallNs };
};

const catStartNs = async (stage: Stage): Promise<number> => {
  const starts: number[] = [];
  for (let i = 0; i < STARTS; i++)
    starts.push(await elapsed(() => stage.command('cat', ['cat', '/dev/null'])));
  return medianOf(starts);
};

export const scenario: Scenario = {
  id: 'prefetch',
  question: 'How long does the cold walk take when the manifest is read from end to end first?',
  cache: 'cold',
  reproduce:
    'sync; echo 3 > /proc/sys/vm/drop_caches; mount; cat MANIFEST (or its loop device) > /dev/null; ls -lR MOUNT > /dev/null',
  headline: ['prefetchedWalkWallNs', 'walkWallNs'],
  ownSection: true,
  needs: [LS, DROPPED_CACHES],
  params: [{}],
  only: ['erofs-overlay', 'erofs-overlay-loop', 'erofs-overlay-loop-dio'],
  passes: ['time'],
  metrics: {
    ...walkMetrics,
    ...cacheMetrics,
    catStartWallNs: { title: 'cat of an empty file', better: 'lower', noise: 'noisy' },
    prefetchWallNs: {
      title: 'cat of the manifest, without the start of cat',
      better: 'lower',
      noise: 'noisy',
    },
    prefetchedWalkWallNs: {
      title: 'reading the manifest, then ls -lR',
      better: 'lower',
      noise: 'noisy',
    },
  },
  oneCpu: true,
  cycles: () => 1,
  roughNs: (size) => 1e8 + size.entryCount * 3e4,
  run: (stage) =>
    walk(stage, {
      async prepare() {
        await stage.dropCaches();
        await stage.command('cat', ['cat', '/dev/null']);
      },
      async before({ devices = [] }, _list, manifest) {
        const readAndStartWallNs = await elapsed(() => stage.command('cat', ['cat', devices[0] ?? manifest]));
        return { readAndStartWallNs, catStartWallNs: await catStartNs(stage) };
      },
      after: (mounted, manifest) => manifestCache(stage.machine, mounted, manifest),
    }),
  derive,
};
