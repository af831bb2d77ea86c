// The cold walk through the mount of a container, with a writable upper layer.
//
// stack=one: one overlay of upper layer, manifest and object store (or layers) if the backend is an overlay, else an overlay
// over the mount. stack=over: always an overlay over the mount, as tools do that know only a mount point.
import type { Scenario } from '../harness/model/scenario.ts';
import { DROPPED_CACHES, LS } from './needs.ts';
import { nameWalk, walk, walkMetrics } from './walk.ts';

export const scenario: Scenario = {
  id: 'walk-writable',
  question: 'How long does the cold walk take through the writable layer of a container?',
  cache: 'cold',
  reproduce:
    'sync; echo 3 > /proc/sys/vm/drop_caches; mount with upperdir and workdir; ls -lR MOUNT > /dev/null',
  headline: ['walkWallNs'],
  ownSection: true,
  needs: [LS, DROPPED_CACHES],
  params: [{ stack: 'one' }],
  largeParams: [{ stack: 'over' }],
  passes: ['time'],
  variants: ['erofs-overlay-loop'],
  metrics: walkMetrics,
  oneCpu: true,
  cycles: () => 1,
  roughNs: (size) => 1e8 + size.entryCount * 4e4,
  run: (stage) =>
    walk(stage, {
      prepare: () => stage.dropCaches(),
      writable: stage.slot.params['stack'] === 'over' ? { over: true } : {},
    }),
  derive: nameWalk,
};
