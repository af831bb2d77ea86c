// Worlds of claims about the contents that two images share: C3, C14.
import type { MadeGroup } from '../report/claims/journal.ts';
import { counted, countedWorld, oddPass } from './counted.ts';
import { type RunNoise, within } from './noise.ts';
import type { ClaimWorlds } from './world.ts';

/** Share of the common pages that lie in files that links can merge. */
const ALIKE = 0.8;

interface Checkouts {
  /** Copies of a common page behind two reflink checkouts. */
  readonly reflinks: number | readonly number[];
  /** Copies of a page that links can merge behind two hard-link checkouts. */
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
    'Pages are in memory once or twice, link counts are right or wrong: between lie only evicted pages. Line: in one pass a fifth of the pages were evicted.',
  worlds: [
    countedWorld('true', 'reflinks twice, hard links once and miscounted', (noise) =>
      checkouts(noise, AS_SAID),
    ),
    countedWorld('line', 'in one pass a fifth of the reflinked pages was evicted', (noise) =>
      checkouts(noise, { ...AS_SAID, reflinks: oddPass(noise, 2, 1.8) }),
    ),
    countedWorld('line', 'in one pass hard links hold a fifth of the pages more', (noise) =>
      checkouts(noise, { ...AS_SAID, links: oddPass(noise, 1, 1.2) }),
    ),
    countedWorld('false', 'reflinks share', (noise) => checkouts(noise, { ...AS_SAID, reflinks: 1 })),
    countedWorld('false', 'hard links do not share', (noise) => checkouts(noise, { ...AS_SAID, links: 2 })),
    countedWorld('false', 'link counts are right', (noise) =>
      checkouts(noise, { ...AS_SAID, wrongLinks: 0 }),
    ),
  ],
};

interface Versions {
  readonly copies: number | readonly number[];
  /** What the second version adds beyond its own contents, as a share of the first. */
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
    'True: one copy of a common page, 1 % of the first version on disk beside the new contents. False: two copies, or half of the first version again. Line: a fifth of the pages evicted in one pass, or 4 and 6 % with 5 % allowed.',
  worlds: [
    countedWorld('true', 'one copy, 1 % on disk', (noise) => versions(noise, { copies: 1, overhead: 0.01 })),
    countedWorld('line', 'in one pass 1.2 copies', (noise) =>
      versions(noise, { copies: oddPass(noise, 1, 1.2), overhead: 0.01 }),
    ),
    countedWorld('line', 'passes add 4 and 6 % on disk', (noise) =>
      versions(noise, { copies: 1, overhead: oddPass(noise, 0.04, 0.06) }),
    ),
    countedWorld('false', 'two copies in memory', (noise) => versions(noise, { copies: 2, overhead: 0.01 })),
    countedWorld('false', 'half of the first version on disk again', (noise) =>
      versions(noise, { copies: 1, overhead: 0.5 }),
    ),
  ],
};

export const sharingWorlds: readonly ClaimWorlds[] = [links, sharing];
