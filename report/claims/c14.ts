// Whether two images hold what they have in common once: in the page cache and on disk.
import type { GroupData } from '../../results/compare/tally.ts';
import { type Answer, agreedOn, type Found, READ_BOTH, splitText } from './agree.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { COPIES_TOLERANCE, copiesOf, countFigures, missingReason } from './observed.ts';
import { COMPOSEFS_README } from './sources.ts';

const [CACHE, DISK] = ['sharing-cache', 'sharing-disk'] as const;
const ARM = 'erofs-overlay';
const COPIES = 'mountCopiesRatio';
const UNPACKED = 'unpacked-overlay';
const OTHERS = [UNPACKED, 'erofs-full', 'composefs-fuse'] as const;
/** Two images, not versions of one: their lowest layer is the same. */
const SAME_BASE = 'same-base';
/** Of the first image: the second has a manifest of its own, and blocks that its files do not fill. */
const OVERHEAD = 0.05;

const inCache = (evidence: Evidence, group: GroupData): Answer | null => {
  const count = evidence.count(group, ARM, COPIES);
  if (count === null) return null;
  const copies = copiesOf(count);
  return copies === 'once' ? 'yes' : copies === 'twice' ? 'no' : 'unclear';
};

/** Blocks vary a little from pass to pass: all passes lie on one side of the bound, or there is no answer. */
const onDisk = (evidence: Evidence, group: GroupData): Answer | null => {
  const count = (metric: string) => evidence.count(group, ARM, metric);
  const [added, first, own] = [count('addedDiskBytes'), count('firstDiskBytes'), count('newContentBytes')];
  if (added === null || first === null || own === null) return null;
  const allowed = own.most + OVERHEAD * first.least;
  return added.most <= allowed ? 'yes' : added.least > allowed ? 'no' : 'unclear';
};

const answersOf = (
  evidence: Evidence,
  scenario: string,
  answer: (evidence: Evidence, group: GroupData) => Answer | null,
): readonly Found[] =>
  evidence.groups({ scenario }).flatMap((group) => {
    const found = answer(evidence, group);
    return found === null ? [] : [{ group, answer: found }];
  });

const cacheTold = (evidence: Evidence, group: GroupData): readonly Figure[] => [
  ...countFigures(evidence, group, [[ARM, COPIES, 'copies of a common page behind two mounts']], {
    published:
      '16 to 49 % less memory for two versions, by another mechanism (EROFS page-cache sharing, Linux 7.0)',
  }),
  ...countFigures(
    evidence,
    group,
    OTHERS.map((arm) => [arm, COPIES, 'copies of a common page behind two mounts']),
    { standIn: true },
  ),
  ...countFigures(
    evidence,
    group,
    [
      ['composefs-fuse', 'cacheCopiesRatio', 'copies with those of the object store'],
      ['erofs-full', 'cacheCopiesRatio', 'copies with those of the image files'],
    ],
    { standIn: true },
  ),
];

const diskTold = (evidence: Evidence, group: GroupData): readonly Figure[] => [
  ...countFigures(evidence, group, [
    [ARM, 'addedDiskBytes', 'disk that the second image adds'],
    [ARM, 'newContentBytes', 'contents that only the second image has'],
    [ARM, 'firstDiskBytes', 'disk of the first image'],
  ]),
  ...countFigures(
    evidence,
    group,
    [UNPACKED, 'erofs-full'].map((arm) => [arm, 'addedDiskBytes', 'disk that the second image adds']),
    { standIn: true },
  ),
];

/** Those whose answer the verdict is stand first. */
const numbersOf = (
  evidence: Evidence,
  cache: readonly Found[],
  disk: readonly Found[],
  deciding: Answer | null,
) => {
  const isLater = (answer: Answer): number => Number(answer !== deciding);
  return [
    ...cache.map(({ group, answer }) => ({ later: isLater(answer), figures: cacheTold(evidence, group) })),
    ...disk.map(({ group, answer }) => ({ later: isLater(answer), figures: diskTold(evidence, group) })),
  ]
    .sort((a, b) => a.later - b.later)
    .flatMap(({ figures }) => figures);
};

/** What unpacked layers share, too. */
const layersText = (evidence: Evidence): string => {
  const copies = evidence
    .groups({ scenario: CACHE, params: { versions: SAME_BASE } })
    .map((group) => evidence.count(group, UNPACKED, COPIES))[0];
  return copies != null && copies.most < 2
    ? `; unpacked layers share what two images have as a layer in common (${copies.most.toFixed(2)} copies)`
    : '';
};

const fuseText = (evidence: Evidence): string =>
  evidence
    .groups({ scenario: CACHE })
    .some((group) => (evidence.count(group, 'composefs-fuse', COPIES)?.least ?? 0) > 1.5)
    ? '; mounts served over FUSE do not share the page cache'
    : '';

const judge = (evidence: Evidence): Judgement => {
  const cache = answersOf(evidence, CACHE, inCache);
  const disk = answersOf(evidence, DISK, onDisk);
  const halves = [
    { where: 'in memory', agreed: agreedOn(cache) },
    { where: 'on disk', agreed: agreedOn(disk) },
  ];
  const copied = halves.filter(({ agreed }) => agreed.kind === 'all' && agreed.answer === 'no');
  if (copied.length > 0)
    return {
      verdict: 'not supported',
      because: `the second image has copies of its own ${copied.map(({ where }) => where).join(' and ')}`,
      figures: numbersOf(evidence, cache, disk, 'no'),
    };
  const figures = numbersOf(evidence, cache, disk, 'yes');
  if (cache.length === 0)
    return { verdict: 'not testable', because: missingReason(evidence, [CACHE, ARM]), figures };
  if (disk.length === 0)
    return {
      verdict: 'undecided',
      because: `what the second image takes on disk was not measured: ${missingReason(evidence, [DISK])}`,
      wouldDecide: `cfsbench run --scenarios ${CACHE},${DISK}`,
      figures,
    };
  for (const { where, agreed } of halves)
    if (agreed.kind === 'split')
      return {
        verdict: 'undecided',
        because: `shared ${where}: ${splitText(agreed.yes, agreed.no)}`,
        wouldDecide: READ_BOTH,
        figures,
      };
  if (halves.some(({ agreed }) => agreed.kind !== 'all'))
    return {
      verdict: 'undecided',
      because:
        'common pages were there neither once nor twice, or passes differ: something took them away meanwhile',
      wouldDecide: `cfsbench run --scenarios ${CACHE},${DISK}, while nothing else drops caches`,
      figures: numbersOf(evidence, cache, disk, 'unclear'),
    };
  return {
    verdict: 'supported',
    because: `EROFS + overlayfs hold common contents once, in memory and on disk${fuseText(evidence)}${layersText(evidence)}`,
    figures,
  };
};

export const claim: Claim = {
  id: 'C14',
  text: 'Images share contents file by file, on disk and in the page cache.',
  by: [COMPOSEFS_README],
  scenarios: [CACHE, DISK],
  rule: `Two real images, whose manifests have different digests: two versions, or two images of one base. Supported when, for EROFS + overlayfs, a page that both have in common is in memory once behind both mounts (within ${COPIES_TOLERANCE * 100} %) in every pass, and the second image adds no more disk than the contents that only it has and ${OVERHEAD * 100} % of the first image, for its manifest and for blocks that are not full. Not supported when one of the two is otherwise on every pair. Undecided when pairs disagree, or passes differ.`,
  objection: 'Unpacked layers share too: whatever two images have as a layer in common.',
  answer:
    'They do, and the two images of one base show it. Of two versions of a distribution no layer is the same, since the updates are in the lowest one: there unpacked layers share nothing.',
  judge,
};
