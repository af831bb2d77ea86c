// Worlds of claims about stores and what is fetched into them: C4, C8, C15.
import { careful } from '../report/claims/attacks.ts';
import type { MadeGroup, MadeRun, Series } from '../report/claims/journal.ts';
import { counted, countedWorld, oddPass } from './counted.ts';
import { LARGE } from './large.ts';
import { type RunNoise, within } from './noise.ts';
import type { ClaimWorlds } from './world.ts';

const FILES = LARGE.fileCount;

interface Spanned {
  readonly missing: number | readonly number[];
  readonly inSecond: number;
  readonly refused: number;
  /** File systems that hold the two stores. */
  readonly devices?: number;
}

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
    'A file is right or wrong, a link is refused or made: one wrong file is a margin. Line: one pass of three could not read some files, or the two stores were one file system, which tests nothing.',
  worlds: [
    countedWorld('true', 'all files right, links refused', () =>
      stores({ missing: 0, inSecond: 21_000, refused: 1 }),
    ),
    countedWorld('line', 'files were missing in one pass', (noise) =>
      stores({ missing: oddPass(noise, 0, 40), inSecond: 21_000, refused: 1 }),
    ),
    countedWorld('false', 'one file missing in every pass', () =>
      stores({ missing: 1, inSecond: 21_000, refused: 1 }),
    ),
    countedWorld('line', 'both stores are one file system: links work', () =>
      stores({ missing: 0, inSecond: 21_000, refused: 0, devices: 1 }),
    ),
    countedWorld('false', 'links from one file system to another work', () =>
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
    'No lookup, or one per file: stat causes nothing in between. Line: another process looked up three names in one pass, or the counter saw only half of the opened files.',
  worlds: [
    countedWorld('true', 'ls looks nothing up', () => lookups(0, OPENED)),
    countedWorld('line', 'three lookups in one pass', (noise) => lookups(oddPass(noise, 0, 3), OPENED)),
    countedWorld('line', 'the counter sees half of the openings', () => lookups(0, FILES / 2)),
    countedWorld('false', 'ls looks every file up', () => lookups(FILES, OPENED)),
    countedWorld('false', 'ls looks every tenth file up', () => lookups(FILES / 10, OPENED)),
  ],
};

const OBJECTS = 42_559;

interface Update {
  /** Shares of all objects, and of the bytes of the layers that differ, that are fetched by file. */
  readonly objects: number;
  readonly bytes: number | readonly number[];
  readonly layers?: number;
  /** Further samples of the run. */
  readonly more?: (noise: RunNoise) => readonly MadeGroup[];
}

const update =
  ({ objects, bytes, layers = 3, more = () => [] }: Update) =>
  (noise: RunNoise): MadeRun => {
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
        ...more(noise),
      ],
      images: [{ ...LARGE, objectCount: OBJECTS, layerCount: layers }],
    };
  };

/** The same update from a server, with what a pull receives beside the objects. `bytes`: as a share of what layers take. */
const pulledFrom =
  (bytes: number) =>
  (noise: RunNoise): readonly MadeGroup[] => {
    const layerBytes = Math.round(within(noise.random, [1e7, 1e9]));
    return [
      {
        scenario: 'pull',
        params: { have: 'earlier', via: 'pack', versions: 'made', delayMs: 5, mbitPerS: 1000 },
        time: {
          'erofs-overlay': { pullBytes: Math.round(bytes * layerBytes), pullMissingCount: OBJECTS / 10 },
          'unpacked-overlay': { pullBytes: layerBytes, pullMissingCount: 3 },
        },
      },
    ];
  };

const TENTH = { objects: 0.1, bytes: 0.1 } as const;

const updating: ClaimWorlds = {
  id: 'C15',
  kind: 'counts',
  margin:
    'True: a tenth of the objects and of the bytes of the layers that differ. False: every object, or a tenth more bytes than by layer. False as well: a client that accepts one thing that is not signed. Line: one pass fetched more than the others, or accepted it in one pass, or an image of one layer, which is always fetched whole by layer.',
  worlds: [
    {
      truth: 'true',
      what: 'a tenth of the objects and bytes',
      journal: update({ objects: 0.1, bytes: 0.1 }),
    },
    {
      truth: 'line',
      what: 'one pass fetched more than the others',
      journal: (noise) => update({ objects: 0.1, bytes: oddPass(noise, 0.1, 0.2) })(noise),
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
    {
      truth: 'true',
      what: 'a tenth, pulled from a server whose forgeries are refused',
      journal: update({ ...TENTH, more: (noise) => [...pulledFrom(0.11)(noise), careful()] }),
    },
    {
      truth: 'false',
      what: 'a pull receives more than the layers have',
      journal: update({ ...TENTH, more: pulledFrom(1.1) }),
    },
    {
      truth: 'false',
      what: 'a client takes an older signed image',
      journal: update({ ...TENTH, more: () => [careful({ rollback: 'Served' })] }),
    },
    {
      truth: 'line',
      what: 'a client takes a changed mode in one pass',
      journal: update({
        ...TENTH,
        more: (noise) => [
          careful({ mode: oddPass(noise, 0, 1).map((is) => (is === 1 ? 'Served' : 'AtPull')) }),
        ],
      }),
    },
  ],
};

export const storeWorlds: readonly ClaimWorlds[] = [spanning, looking, updating];
