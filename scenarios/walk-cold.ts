// The command of the mailing list, `ls -lR`, with nothing of the image in the caches: no manifest, object, file or dentry.
//
// In a virtual machine only the caches of the guest are cold.
import type { Scenario } from '../harness/model/scenario.ts';
import { cacheMetrics, manifestCache } from './manifest-cache.ts';
import { DROPPED_CACHES, LS } from './needs.ts';
import { nameWalk, walk, walkMetrics } from './walk.ts';

export const scenario: Scenario = {
  id: 'walk-cold',
  question: 'How long does it take to list every entry when nothing is cached?',
  cache: 'cold',
  reproduce: 'sync; echo 3 > /proc/sys/vm/drop_caches; mount; ls -lR MOUNT > /dev/null',
  headline: ['walkWallNs'],
  needs: [LS, DROPPED_CACHES],
  params: [{}],
  // A cold listing from a file and over a loop device differ, so every table shows both.
  variants: ['erofs-overlay-loop'],
  largeVariants: ['erofs-only', 'plain-directory', 'erofs-overlay-loop-dio', 'erofs-blobs'],
  placed: true,
  oneCpu: true,
  metrics: { ...walkMetrics, ...cacheMetrics },
  cycles: () => 1,
  roughNs: (size) => 1e8 + size.entryCount * 3e4,
  run: (stage) =>
    walk(stage, {
      prepare: () => stage.dropCaches(),
      after: (mounted, manifest) => manifestCache(stage.machine, mounted, manifest),
    }),
  derive: nameWalk,
};
