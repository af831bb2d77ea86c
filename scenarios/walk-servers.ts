// What the walks through every FUSE server have in common. They are apart from the plain walks, so that whoever does not ask about
// servers does not wait for them. Always of one base image: a walk of it holds thousands of requests, and two placements of seven
// servers take their time.
import type { Scenario } from '../harness/model/scenario.ts';

export const SERVED: Pick<Scenario, 'only' | 'variants' | 'passes' | 'ownSection' | 'oneCpu' | 'source'> = {
  only: [
    'erofs-overlay',
    'composefs-fuse',
    'composefs-fuse-reference',
    'composefs-fuse-noxattr',
    'composefs-fuse-passthrough',
    'composefs-fuse-overlay',
    'composefs-fuse-shared',
  ],
  variants: [],
  source: () => 'fixture:debian-12-base',
  passes: ['time'],
  ownSection: true,
  // The best place counts, for each of them.
  oneCpu: false,
};
