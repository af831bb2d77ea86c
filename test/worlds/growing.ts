// Worlds of claims about growth with the files of an image: C1 (calls) and C2 (time).
import type { ImageInfo } from '../../results/schema/run.ts';
import type { MadeGroup, MadeRun, Series } from '../report/claims/journal.ts';
import { noisy, type RunNoise } from './noise.ts';
import type { ClaimWorld, ClaimWorlds, Truth } from './world.ts';

/** Regular files and entries of images like the shipped ones. */
const SIZES: Readonly<Record<string, readonly [files: number, entries: number]>> = {
  certs: [302, 560],
  static: [760, 1_100],
  base: [3_000, 4_188],
  developer: [51_010, 64_246],
};
const imageOf = (size: string): string => `debian-12-${size}`;
const images: readonly Partial<ImageInfo>[] = Object.entries(SIZES).map(
  ([size, [fileCount, entryCount]]) => ({
    name: imageOf(size),
    fileCount,
    entryCount,
  }),
);

const CHECKOUTS = ['unpacked-overlay', 'hardlink-checkout', 'reflink-checkout'] as const;
const MANIFESTS = ['erofs-overlay', 'composefs-fuse'] as const;
const PASSES = 3;

const sizes = (
  group: (size: string, files: number) => Omit<MadeGroup, 'scenario' | 'params' | 'image'>,
): MadeRun => ({
  groups: Object.entries(SIZES).map(([size, [files]]) => ({
    scenario: 'churn-scale',
    params: { local: 'files', size },
    image: imageOf(size),
    ...group(size, files),
  })),
  images,
});

interface CallLaw {
  /** Calls per file of create, and of destroy. */
  readonly checkout: number;
  readonly manifest: number;
  /** Additional calls of a manifest's create in the last pass at the largest size. */
  readonly stray?: number;
  /** Calls per file that checkouts lack in the last pass. */
  readonly lost?: number;
}

const LEDGER = { create: { harness: { openat: 1 } }, destroy: { harness: { unlinkat: 1 } } };

const counting = ({ checkout, manifest, stray = 0, lost = 0 }: CallLaw): MadeRun =>
  sizes((size, files) => {
    const passes = (usual: number, last: number): readonly number[] =>
      Array.from({ length: PASSES }, (_, pass) => Math.round(pass === PASSES - 1 ? last : usual));
    const checkoutCalls = (start: number): readonly number[] =>
      passes(start + checkout * files, start + (checkout - lost) * files);
    const count: Readonly<Record<string, Series>> = Object.fromEntries([
      ...CHECKOUTS.map((arm) => [
        arm,
        { createCallCount: checkoutCalls(500), mountCallCount: 8, destroyCallCount: checkoutCalls(90) },
      ]),
      ...MANIFESTS.map((arm) => [
        arm,
        {
          createCallCount: passes(
            7 + manifest * files,
            7 + manifest * files + (size === 'developer' ? stray : 0),
          ),
          mountCallCount: 16,
          unmountCallCount: 4,
          settleCallCount: 2,
          destroyCallCount: 1,
        },
      ]),
    ]);
    return {
      count,
      ledgers: Object.fromEntries([...CHECKOUTS, ...MANIFESTS].map((arm) => [arm, LEDGER])),
    };
  });

const calls = (truth: Truth, what: string, law: CallLaw): ClaimWorld => ({
  truth,
  what,
  journal: () => counting(law),
});

const perFile: ClaimWorlds = {
  id: 'C1',
  kind: 'counts',
  margin:
    'True: two calls per file in create and in destroy of a checkout, none in a manifest. False: a manifest with one call per file or per ten files, or checkouts with one call per ten files. Line: passes on both sides of one call per file, or a manifest with five more calls in one pass.',
  worlds: [
    calls('true', 'two calls a file, none in manifests', { checkout: 2, manifest: 0 }),
    calls('line', 'checkouts have 1.05 calls a file, 0.95 in one pass', {
      checkout: 1.05,
      lost: 0.1,
      manifest: 0,
    }),
    calls('line', 'five calls more in one pass of a manifest', { checkout: 2, manifest: 0, stray: 5 }),
    calls('false', 'a manifest writes a file for each file', { checkout: 2, manifest: 1 }),
    calls('false', 'a manifest calls for each tenth file', { checkout: 2, manifest: 0.1 }),
    calls('false', 'checkouts call for each tenth file', { checkout: 0.1, manifest: 0 }),
  ],
};

interface TimeLaw {
  /** Nanoseconds at the smallest size. */
  readonly ns: number;
  /** Exponent of time against files. */
  readonly power: number;
}

const SMALLEST = SIZES['certs']![0];

const at = ({ ns, power }: TimeLaw, files: number): number => ns * (files / SMALLEST) ** power;

/** Create + destroy are nearly all of a checkout's life, mount + unmount of a manifest's. */
const lives = (noise: RunNoise, checkout: TimeLaw, manifest: TimeLaw): MadeRun =>
  sizes((_, files) => {
    const phases = (law: TimeLaw, shares: Readonly<Record<string, number>>): Series => {
      const life = noisy(noise, at(law, files));
      return {
        ...Object.fromEntries(
          Object.entries(shares).map(([phase, share]) => [`${phase}WallNs`, life.map((ns) => share * ns)]),
        ),
        checkoutWallNs: life.map((ns) => (shares['create']! + shares['destroy']!) * ns),
        lifecycleWallNs: life,
        mountUnmountWallNs: life.map((ns) => (shares['mount']! + shares['unmount']!) * ns),
      };
    };
    const tree = { create: 0.6, mount: 0.002, use: 0.002, unmount: 0.002, settle: 0.001, destroy: 0.393 };
    const mount = { create: 0.1, mount: 0.4, use: 0.1, unmount: 0.3, settle: 0.03, destroy: 0.07 };
    return {
      time: Object.fromEntries([
        ...CHECKOUTS.map((arm) => [arm, phases(checkout, tree)] as const),
        ...MANIFESTS.map((arm) => [arm, phases(manifest, mount)] as const),
      ]),
    };
  });

const growing = (truth: Truth, what: string, checkout: number, manifest: number): ClaimWorld => ({
  truth,
  what: `${what}: files to the power of ${checkout} and of ${manifest}`,
  journal: (noise) => lives(noise, { ns: 8e6, power: checkout }, { ns: 400e3, power: manifest }),
});

const growth: ClaimWorlds = {
  id: 'C2',
  kind: 'times',
  margin:
    'True: lives of checkouts grow in proportion to the files (1.0), those of mounts not at all (0.0). False: mounts grow with the files or their square root, or checkouts do not grow. Line: the bounds of the rule, 0.8 and 0.2.',
  worlds: [
    growing('true', 'as said', 1, 0),
    growing('line', 'checkouts at the bound', 0.8, 0),
    growing('line', 'mounts at the bound', 1, 0.2),
    growing('false', 'mounts as the square root', 1, 0.5),
    growing('false', 'mounts as the files', 1, 1),
    growing('false', 'checkouts not at all', 0, 0),
  ],
};

export const growths: readonly ClaimWorlds[] = [perFile, growth];
