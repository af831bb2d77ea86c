// Worlds of claims about memory, mounts, updates and neighbours: C7, C12, C15, C20.
import type { MadeGroup, MadeRun, Series } from '../report/claims/journal.ts';
import { LARGE, onLarge } from './large.ts';
import { noisy, normal, type RunNoise } from './noise.ts';
import type { ClaimWorld, ClaimWorlds, Truth } from './world.ts';

/** Memory has no slow and fast mode: it differs by one per cent between blocks, and by 2.5 % per arm between runs. */
const MEMORY_SD = 0.01;
const MEMORY_RUN_SD = 0.025;

const memory = (noise: RunNoise, bytes: number): readonly number[] => {
  const run = MEMORY_RUN_SD * normal(noise.random);
  return Array.from({ length: noise.blocks }, () => bytes * Math.exp(run + MEMORY_SD * normal(noise.random)));
};

const ALONE_BYTES = 45e6;

/** Memory of the stack as a multiple of EROFS alone. */
const listed = (truth: Truth, slab: number, peak: number): ClaimWorld => ({
  truth,
  what: `an overlay makes slab objects ${slab} times, the peak ${peak} times as large`,
  journal(noise) {
    const arm = (slabRatio: number, peakRatio: number): Series => {
      const slabObjectBytes = memory(noise, ALONE_BYTES * slabRatio);
      return {
        slabObjectBytes,
        slabPerEntryBytes: slabObjectBytes.map((bytes) => bytes / LARGE.entryCount),
        groupPeakBytes: memory(noise, ALONE_BYTES * peakRatio),
      };
    };
    return onLarge([
      { scenario: 'memory', time: { 'erofs-only': arm(1, 1), 'erofs-overlay': arm(slab, peak) } },
    ]);
  },
});

const doubled: ClaimWorlds = {
  id: 'C7',
  kind: 'times',
  margin:
    'True: 2.5, the middle of “doubles to triples”. False: 1.5, half of the excess of doubling, or 4. Line: 2 and 3.',
  worlds: [
    listed('true', 2.5, 2.5),
    listed('line', 2, 2),
    listed('line', 3, 3),
    listed('false', 1.5, 1.5),
    listed('false', 4, 4),
  ],
};

const SET_UP_NS = 200e3;
const MOUNT_BYTES = 40e3;

const stack = (noise: RunNoise, arm: string, cost: number, bytes: number): MadeRun['groups'] => [
  {
    scenario: 'live-mounts',
    params: { mounts: 300 },
    time: Object.fromEntries(
      (
        [
          ['erofs-overlay', 1, 1],
          [arm, cost, bytes],
        ] as const
      ).map(([id, time, memoryRatio]) => {
        const setUpWallNs = noisy(noise, 300 * SET_UP_NS * time);
        const tearDownWallNs = noisy(noise, 300 * SET_UP_NS * time);
        const kernelPerMountBytes = memory(noise, MOUNT_BYTES * memoryRatio);
        return [
          id,
          {
            setUpWallNs,
            tearDownWallNs,
            mountAndUnmountPerMountWallNs: setUpWallNs.map((ns, i) => (ns + tearDownWallNs[i]!) / 300),
            kernelPerMountBytes,
            slabObjectPerMountBytes: kernelPerMountBytes,
            slabObjectPerMountCount: kernelPerMountBytes.map((one) => Math.round(one / 512)),
          },
        ];
      }),
    ),
  },
];

/** The whole stack, where the kernel has dm-verity. */
const verified = (truth: Truth, cost: number, bytes: number): ClaimWorld => ({
  truth,
  what: `the stack makes set-up and tear-down ${cost} times as long and takes ${bytes} times the memory`,
  journal: (noise) => onLarge(stack(noise, 'erofs-overlay-dmverity', cost, bytes)),
});

const layered: ClaimWorlds = {
  id: 'C12',
  kind: 'times',
  margin:
    'True: three times as much, in time and in memory. False: as much as without. Line: 1.5, the bound; or dearer in one and not in the other. Without dm-verity there is no margin: it is not the stack of the claim, whatever its parts cost.',
  worlds: [
    verified('true', 3, 3),
    verified('line', 1.5, 1.5),
    verified('line', 3, 1),
    verified('line', 1, 3),
    verified('false', 1, 1),
    ...(
      [
        [1, 1],
        [2, 1.5],
        [5, 3],
        [0.5, 0.5],
      ] as const
    ).map(
      ([cost, bytes]): ClaimWorld => ({
        truth: 'line',
        answer: 'never',
        what: `a loop device makes set-up and tear-down ${cost} times as long and takes ${bytes} times the memory`,
        journal: (noise) => ({
          ...onLarge(stack(noise, 'erofs-overlay-loop', cost, bytes)),
          features: { 'dm-verity': { ok: false, detail: 'no target of that name' } },
        }),
      }),
    ),
  ],
};

/** `slowdown`: during a removal ÷ alone. */
const neighbour = (noise: RunNoise, slowdown: number): readonly MadeGroup[] => {
  const arm = (ratio: number): Series => {
    // Both are measured within one slot, and the mode may change between them.
    const alone = noise.slots();
    const during = noise.slots();
    return {
      neighbourAloneMedianNs: Array.from(alone, (factor) => 1e6 * factor),
      neighbourDuringMedianNs: Array.from(during, (factor) => 1e6 * ratio * factor),
      neighbourSlowdownRatio: Array.from(during, (factor, i) => (ratio * factor) / alone[i]!),
      cleanupWallNs: noisy(noise, 80e6),
    };
  };
  return ['ext4', 'xfs', 'work'].map((on) => ({
    scenario: 'cleanup',
    params: { local: 'nothing', on, size: 'base', caches: 'warm', durable: 'yes' },
    time: { 'unpacked-overlay': arm(slowdown), 'erofs-overlay': arm(1) },
  }));
};

const removal = (truth: Truth, slowdown: number): ClaimWorld => ({
  truth,
  what: `a neighbour takes ${slowdown} times as long during a removal`,
  journal: (noise) => onLarge(neighbour(noise, slowdown)),
});

const delayed: ClaimWorlds = {
  id: 'C20',
  kind: 'times',
  margin:
    'True: twice as long, which a user notices. False: 0.95, no slower than alone. Line: 1.3, the bound.',
  worlds: [removal('true', 2), removal('line', 1.3), removal('false', 0.95)],
};

export const machines: readonly ClaimWorlds[] = [doubled, layered, delayed];
