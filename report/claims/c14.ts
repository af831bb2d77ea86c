import type { GroupData } from '../../results/compare/tally.ts';
import type { Claim, Judged, Told } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { copiesOf, missingReason, toldCounts } from './observed.ts';

const ARM = 'erofs-overlay';
const COPIES = 'mountCopiesRatio';
const OTHERS = ['unpacked-overlay', 'erofs-full'] as const;
/** Of the first version: a manifest, and blocks that files do not fill. */
const OVERHEAD = 0.05;

type Answer = 'yes' | 'no' | 'unclear';

const inCache = (evidence: Evidence, group: GroupData): Answer | null => {
  const count = evidence.count(group, ARM, COPIES);
  if (count === null) return null;
  const copies = copiesOf(count);
  return copies === 'once' ? 'yes' : copies === 'twice' ? 'no' : 'unclear';
};

const onDisk = (evidence: Evidence, group: GroupData): Answer | null => {
  const count = (metric: string) => evidence.count(group, ARM, metric);
  const added = count('addedDiskBytes');
  const first = count('firstDiskBytes');
  const own = count('newContentBytes');
  if (added === null || first === null || own === null) return null;
  return added.most - own.least <= OVERHEAD * first.least ? 'yes' : 'no';
};

const toldOf = (evidence: Evidence): readonly Told[] => [
  ...evidence.groups({ scenario: 'sharing-cache' }).flatMap((group) => [
    ...toldCounts(evidence, group, [[ARM, COPIES, 'copies of a common page behind two mounts']], {
      published:
        '16 to 49 % less memory for two versions, by another mechanism (EROFS page-cache sharing, Linux 7.0)',
    }),
    ...toldCounts(
      evidence,
      group,
      [...OTHERS, 'composefs-fuse'].map((arm) => [arm, COPIES, 'copies of a common page behind two mounts']),
    ),
    ...toldCounts(evidence, group, [
      ['composefs-fuse', 'cacheCopiesRatio', 'copies with those of the object store'],
      ['erofs-full', 'cacheCopiesRatio', 'copies with those of the image files'],
    ]),
  ]),
  ...evidence
    .groups({ scenario: 'sharing-disk' })
    .flatMap((group) =>
      toldCounts(evidence, group, [
        [ARM, 'newContentBytes', 'contents that only the second version has'],
        ...[ARM, ...OTHERS].map(
          (arm) => [arm, 'addedDiskBytes', 'disk that the second version adds'] as const,
        ),
      ]),
    ),
];

const fuseBeside = (evidence: Evidence): string =>
  evidence
    .groups({ scenario: 'sharing-cache' })
    .some((group) => (evidence.count(group, 'composefs-fuse', COPIES)?.least ?? 0) > 1.5)
    ? '; mounts served over FUSE do not share the page cache'
    : '';

export const claim: Claim = {
  id: 'C14',
  text: 'Contents are shared file by file, on disk and in the page cache, across images.',
  by: 'README of composefs',
  scenarios: ['sharing-cache', 'sharing-disk'],
  rule: 'Supported where, for EROFS + overlayfs in every pass, a page that two versions have in common is in memory once (within 1 %) behind both mounts, and the second version adds no more disk than the contents that only it has and 5 % of the first version.',
  objection: 'Unpacked layers share too: what images have as a layer in common.',
  answer:
    'The two versions have no layer in common, as after a rebuild on an updated base; layers that are the same are unpacked once, and then their files are there once as well.',
  judge(evidence): Judged {
    const told = toldOf(evidence);
    const cache = evidence
      .groups({ scenario: 'sharing-cache' })
      .flatMap((group) => inCache(evidence, group) ?? []);
    const disk = evidence
      .groups({ scenario: 'sharing-disk' })
      .flatMap((group) => onDisk(evidence, group) ?? []);
    if (cache.includes('no') || disk.includes('no'))
      return {
        verdict: 'not supported',
        because: `the second version has copies of its own ${cache.includes('no') ? 'in memory' : 'on disk'}`,
        told,
      };
    if (cache.length === 0) {
      const because = missingReason(evidence, ['sharing-cache', ARM]);
      return { verdict: 'not testable', because, told };
    }
    if (cache.includes('unclear') || disk.length === 0)
      return {
        verdict: 'undecided',
        because:
          disk.length === 0
            ? 'what the second version takes on disk was not measured'
            : 'common pages were there neither once nor twice: something took them away meanwhile',
        wouldDecide: 'cfsbench run --scenarios sharing-cache,sharing-disk, while nothing else drops caches',
        told,
      };
    return {
      verdict: 'supported',
      because: `EROFS + overlayfs hold common contents once, in memory and on disk${fuseBeside(evidence)}`,
      told,
    };
  },
};
