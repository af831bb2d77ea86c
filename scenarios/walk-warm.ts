// The mailing list's command on an image that was listed once before in the same mount.
import type { Scenario } from '../harness/model/scenario.ts';
import { nameWalk, walk, walkMetrics } from './walk.ts';

export const scenario: Scenario = {
  id: 'walk-warm',
  question: 'How long does it take to list every entry when everything was listed before?',
  cache: 'warm',
  reproduce: 'ls -lR MOUNT > /dev/null, the second to fourth time after the mount',
  headline: ['walkWallNs'],
  needs: [{ title: 'ls', anyOf: ['ls'] }],
  params: [{}],
  variants: ['erofs-only', 'plain-directory', 'erofs-overlay-noacl', 'erofs-overlay-no-filter'],
  placed: true,
  oneCpu: true,
  metrics: walkMetrics,
  // A walk is short beside all that a slot does for it: the median of three costs little and says more.
  cycles: () => 3,
  repeatShare: () => 0.25,
  roughNs: (size) => 3e7 + size.entryCount * 9e4,
  run: (stage) =>
    walk(stage, {
      async before(_mounted, list) {
        await list();
        return {};
      },
    }),
  derive: nameWalk,
};
