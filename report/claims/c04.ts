// One store on two file systems: who can read it, and who is refused.
import type { GroupData } from '../../results/compare/tally.ts';
import { type Answer, READ_BOTH, splitText, triedOn } from './agree.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { countFigures, isEqual, missingReason } from './observed.ts';
import { SCRIVANO_V3 } from './sources.ts';

const SCENARIO = 'many-stores';
const MOUNTS = ['erofs-overlay', 'composefs-fuse'] as const;
const LINKS = ['hardlink-checkout', 'reflink-checkout'] as const;
const BLOCK = 'erofs-full';
const DEVICES = 'storeDeviceCount';
/** What the claim is about: with one, nothing was spread. */
const STORES = 2;

const numberOf = (evidence: Evidence, group: GroupData, arm: string, metric: string): number | null => {
  const count = evidence.count(group, arm, metric);
  return count !== null && isEqual(count) ? count.most : null;
};

/** Every file right, and some of them from the second file system. Null: passes differ. */
const spans = (evidence: Evidence, group: GroupData, arm: string): boolean | null => {
  const number = (metric: string) => numberOf(evidence, group, arm, metric);
  const [right, all] = [number('rightFileCount'), number('objectFileCount')];
  const second = number('secondStoreObjectCount');
  return right === null || all === null || second === null ? null : right === all && second > 0;
};

const refused = (evidence: Evidence, group: GroupData, arm: string): boolean | null => {
  const count = numberOf(evidence, group, arm, 'crossDeviceCount');
  return count === null ? null : count === 1;
};

const answerOf = (evidence: Evidence, group: GroupData): Answer | null => {
  const arms = [...MOUNTS, ...LINKS];
  if (arms.some((arm) => evidence.count(group, arm, 'crossDeviceCount') === null)) return null;
  // One file system that looks like two proves nothing, whatever is read from it.
  if (arms.some((arm) => numberOf(evidence, group, arm, DEVICES) !== STORES)) return 'unclear';
  const found = [
    ...MOUNTS.map((arm) => spans(evidence, group, arm)),
    ...LINKS.map((arm) => refused(evidence, group, arm)),
  ];
  return found.includes(false) ? 'no' : found.includes(null) ? 'unclear' : 'yes';
};

const figuresOf = (evidence: Evidence, group: GroupData): readonly Figure[] => [
  ...countFigures(evidence, group, [
    ...MOUNTS.map((arm) => [arm, 'rightFileCount', 'files with the right contents'] as const),
    ...MOUNTS.map((arm) => [arm, DEVICES, 'file systems that hold the objects'] as const),
    ...MOUNTS.map((arm) => [arm, 'secondStoreObjectCount', 'objects on the second of them'] as const),
    ...LINKS.map((arm) => [arm, 'crossDeviceCount', '1: refused with EXDEV'] as const),
    ...LINKS.map((arm) => [arm, DEVICES, 'file systems between which was linked'] as const),
  ]),
  ...countFigures(
    evidence,
    group,
    [
      [BLOCK, 'rightFileCount', 'files with the right contents'],
      [BLOCK, DEVICES, 'file systems that hold the contents: a block image is one file by its nature'],
    ],
    { standIn: true },
  ),
];

const judge = (evidence: Evidence): Judgement => {
  const { agreed, figures } = triedOn(evidence, SCENARIO, answerOf, figuresOf);
  switch (agreed.kind) {
    case 'none':
      return {
        verdict: 'not testable',
        because: missingReason(evidence, [...MOUNTS, ...LINKS, SCENARIO]),
        figures,
      };
    case 'unclear':
      return {
        verdict: 'undecided',
        because: `the two stores did not lie on two file systems, or passes differ: ${agreed.where}`,
        wouldDecide: `cfsbench run --scenarios ${SCENARIO} where loop files can hold a file system`,
        figures,
      };
    case 'split':
      return {
        verdict: 'undecided',
        because: splitText(agreed.yes, agreed.no),
        wouldDecide: READ_BOTH,
        figures,
      };
    case 'all':
      return agreed.answer === 'yes'
        ? {
            verdict: 'supported',
            because:
              'both mounts read every file from two file systems; a hard link and a reflink between them fail with EXDEV',
            figures,
          }
        : {
            verdict: 'not supported',
            because: evidence
              .groups({ scenario: SCENARIO })
              .every((group) => MOUNTS.every((arm) => spans(evidence, group, arm) === true))
              ? 'a link between two file systems was not refused'
              : 'a mount over two file systems did not show every file',
            figures,
          };
  }
};

export const claim: Claim = {
  id: 'C4',
  text: 'The files of one image can lie on different file systems, which neither a block device nor links allow.',
  by: [
    { ...SCRIVANO_V3, said: 'files on different file systems, not possible with a block device' },
    {
      who: 'Giuseppe Scrivano',
      when: '2023-01',
      where: { kind: 'list', list: 'linux-fsdevel, on version 2 of the composefs patches' },
      said: 'the same of links',
    },
  ],
  scenarios: [SCENARIO],
  rule: 'Half of the objects lie on the work file system and half on an ext4 or XFS of its own on a loop file; st_dev of both is compared. Supported when, in every pass, EROFS + overlayfs and FUSE read every file with the right contents, and a hard link and a reflink from one to the other are refused with EXDEV. Not supported otherwise. Undecided when the two stores have one st_dev, when passes differ, or when file systems disagree. The block image is shown beside: its contents are in one file, on one device.',
  objection:
    'Links and reflinks work within each of the file systems, and a block image can be split over devices.',
  answer:
    'With links every object would have to be on both: two stores, not one that spans them. EROFS has a device table for further block devices; they are parts of one image, not stores that images share.',
  judge,
};
