// The command of the mailing list, `ls -lR`, on an image that was listed once before in the same mount.
import type { Scenario } from '../harness/model/scenario.ts';
import { LS } from './needs.ts';
import { nameWalk, walk, walkMetrics } from './walk.ts';

export const scenario: Scenario = {
  id: 'walk-warm',
  question: 'How long does it take to list every entry when everything was listed before?',
  cache: 'warm',
  reproduce: 'ls -lR MOUNT > /dev/null, the second time after the mount; with placement=free also the third',
  headline: ['walkWallNs'],
  needs: [LS],
  params: [{}],
  largeVariants: [
    'erofs-only',
    'plain-directory',
    'erofs-overlay-noacl',
    'erofs-overlay-no-filter',
    'erofs-blobs',
  ],
  placed: true,
  oneCpu: true,
  metrics: walkMetrics,
  // With free placement the walks of a slot differ by up to half; on one CPU only slots differ.
  cycles: ({ placement }) => (placement === 'same-cpu' ? 1 : 2),
  roughNs: (size) => 3e7 + size.entryCount * 6e4,
  run: (stage) =>
    walk(stage, {
      async before(_mounted, list) {
        await list();
        return {};
      },
    }),
  derive: nameWalk,
};
