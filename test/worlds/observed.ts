// Worlds of claims about what was counted, not timed: C3, C4, C8, C9, C13, C14, C15, C19.
//
// Counts have no noise but that of a pass: something evicts pages, looks into a folder, or was not seen. There a world is on the line.
import type { Made, MadeGroup, Series } from '../report/claims/journal.ts';
import { type RunNoise, within } from './noise.ts';
import { LARGE, onLarge } from './walks.ts';
import type { ClaimWorlds, Truth, World } from './world.ts';

const PASSES = 3;

/** One of the passes is unlike the others, as each is in turn. */
const disturbed = (noise: RunNoise, usual: number, other: number): readonly number[] => {
  const at = Math.floor(noise.random() * PASSES);
  return Array.from({ length: PASSES }, (_, pass) => (pass === at ? other : usual));
};

type Counts = Readonly<Record<string, Series>>;

const counted = (scenario: string, count: Counts, params: MadeGroup['params'] = {}): MadeGroup => ({
  scenario,
  params: params ?? {},
  count,
});

const world = (truth: Truth, what: string, groups: (noise: RunNoise) => readonly MadeGroup[]): World => ({
  truth,
  what,
  journal: (noise) => onLarge(groups(noise)),
});

/** Of all pages that two versions have in common, those of files that a link can merge. */
const ALIKE = 0.8;

interface Checkouts {
  /** Copies of a common page behind two reflink checkouts. */
  readonly reflinks: number | readonly number[];
  /** The same behind hard links, of what a link can merge. */
  readonly links: number | readonly number[];
  readonly wrongLinks: number;
}

const pagesOf = (noise: RunNoise): number => Math.round(within(noise.random, [1000, 100_000]));

const checkouts = (noise: RunNoise, { reflinks, links, wrongLinks }: Checkouts): readonly MadeGroup[] => {
  const sharedPageCount = pagesOf(noise);
  const alikePageCount = Math.round(ALIKE * sharedPageCount);
  const frames = (copies: number): number =>
    2 * (sharedPageCount - alikePageCount) + Math.round(copies * alikePageCount);
  const mountFrameCount = typeof links === 'number' ? frames(links) : links.map(frames);
  const ratio = (count: number): number => count / sharedPageCount;
  return [
    counted(
      'sharing-cache',
      {
        'reflink-checkout': { mountCopiesRatio: reflinks, wrongLinkCount: 0 },
        'hardlink-checkout': {
          sharedPageCount,
          alikePageCount,
          mountFrameCount,
          mountCopiesRatio:
            typeof mountFrameCount === 'number' ? ratio(mountFrameCount) : mountFrameCount.map(ratio),
          wrongLinkCount: wrongLinks,
        },
      },
      { versions: 'made' },
    ),
  ];
};

const AS_SAID: Checkouts = { reflinks: 2, links: 1, wrongLinks: 120 };

const links: ClaimWorlds = {
  id: 'C3',
  kind: 'counts',
  margin:
    'Pages are there once or twice, link counts right or wrong: nothing lies between but pages that were evicted. Line: in one pass a fifth of the pages were.',
  worlds: [
    world('true', 'reflinks twice, hard links once and miscounted', (noise) => checkouts(noise, AS_SAID)),
    world('line', 'in one pass a fifth of the reflinked pages was evicted', (noise) =>
      checkouts(noise, { ...AS_SAID, reflinks: disturbed(noise, 2, 1.8) }),
    ),
    world('line', 'in one pass hard links hold a fifth of the pages more', (noise) =>
      checkouts(noise, { ...AS_SAID, links: disturbed(noise, 1, 1.2) }),
    ),
    world('false', 'reflinks share', (noise) => checkouts(noise, { ...AS_SAID, reflinks: 1 })),
    world('false', 'hard links do not share', (noise) => checkouts(noise, { ...AS_SAID, links: 2 })),
    world('false', 'link counts are right', (noise) => checkouts(noise, { ...AS_SAID, wrongLinks: 0 })),
  ],
};

interface Spanned {
  readonly missing: number | readonly number[];
  readonly inSecond: number;
  readonly refused: number;
  /** File systems that hold the two stores. */
  readonly devices?: number;
}

const FILES = LARGE.fileCount;

const stores = ({ missing, inSecond, refused, devices = 2 }: Spanned): readonly MadeGroup[] => {
  const right = typeof missing === 'number' ? FILES - missing : missing.map((none) => FILES - none);
  const mount: Series = {
    objectFileCount: FILES,
    secondStoreObjectCount: inSecond,
    rightFileCount: right,
    crossDeviceCount: 0,
    storeDeviceCount: devices,
  };
  const link: Series = {
    objectFileCount: FILES,
    secondStoreObjectCount: inSecond,
    rightFileCount: refused === 1 ? 0 : FILES,
    crossDeviceCount: refused,
    storeDeviceCount: devices,
  };
  return [
    counted(
      'many-stores',
      {
        'erofs-overlay': mount,
        'composefs-fuse': mount,
        'hardlink-checkout': link,
        'reflink-checkout': link,
      },
      { second: 'ext4' },
    ),
  ];
};

const spanning: ClaimWorlds = {
  id: 'C4',
  kind: 'counts',
  margin:
    'Every file is right or one is not, a link is refused or made: one file of all is margin enough. Line: one pass of three could not read some, or the two stores were one file system, so that nothing was asked.',
  worlds: [
    world('true', 'all files right, links refused', () =>
      stores({ missing: 0, inSecond: 21_000, refused: 1 }),
    ),
    world('line', 'files were missing in one pass', (noise) =>
      stores({ missing: disturbed(noise, 0, 40), inSecond: 21_000, refused: 1 }),
    ),
    world('false', 'one file missing in every pass', () =>
      stores({ missing: 1, inSecond: 21_000, refused: 1 }),
    ),
    world('line', 'both stores are one file system: links work', () =>
      stores({ missing: 0, inSecond: 21_000, refused: 0, devices: 1 }),
    ),
    world('false', 'links from one file system to another work', () =>
      stores({ missing: 0, inSecond: 21_000, refused: 0 }),
    ),
  ],
};

const lookups = (
  walk: number | readonly number[],
  open: number | readonly number[],
): readonly MadeGroup[] => [
  counted('lookup-trace', {
    'erofs-overlay': { walkLookupCount: walk, openLookupCount: open, openedFileCount: FILES },
    'composefs-fuse': { walkLookupCount: 0, openLookupCount: open, openedFileCount: FILES },
  }),
];

const OPENED = 2 * FILES;

const looking: ClaimWorlds = {
  id: 'C8',
  kind: 'counts',
  margin:
    'None, or one for each file: what lies between is not stat. Line: somebody else looked three names up in one pass, or the counter saw only half of the openings.',
  worlds: [
    world('true', 'ls looks nothing up', () => lookups(0, OPENED)),
    world('line', 'three lookups in one pass', (noise) => lookups(disturbed(noise, 0, 3), OPENED)),
    world('line', 'the counter sees half of the openings', () => lookups(0, FILES / 2)),
    world('false', 'ls looks every file up', () => lookups(FILES, OPENED)),
    world('false', 'ls looks every tenth file up', () => lookups(FILES / 10, OPENED)),
  ],
};

const FILE_BYTES = LARGE.fileBytes;

const starts = (shares: readonly (number | readonly number[])[]): readonly MadeGroup[] =>
  shares.map((share, i) => {
    const bytes = (part: number): number => Math.round(part * FILE_BYTES);
    const startTouchedBytes = typeof share === 'number' ? bytes(share) : share.map(bytes);
    return counted(
      'start-trace',
      Object.fromEntries(
        ['erofs-overlay', 'composefs-fuse', 'unpacked-overlay'].map((arm) => [arm, { startTouchedBytes }]),
      ),
      { start: `start-${i}` },
    );
  });

const touching: ClaimWorlds = {
  id: 'C9',
  kind: 'counts',
  margin:
    'True: 6.4 % as published and 3 %. False: every start reads a quarter of its image or more. Line: one reads 6.4 % and another 25 %, or passes of one read 10 and 16 %, on both sides of twice what was published.',
  worlds: [
    world('true', 'starts read 3 and 6.4 %', () => starts([0.03, 0.064])),
    world('line', 'one start reads 6.4 %, another 25 %', () => starts([0.064, 0.25])),
    world('line', 'passes of one start from 10 to 16 %', (noise) =>
      starts([0.064, disturbed(noise, 0.1, 0.16)]),
    ),
    world('false', 'starts read 25 and 40 %', () => starts([0.25, 0.4])),
  ],
};

const CHANGES = ['content', 'mode', 'owner', 'attribute', 'replaced', 'redigested', 'rename'] as const;

interface Tampered {
  /** Changes that digests of files tell. */
  readonly byFile: readonly string[];
  /** And what verity=require tells. */
  readonly byReference?: readonly string[];
  /** Changes that the mount does not show; in one pass only where `once`. */
  readonly hidden?: readonly string[];
  readonly once?: boolean;
}

const tampered = (
  noise: RunNoise,
  { byFile, byReference = ['content', 'replaced'], hidden = [], once = false }: Tampered,
): readonly MadeGroup[] => {
  const shown = (change: string): number | readonly number[] =>
    !hidden.includes(change) ? 1 : once ? disturbed(noise, 1, 0) : 0;
  const series: Series = Object.fromEntries(
    CHANGES.flatMap((change) => [
      [`${change}ShownCount`, shown(change)],
      [`${change}ByFileCount`, Number(byFile.includes(change))],
      [`${change}ByReferenceCount`, Number(byReference.includes(change))],
      [`${change}ByManifestCount`, Number(change !== 'content')],
    ]),
  );
  return [counted('tamper', { 'erofs-overlay': series, 'unpacked-overlay': series })];
};

const tampering: ClaimWorlds = {
  id: 'C13',
  kind: 'counts',
  margin:
    'A change is told or it is not: one change outside of contents that digests of files tell refutes. Line: a change that the mount did not show, so that nobody could have told it.',
  worlds: [
    world('true', 'digests of files tell contents alone', (noise) =>
      tampered(noise, { byFile: ['content'] }),
    ),
    world('line', 'a change of mode is not shown', (noise) =>
      tampered(noise, { byFile: ['content'], hidden: ['mode'] }),
    ),
    world('line', 'a rename is not shown in one pass', (noise) =>
      tampered(noise, { byFile: ['content'], hidden: ['rename'], once: true }),
    ),
    world('line', 'digests of files do not even tell contents', (noise) => tampered(noise, { byFile: [] })),
    world('false', 'digests of files tell a changed owner', (noise) =>
      tampered(noise, { byFile: ['content', 'owner'] }),
    ),
    world('false', 'verity=require does not tell a replaced redirect', (noise) =>
      tampered(noise, { byFile: ['content'], byReference: ['content'] }),
    ),
    world('false', 'digests of files tell everything', (noise) => tampered(noise, { byFile: CHANGES })),
  ],
};

interface Versions {
  readonly copies: number | readonly number[];
  /** What the second version adds beside its own contents, as a part of the first. */
  readonly overhead: number | readonly number[];
}

const versions = (noise: RunNoise, { copies, overhead }: Versions): readonly MadeGroup[] => {
  const firstDiskBytes = Math.round(within(noise.random, [1e8, 1e9]));
  const newContentBytes = Math.round(0.02 * firstDiskBytes);
  const added = (part: number): number => newContentBytes + Math.round(part * firstDiskBytes);
  return [
    counted(
      'sharing-cache',
      {
        'erofs-overlay': { mountCopiesRatio: copies },
        'composefs-fuse': { mountCopiesRatio: 2 },
        'unpacked-overlay': { mountCopiesRatio: 2 },
      },
      { versions: 'made' },
    ),
    counted(
      'sharing-disk',
      {
        'erofs-overlay': {
          firstDiskBytes,
          newContentBytes,
          addedDiskBytes: typeof overhead === 'number' ? added(overhead) : overhead.map(added),
        },
      },
      { versions: 'made' },
    ),
  ];
};

const sharing: ClaimWorlds = {
  id: 'C14',
  kind: 'counts',
  margin:
    'True: one copy of a common page, 1 % of the first version on disk beside the new contents. False: two copies, or half of the first version again. Line: a fifth of the pages evicted in one pass, or 4 and 6 % where 5 are allowed.',
  worlds: [
    world('true', 'one copy, 1 % on disk', (noise) => versions(noise, { copies: 1, overhead: 0.01 })),
    world('line', 'in one pass 1.2 copies', (noise) =>
      versions(noise, { copies: disturbed(noise, 1, 1.2), overhead: 0.01 }),
    ),
    world('line', 'passes add 4 and 6 % on disk', (noise) =>
      versions(noise, { copies: 1, overhead: disturbed(noise, 0.04, 0.06) }),
    ),
    world('false', 'two copies in memory', (noise) => versions(noise, { copies: 2, overhead: 0.01 })),
    world('false', 'half of the first version on disk again', (noise) =>
      versions(noise, { copies: 1, overhead: 0.5 }),
    ),
  ],
};

const OBJECTS = 42_559;

interface Update {
  /** Of the objects, and of the bytes of layers that differ, what comes by file. */
  readonly objects: number;
  readonly bytes: number | readonly number[];
  readonly layers?: number;
}

const update =
  ({ objects, bytes, layers = 3 }: Update) =>
  (noise: RunNoise): Made => {
    const layerBytes = Math.round(within(noise.random, [1e7, 1e9]));
    const of = (part: number): number => Math.round(part * layerBytes);
    return {
      groups: [
        counted(
          'update',
          {
            'erofs-overlay': {
              updateFetchBytes: typeof bytes === 'number' ? of(bytes) : bytes.map(of),
              updateFetchCount: Math.round(objects * OBJECTS),
            },
            'unpacked-overlay': { updateFetchBytes: layerBytes, updateFetchCount: layers },
          },
          { local: 'nothing', versions: 'made' },
        ),
      ],
      images: [{ ...LARGE, objectCount: OBJECTS, layerCount: layers }],
    };
  };

const updating: ClaimWorlds = {
  id: 'C15',
  kind: 'counts',
  margin:
    'True: a tenth of the objects and of the bytes of the layers that differ. False: every object, or a tenth more bytes than by layer. Line: one pass fetched more than the others, or an image of one layer, which comes whole by layer whatever changed.',
  worlds: [
    {
      truth: 'true',
      what: 'a tenth of the objects and bytes',
      journal: update({ objects: 0.1, bytes: 0.1 }),
    },
    {
      truth: 'line',
      what: 'one pass fetched more than the others',
      journal: (noise) => update({ objects: 0.1, bytes: disturbed(noise, 0.1, 0.2) })(noise),
    },
    {
      truth: 'line',
      what: 'an image of one layer',
      journal: update({ objects: 0.1, bytes: 0.1, layers: 1 }),
    },
    { truth: 'false', what: 'every object has to come', journal: update({ objects: 1, bytes: 0.9 }) },
    {
      truth: 'false',
      what: 'a tenth more bytes than by layer',
      journal: update({ objects: 0.1, bytes: 1.1 }),
    },
  ],
};

const ARMS = ['erofs-overlay', 'unpacked-overlay', 'composefs-fuse', 'erofs-overlay-loop'] as const;

/** Samples of one arm: how many of its unmounts left something. */
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
    'True: never in 4,000 unmounts of each backend. False: once in a hundred on one of them. Line: never, in too few unmounts to say so; or once, where somebody else may have taken the number of the superblock.',
  worlds: [
    world('true', 'nothing held in 4,000 unmounts', (noise) =>
      unmounts(many(noise), () => Array<number>(noise.blocks).fill(0)),
    ),
    world('line', 'nothing held in 10 unmounts a block', (noise) =>
      unmounts(10, () => Array<number>(noise.blocks).fill(0)),
    ),
    world('line', 'one of 4,000 superblocks of unpacked layers seems held', (noise) =>
      unmounts(many(noise), (arm) =>
        Array.from({ length: noise.blocks }, (_, block) => Number(arm === 'unpacked-overlay' && block === 0)),
      ),
    ),
    world('false', 'one manifest in a hundred is still held', (noise) =>
      unmounts(many(noise), (arm) =>
        Array.from({ length: noise.blocks }, () =>
          arm === 'erofs-overlay' ? heldIn(noise, many(noise), 0.01) : 0,
        ),
      ),
    ),
    world('false', 'one server in a hundred outlives its mount', (noise) =>
      unmounts(many(noise), (arm) =>
        Array.from({ length: noise.blocks }, () =>
          arm === 'composefs-fuse' ? heldIn(noise, many(noise), 0.01) : 0,
        ),
      ),
    ),
  ],
};

export const observed: readonly ClaimWorlds[] = [
  links,
  spanning,
  looking,
  touching,
  tampering,
  sharing,
  updating,
  unmounting,
];
