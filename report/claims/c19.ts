// Are the resources of a mount free when umount2 returns?
import { NULL_ARM } from '../../results/compare/phase-of.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import { numbersOf } from '../../results/stats/log-ratio.ts';
import { grouped } from '../format.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { exactFigure } from './figures.ts';
import { NO_FAILURE, unmeasured } from './missing.ts';

const SCENARIO = 'live-mounts';
const HEADLINE = ['erofs-overlay', 'unpacked-overlay', 'composefs-fuse'] as const;
const CHECKED = 'askedCount';
const HELD = 'stillThereCount';
/** None in 3,000 bounds the rate to one in a thousand with 95 % confidence (3 ÷ 3,000). */
const ENOUGH = 3000;
/** Checked by the number of a superblock, which another mount on the machine may take in the same microseconds. */
const BY_NUMBER = /^unpacked-overlay(-|$)/;
/** Another mount takes the number more rarely than three times, and than one in a hundred unmounts. */
const [OFTEN, SHARE] = [3, 100] as const;

interface UnmountCounts {
  readonly arm: string;
  /** Arms with other options, or measured twice, have names of their own. */
  readonly backend: string;
  readonly checkedCount: number;
  readonly heldCount: number;
}

const sum = (values: ArrayLike<number>): number => new Float64Array(values).reduce((a, b) => a + b, 0);

const countsOf = (evidence: Evidence, groups: readonly GroupData[], arm: string): UnmountCounts => {
  const total = (metric: string): number =>
    groups.reduce((all, group) => all + sum(numbersOf(evidence.values(group, arm, metric))), 0);
  const backend = groups.map(({ backends }) => backends.get(arm)).find((one) => one !== undefined) ?? arm;
  return { arm, backend, checkedCount: total(CHECKED), heldCount: total(HELD) };
};

const heldFigure = ({ arm, checkedCount, heldCount }: UnmountCounts): Figure =>
  exactFigure(
    `${arm}: still held after umount2 returned, in ${grouped(checkedCount)} unmounts`,
    HELD,
    heldCount,
  );

/** All arms with mounts, whether they can be checked or not. */
const armsOf = (groups: readonly GroupData[]): readonly string[] =>
  [
    ...new Set(
      groups.flatMap(({ time }) =>
        ['setUpWallNs', CHECKED].flatMap((metric) => [...(time.get(metric)?.keys() ?? [])]),
      ),
    ),
  ].filter((arm) => arm !== NULL_ARM);

const isCertain = ({ backend, checkedCount, heldCount }: UnmountCounts): boolean =>
  !BY_NUMBER.test(backend) || (heldCount >= OFTEN && heldCount * SHARE >= checkedCount);

const refutes = (counts: UnmountCounts): boolean => counts.heldCount > 0 && isCertain(counts);

/** Backends that refute first, then those that held more. */
const inOrder = (counts: readonly UnmountCounts[]): readonly UnmountCounts[] =>
  [...counts].sort((a, b) => Number(refutes(b)) - Number(refutes(a)) || b.heldCount - a.heldCount);

const heldText = (counts: readonly UnmountCounts[]): string =>
  counts
    .map(({ arm, heldCount, checkedCount }) => `${arm} ${grouped(heldCount)} of ${grouped(checkedCount)}`)
    .join(', ');

/** No backend held anything; the headline backend with the fewest unmounts decides. */
const neverHeld = (checked: readonly UnmountCounts[], unchecked: string): Judgement => {
  const headline = checked
    .filter(({ arm }) => HEADLINE.some((one) => one === arm))
    .sort((a, b) => a.checkedCount - b.checkedCount);
  const fewest = headline[0]!.checkedCount;
  const figures = [...headline, ...checked.filter((one) => !headline.includes(one))].map(heldFigure);
  return fewest < ENOUGH
    ? {
        verdict: 'undecided',
        because: `no leftovers in ${grouped(fewest)} unmounts of a headline backend; ${grouped(ENOUGH)} are needed to bound it at 0.1 %${unchecked}`,
        wouldDecide: `cfsbench run --profile full --scenarios ${SCENARIO}, which has 1,000 mounts`,
        figures,
      }
    : {
        verdict: 'supported',
        because: `nothing was held after umount2 returned, in ${grouped(fewest)} unmounts of each headline backend${unchecked}`,
        figures,
      };
};

const judge = (evidence: Evidence): Judgement => {
  const groups = evidence.groups({ scenario: SCENARIO });
  const counts = armsOf(groups).map((arm) => countsOf(evidence, groups, arm));
  const checked = inOrder(counts.filter(({ checkedCount }) => checkedCount > 0));
  const silent = counts.filter(({ checkedCount }) => checkedCount === 0).map(({ arm }) => arm);
  const unchecked = silent.length === 0 ? '' : `; could not be checked, so not counted: ${silent.join(', ')}`;
  const figures = checked.map(heldFigure);
  const held = checked.filter(({ heldCount }) => heldCount > 0);
  if (held.some(refutes))
    return {
      verdict: 'not supported',
      because: `umount2 returned while something was held: ${heldText(held)}${unchecked}`,
      figures,
    };
  const missing = HEADLINE.filter((arm) => !checked.some((one) => one.arm === arm));
  if (missing.length > 0)
    return unmeasured(evidence, missing, `cfsbench run --scenarios ${SCENARIO}`, figures);
  if (held.length > 0)
    return {
      verdict: 'undecided',
      because: `the number of a superblock was taken so rarely that another mount on the machine may have it: ${heldText(held)}${unchecked}`,
      wouldDecide: 'the same run while nothing else on the machine mounts',
      figures,
    };
  // A slot fails if something is still held after seconds, and its counts are lost.
  const failed = evidence.failedArms(groups).filter((arm) => HEADLINE.some((one) => one === arm));
  return failed.length === 0
    ? neverHeld(checked, unchecked)
    : {
        verdict: 'undecided',
        because: `slots of ${failed.join(', ')} failed, which a resource that was held may have caused${unchecked}`,
        wouldDecide: NO_FAILURE,
        figures,
      };
};

export const claim: Claim = {
  id: 'C19',
  text: 'When umount returns, the file system is shut down and its resources are free.',
  by: [
    {
      who: 'Al Viro',
      when: null,
      where: {
        kind: 'page',
        name: 'Linux commit 48a066e72d97 (RCU’d vfsmounts)',
        url: 'https://git.kernel.org/torvalds/c/48a066e72d970a3e225a9c18690d570c736fc455',
      },
      said: 'the caller of umount may rely on it to return only once the file system is shut down',
    },
    {
      who: 'Al Viro',
      when: '2022-02-18',
      where: {
        kind: 'list',
        list: 'linux-kernel, Re: [PATCH 1/2] vfs: free vfsmount through rcu work from kern_unmount',
      },
      excerpt: true,
      said: 'refuses a patch that would defer it',
    },
  ],
  scenarios: [SCENARIO],
  rule: `Checked once, right after each umount2 returned. A manifest mounted from its file: is a write lease on the file granted? Over a loop device: is the device unbound (LOOP_GET_STATUS64 gives ENXIO)? Unpacked layers, with any options and any program that removes them: is the number of the overlay's superblock handed out again? A FUSE server: has its process ended? A resource that is still held a second later belongs to another process and is not counted. Not supported: a resource was held once, in any backend, because one case refutes "never". But another mount on the machine may take the number of a superblock and return it: for numbers it takes ${OFTEN} cases and one in ${SHARE} unmounts, and fewer are undecided. Supported: nothing was held in ${grouped(ENOUGH)} unmounts of each headline backend, which bounds the rate to one in a thousand (95 % confidence). Undecided with fewer, or if a slot of a headline backend failed. A backend that cannot be checked is named and gets no zero.`,
  objection:
    'A FUSE server is a process, and the kernel promises nothing about its end. And another mount on the machine may take the number of a superblock within these microseconds and return it within a second.',
  answer:
    'Until it ends, the server holds the manifest and the store open, which a user who removes them notices; the verdict names the backend, and how often. A number that is taken once decides nothing.',
  judge,
};
