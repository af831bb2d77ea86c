// The mailing list's command on an image of which nothing is cached: not the manifest, not the objects or files, no dentry.
//
// In a virtual machine this says nothing of the host's cache: cold in the guest.
import type { Scenario } from '../harness/model/scenario.ts';
import { cacheMetrics, manifestCache } from './manifest-cache.ts';
import { nameWalk, walk, walkMetrics } from './walk.ts';

export const scenario: Scenario = {
  id: 'walk-cold',
  question: 'How long does it take to list every entry when nothing is cached?',
  cache: 'cold',
  reproduce: 'sync; echo 3 > /proc/sys/vm/drop_caches; mount; ls -lR MOUNT > /dev/null',
  headline: ['walkWallNs'],
  needs: [
    { title: 'ls', anyOf: ['ls'] },
    { title: 'dropping the caches', anyOf: ['drop-caches'] },
  ],
  params: [{}],
  // Over a loop device or from the file: a cold listing differs between them, so no table has one without the other.
  variants: ['erofs-overlay-loop'],
  largeVariants: ['erofs-only', 'plain-directory', 'erofs-overlay-loop-dio'],
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
