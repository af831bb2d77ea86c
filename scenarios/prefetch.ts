// The cold walk after the manifest was read from end to end, through whatever the mount reads it through: its file, or the loop
// device over it. The reading is timed, too: it is work that was moved, not saved.
import type { Scenario, Values } from '../harness/model/scenario.ts';
import { cacheMetrics, manifestCache } from './manifest-cache.ts';
import { nameWalk, walk, walkMetrics } from './walk.ts';

const derive = (values: Values): Values => {
  const named = nameWalk(values);
  const { prefetchWallNs, walkWallNs } = named;
  return prefetchWallNs === undefined || walkWallNs === undefined
    ? named
    : { ...named, prefetchedWalkWallNs: prefetchWallNs + walkWallNs };
};

export const scenario: Scenario = {
  id: 'prefetch',
  question: 'How long does the cold walk take when the manifest is read from end to end first?',
  cache: 'cold',
  reproduce:
    'sync; echo 3 > /proc/sys/vm/drop_caches; mount; cat MANIFEST (or its loop device) > /dev/null; ls -lR MOUNT > /dev/null',
  headline: ['prefetchedWalkWallNs', 'walkWallNs'],
  ownSection: true,
  needs: [
    { title: 'ls and cat', anyOf: ['ls'] },
    { title: 'dropping the caches', anyOf: ['drop-caches'] },
  ],
  params: [{}],
  only: ['erofs-overlay', 'erofs-overlay-loop-dio'],
  passes: ['time'],
  metrics: {
    ...walkMetrics,
    ...cacheMetrics,
    prefetchWallNs: { title: 'cat of the manifest', better: 'lower', noise: 'noisy' },
    prefetchedWalkWallNs: { title: 'cat of the manifest, then ls -lR', better: 'lower', noise: 'noisy' },
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
        const from = process.hrtime.bigint();
        await stage.command('cat', ['cat', devices[0] ?? manifest]);
        return { prefetchWallNs: Number(process.hrtime.bigint() - from) };
      },
      after: (mounted, manifest) => manifestCache(stage.machine, mounted, manifest),
    }),
  derive,
};
