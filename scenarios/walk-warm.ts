// The mailing list's command on an image that was listed once before in the same mount.
import type { Scenario } from '../harness/model/scenario.ts';
import { nameWalk, walk, walkMetrics } from './walk.ts';

export const scenario: Scenario = {
  id: 'walk-warm',
  question: 'How long does it take to list every entry when everything was listed before?',
  cache: 'warm',
  reproduce:
    'ls -lR MOUNT > /dev/null, the second time after the mount; where the scheduler has it also the third',
  headline: ['walkWallNs'],
  needs: [{ title: 'ls', anyOf: ['ls'] }],
  params: [{}],
  largeVariants: ['erofs-only', 'plain-directory', 'erofs-overlay-noacl', 'erofs-overlay-no-filter'],
  placed: true,
  oneCpu: true,
  metrics: walkMetrics,
  // Left to the scheduler walks of one slot differ by up to half; on one CPU they are alike, and only slots differ.
  cycles: ({ placement }) => (placement === 'same-cpu' ? 1 : 2),
  repeatShare: () => 0.25,
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
