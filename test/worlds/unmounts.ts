// Worlds of the claim about unmounts: C19.
import type { MadeGroup } from '../report/claims/journal.ts';
import { countedWorld } from './counted.ts';
import type { RunNoise } from './noise.ts';
import type { ClaimWorlds } from './world.ts';

const ARMS = ['erofs-overlay', 'unpacked-overlay', 'composefs-fuse', 'erofs-overlay-loop'] as const;

/** `left`: unmounts of each block of an arm that left something. */
const unmounts = (mounts: number, left: (arm: string) => readonly number[]): readonly MadeGroup[] => [
  {
    scenario: 'live-mounts',
    params: { mounts },
    time: Object.fromEntries(
      ARMS.map((arm) => {
        const stillThereCount = left(arm);
        return [arm, { stillThereCount, askedCount: stillThereCount.map(() => mounts) }];
      }),
    ),
  },
];

const heldIn = (noise: RunNoise, mounts: number, probability: number): number => {
  let held = 0;
  for (let i = 0; i < mounts; i++) if (noise.random() < probability) held++;
  return held;
};

const many = (noise: RunNoise): number => Math.max(1, Math.ceil(4000 / noise.blocks / 8)) * 8;

const unmounting: ClaimWorlds = {
  id: 'C19',
  kind: 'counts',
  margin:
    'True: never in 4,000 unmounts of each backend. False: once in a hundred on one of them. Line: never, but in too few unmounts; or once, by the number of a superblock, which another mount may have taken.',
  worlds: [
    countedWorld('true', 'nothing held in 4,000 unmounts', (noise) =>
      unmounts(many(noise), () => Array<number>(noise.blocks).fill(0)),
    ),
    countedWorld('line', 'nothing held in 10 unmounts a block', (noise) =>
      unmounts(10, () => Array<number>(noise.blocks).fill(0)),
    ),
    countedWorld('line', 'one of 4,000 superblocks of unpacked layers seems held', (noise) =>
      unmounts(many(noise), (arm) =>
        Array.from({ length: noise.blocks }, (_, block) => Number(arm === 'unpacked-overlay' && block === 0)),
      ),
    ),
    countedWorld('false', 'one manifest in a hundred is still held', (noise) =>
      unmounts(many(noise), (arm) =>
        Array.from({ length: noise.blocks }, () =>
          arm === 'erofs-overlay' ? heldIn(noise, many(noise), 0.01) : 0,
        ),
      ),
    ),
    countedWorld('false', 'one server in a hundred outlives its mount', (noise) =>
      unmounts(many(noise), (arm) =>
        Array.from({ length: noise.blocks }, () =>
          arm === 'composefs-fuse' ? heldIn(noise, many(noise), 0.01) : 0,
        ),
      ),
    ),
  ],
};

export const unmountWorlds: readonly ClaimWorlds[] = [unmounting];
