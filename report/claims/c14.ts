// Do two images hold their common contents once, in the page cache and on disk?
import type { GroupData } from '../../results/compare/tally.ts';
import { agreementOf, failedJudgement, type GroupAnswer, refutingIn, splitJudgement } from './agree.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import { COPIES_TOLERANCE, copiesOf } from './copies.ts';
import type { Evidence } from './evidence.ts';
import { countFigures, EVERY_PASS, FEW_PASSES, hasFewPasses, STAND_IN } from './figures.ts';
import { missingReason, morePasses, untested } from './missing.ts';
import { COMPOSEFS_README } from './sources.ts';
import type { Tristate } from './verdicts.ts';

const [CACHE, DISK] = ['sharing-cache', 'sharing-disk'] as const;
const ARM = 'erofs-overlay';
const COPIES = 'mountCopiesRatio';
const UNPACKED = 'unpacked-overlay';
/** Kernels from 7.0 on share pages of equal files between block images. */
const SHARED_BLOCK = 'erofs-full-inode-share';
const OTHERS = [UNPACKED, 'erofs-full', SHARED_BLOCK, 'composefs-fuse'] as const;
/** Two images with the same lowest layer, not two versions of one image. */
const SAME_BASE = 'same-base';
/** Share of the first image, for the second manifest and for partly filled blocks. */
const OVERHEAD = 0.05;
const COMMAND = `cfsbench run --scenarios ${CACHE},${DISK}`;

const inCache = (evidence: Evidence, group: GroupData): Tristate | null => {
  const count = evidence.count(group, ARM, COPIES);
  if (count === null) return null;
  const copies = copiesOf(count);
  return copies === 'once' ? 'yes' : copies === 'twice' ? 'no' : 'open';
};

/** Blocks vary slightly between passes: all passes must lie on one side of the bound. */
const onDisk = (evidence: Evidence, group: GroupData): Tristate | null => {
  const count = (metric: string) => evidence.count(group, ARM, metric);
  const [added, first, own] = [count('addedDiskBytes'), count('firstDiskBytes'), count('newContentBytes')];
  if (added === null || first === null || own === null) return null;
  if (hasFewPasses([added, first, own])) return 'open';
  const allowed = own.most + OVERHEAD * first.least;
  return added.most <= allowed ? 'yes' : added.least > allowed ? 'no' : 'open';
};

const answersOf = (
  evidence: Evidence,
  scenario: string,
  answerOf: (evidence: Evidence, group: GroupData) => Tristate | null,
): readonly GroupAnswer[] =>
  evidence.groups({ scenario }).flatMap((group) => {
    const answer = answerOf(evidence, group);
    return answer === null ? [] : [{ group, answer }];
  });

const cacheFigures = (evidence: Evidence, group: GroupData): readonly Figure[] => [
  ...countFigures(evidence, group, [[ARM, COPIES, 'copies of a common page behind two mounts']], {
    published:
      '16 to 49 % less memory for two versions, by another mechanism (EROFS page-cache sharing, Linux 7.0)',
  }),
  ...countFigures(
    evidence,
    group,
    [
      ...OTHERS.map((arm) => [arm, COPIES, 'copies of a common page behind two mounts'] as const),
      ['composefs-fuse', 'cacheCopiesRatio', 'copies including those of the object store'],
      ['erofs-full', 'cacheCopiesRatio', 'copies including those of the image files'],
      [SHARED_BLOCK, 'cacheCopiesRatio', 'copies including those of the image files'],
    ],
    STAND_IN,
  ),
];

const diskFigures = (evidence: Evidence, group: GroupData): readonly Figure[] => [
  ...countFigures(evidence, group, [
    [ARM, 'addedDiskBytes', 'disk that the second image adds'],
    [ARM, 'newContentBytes', 'contents that only the second image has'],
    [ARM, 'firstDiskBytes', 'disk of the first image'],
  ]),
  ...countFigures(
    evidence,
    group,
    [UNPACKED, 'erofs-full'].map((arm) => [arm, 'addedDiskBytes', 'disk that the second image adds']),
    STAND_IN,
  ),
];

/** The sharing of unpacked layers, in a clause. */
const layersText = (evidence: Evidence): string => {
  const copies = evidence
    .groups({ scenario: CACHE, params: { versions: SAME_BASE } })
    .map((group) => evidence.count(group, UNPACKED, COPIES))[0];
  return copies != null && copies.most < 2
    ? `; unpacked layers share the layer that two images have in common (${copies.most.toFixed(2)} copies)`
    : '';
};

const fuseText = (evidence: Evidence): string =>
  evidence
    .groups({ scenario: CACHE })
    .some((group) => (evidence.count(group, 'composefs-fuse', COPIES)?.least ?? 0) > 1.5)
    ? '; mounts served over FUSE do not share the page cache'
    : '';

interface Halves {
  readonly cache: readonly GroupAnswer[];
  readonly disk: readonly GroupAnswer[];
}

const HALVES = [
  { half: 'cache', scenario: CACHE, where: 'in memory', figures: cacheFigures },
  { half: 'disk', scenario: DISK, where: 'on disk', figures: diskFigures },
] as const;

/** Figures of the groups that decide stand first. */
const figuresOf = (evidence: Evidence, { cache, disk }: Halves, deciding: Tristate): readonly Figure[] =>
  [
    ...cache.map(({ group, answer }) => ({ answer, figures: cacheFigures(evidence, group) })),
    ...disk.map(({ group, answer }) => ({ answer, figures: diskFigures(evidence, group) })),
  ]
    .sort((a, b) => Number(a.answer !== deciding) - Number(b.answer !== deciding))
    .flatMap(({ figures }) => figures);

/** Null: both halves were measured. */
const unmeasuredHalf = (
  evidence: Evidence,
  { cache, disk }: Halves,
  figures: readonly Figure[],
): Judgement | null => {
  if (cache.length === 0) return untested(evidence, [CACHE, ARM], figures);
  if (disk.length > 0) return null;
  return {
    verdict: 'undecided',
    because: `the disk of the second image was not measured: ${missingReason(evidence, [DISK])}`,
    wouldDecide: COMMAND,
    figures,
  };
};

const isFew = (evidence: Evidence, { cache, disk }: Halves): boolean =>
  hasFewPasses([
    ...cache.map(({ group }) => evidence.count(group, ARM, COPIES)),
    ...disk.map(({ group }) => evidence.count(group, ARM, 'addedDiskBytes')),
  ]);

const openText = (evidence: Evidence, halves: Halves) =>
  isFew(evidence, halves)
    ? { because: FEW_PASSES, wouldDecide: morePasses(evidence, [CACHE]) }
    : {
        because: 'common pages were in memory neither once nor twice, or passes differ: pages were evicted',
        wouldDecide: `${COMMAND}, while nothing else drops caches`,
      };

/** One half with copies refutes. Null: none has; slots of that half failed, so that not every pair is known. */
const refuted = (evidence: Evidence, answers: Halves): Judgement | null => {
  const copied = HALVES.filter(({ half, scenario }) => {
    const agreement = agreementOf(answers[half]);
    const refuting = refutingIn(answers[half]);
    const parts = { filters: [{ scenario }], arms: [ARM], refuting, figures: [] };
    return (
      agreement.kind === 'agreed' && agreement.answer === 'no' && failedJudgement(evidence, parts) === null
    );
  });
  const [first] = copied;
  if (first === undefined) return null;
  const [decidedBy] = first.figures(evidence, answers[first.half][0]!.group);
  return {
    verdict: 'not supported',
    because: `the second image has copies of its own ${copied.map(({ where }) => where).join(' and ')}`,
    ...(decidedBy === undefined ? {} : { decidedBy }),
    figures: figuresOf(evidence, answers, 'no'),
  };
};

const judge = (evidence: Evidence): Judgement => {
  const answers = { cache: answersOf(evidence, CACHE, inCache), disk: answersOf(evidence, DISK, onDisk) };
  const no = refuted(evidence, answers);
  if (no !== null) return no;
  const figures = figuresOf(evidence, answers, 'yes');
  const missing = unmeasuredHalf(evidence, answers, figures);
  if (missing !== null) return missing;
  const halves = HALVES.map(({ half, where }) => ({ where, agreement: agreementOf(answers[half]) }));
  for (const { where, agreement } of halves)
    if (agreement.kind === 'split') return splitJudgement(agreement, figures, `shared ${where}: `);
  if (halves.some(({ agreement }) => agreement.kind !== 'agreed'))
    return {
      verdict: 'undecided',
      ...openText(evidence, answers),
      figures: figuresOf(evidence, answers, 'open'),
    };
  const filters = HALVES.map(({ scenario }) => ({ scenario }));
  return (
    failedJudgement(evidence, { filters, arms: [ARM], refuting: [], figures }) ?? {
      verdict: 'supported',
      because: `EROFS + overlayfs hold common contents once, in memory and on disk${fuseText(evidence)}${layersText(evidence)}`,
      figures,
    }
  );
};

export const claim: Claim = {
  id: 'C14',
  text: 'Images share contents file by file, on disk and in the page cache.',
  by: [COMPOSEFS_README],
  scenarios: [CACHE, DISK],
  rule: `Two real images whose manifests have different digests: two versions, or two images of one base. Supported: for EROFS + overlayfs a common page is in memory once behind both mounts (within ${COPIES_TOLERANCE * 100} %) in ${EVERY_PASS}, and the second image adds no more disk than the contents that only it has plus ${OVERHEAD * 100} % of the first image, for its manifest and partly filled blocks. Not supported: one of the two fails on every pair. Undecided: pairs disagree, passes differ, or slots of EROFS + overlayfs failed.`,
  objection: 'Unpacked layers share, too: the layers that two images have in common.',
  answer:
    'They do, and the two images of one base show it. Two versions of a distribution have no layer in common, because updates change the lowest one: there unpacked layers share nothing.',
  judge,
};
