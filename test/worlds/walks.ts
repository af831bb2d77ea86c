// Worlds of claims about the times of listings: C5, C6, C10, C11, C16, C17, C18.
import type { MadeGroup, Series } from '../report/claims/journal.ts';
import { onLarge } from './large.ts';
import { noisy, type RunNoise } from './noise.ts';
import type { ClaimWorld, ClaimWorlds, Truth } from './world.ts';

const WALK_NS = 200e6;
/** As many as a run of evidence plans for walks. */
const WALK_BLOCKS = 24;

/** The time of each arm as a multiple of the fastest. */
type RelativeTimes = Readonly<Record<string, number>>;

const timed = (
  noise: RunNoise,
  scenario: string,
  times: RelativeTimes,
  {
    metric = 'walkWallNs',
    params = {},
    ns = WALK_NS,
  }: Partial<{ metric: string; params: MadeGroup['params']; ns: number }> = {},
): MadeGroup => ({
  scenario,
  params: params ?? {},
  time: Object.fromEntries(
    Object.entries(times).map(([arm, ratio]) => [arm, { [metric]: noisy(noise, ns * ratio) } as Series]),
  ),
});

const walk = (truth: Truth, what: string, scenario: string, times: RelativeTimes): ClaimWorld => ({
  truth,
  what,
  journal: (noise) => onLarge([timed(noise, scenario, times)]),
});

const stacking: ClaimWorlds = {
  id: 'C6',
  kind: 'times',
  pooledBlocks: WALK_BLOCKS,
  margin:
    'True: 1.27, the smallest published ratio. False: 1.00, stacking costs nothing. Line: 1.13, half of the effect.',
  worlds: (
    [
      ['true', 1.27],
      ['line', 1.13],
      ['false', 1],
    ] as const
  ).map(([truth, ratio]) =>
    walk(truth, `overlay ÷ EROFS alone is ${ratio}`, 'walk-warm', {
      'plain-directory': 1,
      'erofs-only': 1,
      'erofs-overlay': ratio,
    }),
  ),
};

const filters: ClaimWorlds = {
  id: 'C17',
  kind: 'times',
  pooledBlocks: WALK_BLOCKS,
  margin:
    'True: 1.28, as published (264 ÷ 206 ms). False: 1.00, neither helps. Line: 1.13, half of the effect.',
  worlds: (
    [
      ['true', 1.28],
      ['line', 1.13],
      ['false', 1],
    ] as const
  ).map(([truth, ratio]) =>
    walk(truth, `neither ÷ both is ${ratio}`, 'walk-warm', {
      'erofs-overlay-no-filter': ratio,
      'erofs-overlay': Math.sqrt(ratio),
      'erofs-overlay-noacl': 1,
    }),
  ),
};

const FUSE = [
  'composefs-fuse',
  'composefs-fuse-noacl',
  'composefs-fuse-noxattr',
  'composefs-fuse-passthrough',
  'composefs-fuse-overlay',
  'composefs-fuse-shared',
];

/** The best server takes `best` times as long as the kernel, each further one a `step` longer. */
const served = (truth: Truth, best: number, step = 0.125): ClaimWorld => ({
  truth,
  what: `${step === 0 ? 'every' : 'the best'} server takes ${best} times as long`,
  journal: (noise) =>
    onLarge(
      ['walk-servers-warm', 'walk-servers-cold'].flatMap((scenario) =>
        ['free', 'same-cpu'].map((placement) =>
          timed(
            noise,
            scenario,
            {
              'erofs-overlay': 1,
              ...Object.fromEntries(FUSE.map((arm, i) => [arm, best * (1 + step * i)])),
            },
            { params: placement === 'free' ? {} : { placement } },
          ),
        ),
      ),
    ),
});

const similar: ClaimWorlds = {
  id: 'C18',
  kind: 'times',
  pooledBlocks: WALK_BLOCKS,
  margin:
    'No number was published: a reader would call 1.2 times as long similar, but not twice as long. Line: 1.5, the bound.',
  worlds: [served('true', 1.2), served('line', 1.5), served('line', 1.5, 0), served('false', 2)],
};

const [FILE, LOOP, DIRECT] = ['erofs-overlay', 'erofs-overlay-loop', 'erofs-overlay-loop-dio'] as const;

/** `gap`: direct ÷ buffered loop device; `left`: the same with the manifest read first. */
const readahead = (truth: Truth, gap: number, left: number): ClaimWorld => ({
  truth,
  what: `direct ÷ buffered loop is ${gap}, with the manifest read first ${left}`,
  journal: (noise) =>
    onLarge([
      timed(noise, 'walk-cold', { [FILE]: 1, [LOOP]: 1, [DIRECT]: gap }),
      timed(noise, 'prefetch', { [LOOP]: 1, [DIRECT]: left }, { metric: 'prefetchedWalkWallNs' }),
    ]),
});

const prefetch: ClaimWorlds = {
  id: 'C10',
  kind: 'times',
  pooledBlocks: WALK_BLOCKS,
  margin:
    'True: a gap of 1.62 that is gone (0.97), and one of 1.37 (0.96), as published without and with overlayfs (T5). False: half of the larger gap is left (1.30). Line: a quarter of the smaller gap is left (1.08), or the gap was half of it (1.17), or there was none.',
  worlds: [
    readahead('true', 1.62, 0.97),
    readahead('true', 1.37, 0.96),
    readahead('line', 1.62, 1.08),
    readahead('line', 1.17, 0.96),
    readahead('line', 1, 1),
    readahead('false', 1.62, 1.3),
  ],
};

const MANIFEST_BYTES = 9_998_336;

const cached = (
  truth: Truth,
  what: string,
  { time, loop, direct }: { time: number; loop: number; direct: number },
): ClaimWorld => ({
  truth,
  what: `${what}: ${time} times as long, ${loop} copies, ${direct} pages`,
  journal(noise) {
    const group = timed(noise, 'walk-cold', { [FILE]: 1, [LOOP]: 1, [DIRECT]: time });
    const pages = (copies: number, inFile: number): Series => ({
      metadataCachedBytes: copies * MANIFEST_BYTES,
      manifestCachedBytes: inFile * 4096,
    });
    const count = {
      [FILE]: pages(1, MANIFEST_BYTES / 4096),
      [LOOP]: pages(loop, MANIFEST_BYTES / 4096),
      [DIRECT]: pages(1, direct),
    };
    return onLarge([{ ...group, count }]);
  },
});

const doubled: ClaimWorlds = {
  id: 'C11',
  kind: 'times',
  pooledBlocks: WALK_BLOCKS,
  margin:
    'True: twice the pages and 1.28 times as long, the middle of what was published. False: one copy, pages in the file below direct I/O, or direct I/O faster by a tenth. Line: 1.09 times as long, half of the smallest published effect, or one and a half copies.',
  worlds: [
    cached('true', 'as published', { time: 1.28, loop: 2, direct: 0 }),
    cached('line', 'half of the least difference that was published', { time: 1.09, loop: 2, direct: 0 }),
    cached('line', 'half of the pages were evicted', { time: 1.28, loop: 1.5, direct: 0 }),
    cached('false', 'one copy', { time: 1.28, loop: 1, direct: 0 }),
    cached('false', 'direct I/O caches the file', { time: 1.28, loop: 2, direct: 2441 }),
    cached('false', 'direct I/O is faster', { time: 0.9, loop: 2, direct: 0 }),
  ],
};

const never = (what: string, journal: ClaimWorld['journal']): ClaimWorld => ({
  truth: 'line',
  what,
  answer: 'never',
  journal,
});

const module: ClaimWorlds = {
  id: 'C5',
  kind: 'times',
  pooledBlocks: WALK_BLOCKS,
  margin:
    'No margin: the module was never merged, and no stand-in says anything about it, whatever its ratio.',
  worlds: [1, 2.6, 5].map((ratio) =>
    never(`overlay ÷ EROFS alone is ${ratio}`, (noise) =>
      onLarge([timed(noise, 'walk-cold', { 'erofs-only': 1, 'erofs-overlay': ratio, 'composefs-fuse': 2 })]),
    ),
  ),
};

const writable: ClaimWorlds = {
  id: 'C16',
  kind: 'times',
  pooledBlocks: WALK_BLOCKS,
  margin: 'No margin: the claim is about the module, and a server says nothing about it, whatever its ratio.',
  worlds: [0.5, 1, 2].map((growth) =>
    never(`a writable layer costs the server ${growth} times what it costs the stack`, (noise) =>
      onLarge([
        timed(noise, 'walk-cold', { 'erofs-overlay': 1, 'composefs-fuse': 1.5 }),
        ...['one', 'over'].map((stack) =>
          timed(
            noise,
            'walk-writable',
            { 'erofs-overlay': 1.4, 'composefs-fuse': 2.1 * growth },
            { params: { stack } },
          ),
        ),
      ]),
    ),
  ),
};

export const walks: readonly ClaimWorlds[] = [
  module,
  stacking,
  prefetch,
  doubled,
  writable,
  filters,
  similar,
];
