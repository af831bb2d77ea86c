// What the walks through every FUSE server have in common. They are apart from the plain walks, so that whoever does not ask about
// servers does not wait for them.
import type { Scenario } from '../harness/model/scenario.ts';

export const SERVED: Pick<Scenario, 'only' | 'variants' | 'passes' | 'ownSection' | 'oneCpu'> = {
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
  passes: ['time'],
  ownSection: true,
  // The best place counts, for each of them.
  oneCpu: false,
};
