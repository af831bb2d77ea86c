// Shared by the walks through every FUSE server. They are scenarios of their own, because seven servers in two placements take long. The
// image is a base image, whose walk makes thousands of requests.
import type { Scenario } from '../harness/model/scenario.ts';

export const SERVED: Pick<
  Scenario,
  'only' | 'variants' | 'passes' | 'ownSection' | 'oneCpu' | 'bothPlacements' | 'source'
> = {
  only: [
    'erofs-overlay',
    'composefs-fuse',
    'composefs-fuse-reference',
    'composefs-fuse-noacl',
    'composefs-fuse-noxattr',
    'composefs-fuse-passthrough',
    'composefs-fuse-overlay',
    'composefs-fuse-shared',
  ],
  variants: [],
  source: () => 'fixture:debian-12-base',
  passes: ['time'],
  ownSection: true,
  oneCpu: false,
  bothPlacements: true,
};
