// One store on two file systems: which backends can read it, and which are refused.
import type { GroupData } from '../../results/compare/tally.ts';
import { type CountedAnswer, judgeGroups } from './agree.ts';
import type { Claim, Figure } from './claim.ts';
import { type Evidence, groupText } from './evidence.ts';
import { countFigures, EVERY_PASS, exactFigure, hasFewPasses, isEqual, STAND_IN } from './figures.ts';
import { SCRIVANO_V3 } from './sources.ts';

const SCENARIO = 'many-stores';
const MOUNTS = ['erofs-overlay', 'composefs-fuse'] as const;
const LINKS = ['hardlink-checkout', 'reflink-checkout'] as const;
const BLOCK = 'erofs-full';
const DEVICES = 'storeDeviceCount';
/** Two stores with one device were not spread over file systems. */
const STORES = 2;

/** Null: passes differ or are too few, or nothing was counted. */
const numberOf = (evidence: Evidence, group: GroupData, arm: string, metric: string): number | null => {
  const count = evidence.count(group, arm, metric);
  return count !== null && isEqual(count) ? count.most : null;
};

/** Every file is right, and some come from the second file system. Null: passes differ. */
const spans = (evidence: Evidence, group: GroupData, arm: string): boolean | null => {
  const number = (metric: string) => numberOf(evidence, group, arm, metric);
  const [right, all] = [number('rightFileCount'), number('objectFileCount')];
  const second = number('secondStoreObjectCount');
  return right === null || all === null || second === null ? null : right === all && second > 0;
};

const isRefused = (evidence: Evidence, group: GroupData, arm: string): boolean | null => {
  const count = numberOf(evidence, group, arm, 'crossDeviceCount');
  return count === null ? null : count === 1;
};

const answer = (evidence: Evidence, group: GroupData): CountedAnswer | null => {
  const arms = [...MOUNTS, ...LINKS];
  const refused = arms.map((arm) => evidence.count(group, arm, 'crossDeviceCount'));
  if (refused.includes(null)) return null;
  if (hasFewPasses(refused)) return 'few';
  if (arms.some((arm) => numberOf(evidence, group, arm, DEVICES) !== STORES)) return 'open';
  const found = [
    ...MOUNTS.map((arm) => spans(evidence, group, arm)),
    ...LINKS.map((arm) => isRefused(evidence, group, arm)),
  ];
  return found.includes(false) ? 'no' : found.includes(null) ? 'open' : 'yes';
};

const figures = (evidence: Evidence, group: GroupData): readonly Figure[] => [
  ...countFigures(evidence, group, [
    ...MOUNTS.map((arm) => [arm, 'rightFileCount', 'files with the right contents'] as const),
    ...MOUNTS.map((arm) => [arm, 'objectFileCount', 'files whose contents are objects'] as const),
    ...MOUNTS.map((arm) => [arm, DEVICES, 'file systems that hold the objects'] as const),
    ...MOUNTS.map((arm) => [arm, 'secondStoreObjectCount', 'objects on the second file system'] as const),
    ...LINKS.map((arm) => [arm, 'crossDeviceCount', 'link refused with EXDEV (1: yes)'] as const),
    ...LINKS.map((arm) => [arm, DEVICES, 'file systems between which the link was made'] as const),
  ]),
  ...countFigures(
    evidence,
    group,
    [
      [BLOCK, 'rightFileCount', 'files with the right contents'],
      [BLOCK, DEVICES, 'file systems that hold the contents: a block image is always one file'],
    ],
    STAND_IN,
  ),
];

/** Files with other contents, or the first link that is not as the claim says; if all is, the files that are right. */
const decidedBy = (evidence: Evidence, group: GroupData, is: 'yes' | 'no'): Figure | null => {
  const where = groupText(group);
  const number = (arm: string, metric: string): number => numberOf(evidence, group, arm, metric) ?? 0;
  if (is === 'yes') return figures(evidence, group)[0] ?? null;
  const mount = MOUNTS.find((arm) => spans(evidence, group, arm) === false);
  if (mount !== undefined) {
    const wrong = number(mount, 'objectFileCount') - number(mount, 'rightFileCount');
    return wrong > 0
      ? exactFigure(`${mount}: files with other contents (${where})`, 'wrongFileCount', wrong)
      : exactFigure(`${mount}: objects on the second file system (${where})`, 'secondStoreObjectCount', 0);
  }
  const link = LINKS.find((arm) => isRefused(evidence, group, arm) === false);
  return link === undefined
    ? null
    : exactFigure(
        `${link}: link refused with EXDEV (1: yes) (${where})`,
        'crossDeviceCount',
        number(link, 'crossDeviceCount'),
      );
};

const notSupported = (evidence: Evidence): string =>
  evidence
    .groups({ scenario: SCENARIO })
    .every((group) => MOUNTS.every((arm) => spans(evidence, group, arm) === true))
    ? 'a link between two file systems was not refused'
    : 'a mount over two file systems did not show every file';

export const claim: Claim = {
  id: 'C4',
  text: 'The files of one image can lie on different file systems, which neither a block device nor links allow.',
  by: [
    { ...SCRIVANO_V3, said: 'files on different file systems, not possible with a block device' },
    {
      who: 'Giuseppe Scrivano',
      when: '2023-01',
      where: { kind: 'list', list: 'linux-fsdevel, on version 2 of the composefs patches' },
      said: 'the same about links',
    },
  ],
  scenarios: [SCENARIO],
  rule: `Half of the objects lie on the work file system, half on an ext4 or XFS on a loop file; their st_dev are compared. Supported: in ${EVERY_PASS}, EROFS + overlayfs and FUSE read every file with the right contents, and a hard link and a reflink from one file system to the other are refused with EXDEV. Not supported: otherwise. Undecided: both stores have the same st_dev, passes differ, slots failed, or file systems disagree. The block image is shown for context: its contents are one file, on one device.`,
  objection:
    'Links and reflinks work within each of the file systems, and a block image can be split over devices.',
  answer:
    'With links every object would have to be on both file systems: two stores, not one that spans them. EROFS has a device table for further block devices; they are parts of one image, not stores that images share.',
  judge: (evidence) =>
    judgeGroups(evidence, {
      scenario: SCENARIO,
      arms: [...MOUNTS, ...LINKS],
      needs: [...MOUNTS, ...LINKS, SCENARIO],
      answer,
      decidedBy,
      figures,
      open: (_, where) => ({
        because: `the two stores were on one file system, or passes differ: ${where}`,
        wouldDecide: `cfsbench run --scenarios ${SCENARIO} where loop files can hold a file system`,
      }),
      supported: () =>
        'both mounts read every file from two file systems; a hard link and a reflink between them fail with EXDEV',
      notSupported,
    }),
};
