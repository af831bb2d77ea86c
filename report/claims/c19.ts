// Whether what a mount held is free when umount2 has returned.

import { NULL_ARM } from '../../results/compare/phase-of.ts';
import type { GroupData } from '../../results/compare/tally.ts';
import { numbersOf } from '../../results/stats/log-ratio.ts';
import { grouped } from '../format.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { unmeasured } from './ratios.ts';

const SCENARIO = 'live-mounts';
const HEADLINE = ['erofs-overlay', 'unpacked-overlay', 'composefs-fuse'] as const;
const ASKED = 'askedCount';
const HELD = 'stillThereCount';
/** None in so many says, with 95 % confidence, that it happens less than once in a thousand times (3 ÷ 3,000). */
const ENOUGH = 3000;
/** Asked by the number of a superblock, which another mount on the machine may get in the same microseconds. */
const BY_NUMBER: readonly string[] = ['unpacked-overlay'];
/** Others do not hit one in so many, and not that often: more is what the unmount itself left. */
const [OFTEN, SHARE] = [3, 100] as const;

interface Tally {
  readonly arm: string;
  readonly askedCount: number;
  readonly heldCount: number;
}

const sum = (values: ArrayLike<number>): number => new Float64Array(values).reduce((a, b) => a + b, 0);

const tallyOf = (evidence: Evidence, groups: readonly GroupData[], arm: string): Tally => {
  const total = (metric: string): number =>
    groups.reduce((all, group) => all + sum(numbersOf(evidence.values(group, arm, metric))), 0);
  return { arm, askedCount: total(ASKED), heldCount: total(HELD) };
};

const figuresOf = ({ arm, askedCount, heldCount }: Tally): Figure => ({
  what: `${arm}: still held when unmount had returned, in ${grouped(askedCount)} unmounts`,
  metric: HELD,
  value: heldCount,
  interval: null,
});

/** Those with mounts, whether they could be asked or not. */
const armsOf = (groups: readonly GroupData[]): readonly string[] =>
  [
    ...new Set(
      groups.flatMap(({ time }) =>
        ['setUpWallNs', ASKED].flatMap((metric) => [...(time.get(metric)?.keys() ?? [])]),
      ),
    ),
  ].filter((arm) => arm !== NULL_ARM);

const isSure = ({ arm, askedCount, heldCount }: Tally): boolean =>
  !BY_NUMBER.includes(arm) || (heldCount >= OFTEN && heldCount * SHARE >= askedCount);

const heldText = (tallies: readonly Tally[]): string =>
  tallies
    .map(({ arm, heldCount, askedCount }) => `${arm} ${grouped(heldCount)} of ${grouped(askedCount)}`)
    .join(', ');

const judge = (evidence: Evidence): Judgement => {
  const groups = evidence.groups({ scenario: SCENARIO });
  const tallies = armsOf(groups).map((arm) => tallyOf(evidence, groups, arm));
  const asked = tallies.filter(({ askedCount }) => askedCount > 0);
  const silent = tallies.filter(({ askedCount }) => askedCount === 0).map(({ arm }) => arm);
  const figures = [...asked].sort((a, b) => b.heldCount - a.heldCount).map(figuresOf);
  const unasked = silent.length === 0 ? '' : `; not asked, and no zero: ${silent.join(', ')}`;
  const held = asked.filter(({ heldCount }) => heldCount > 0);
  if (held.some(isSure))
    return {
      verdict: 'not supported',
      because: `unmount returned while something was held: ${heldText(held)}${unasked}`,
      figures,
    };
  const missing = HEADLINE.filter((arm) => !asked.some((one) => one.arm === arm));
  if (missing.length > 0)
    return unmeasured(evidence, missing, `cfsbench run --scenarios ${SCENARIO}`, figures);
  if (held.length > 0)
    return {
      verdict: 'undecided',
      because: `the number of a superblock was taken so rarely that another mount on the machine may have it: ${heldText(held)}${unasked}`,
      wouldDecide: 'the same run while nothing else on the machine mounts',
      figures,
    };
  const fewest = Math.min(
    ...asked.filter(({ arm }) => HEADLINE.some((one) => one === arm)).map(({ askedCount }) => askedCount),
  );
  if (fewest < ENOUGH)
    return {
      verdict: 'undecided',
      because: `nothing was held when unmount had returned, in ${grouped(fewest)} unmounts of a backend: too few to say never${unasked}`,
      wouldDecide: `cfsbench run --profile full --scenarios ${SCENARIO}, which has 1,000 mounts`,
      figures,
    };
  return {
    verdict: 'supported',
    because: `nothing was held when unmount had returned, in ${grouped(fewest)} unmounts of each backend${unasked}`,
    figures,
  };
};

export const claim: Claim = {
  id: 'C19',
  text: 'When umount returns, the file system is shut down and what it was made of is free.',
  by: [
    {
      who: 'Al Viro',
      when: null,
      where: {
        kind: 'page',
        name: 'Linux commit 48a066e72d97 (RCU’d vfsmounts)',
        url: 'https://git.kernel.org/torvalds/c/48a066e72d970a3e225a9c18690d570c736fc455',
      },
      said: 'whoever calls umount may rely on it to return only once the file system is shut down',
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
  rule: `Asked once, right after each umount2 returned. A manifest mounted from its file: is a write lease on the file granted? Over a loop device: is the device unbound (LOOP_GET_STATUS64 gives ENXIO)? Unpacked layers: is the number of the overlay's superblock handed out again? A FUSE server: has its process ended? What is held and not given up within a second afterwards belongs to somebody else and is not counted. Not supported when anything was held once, in any backend: what must never happen is refuted by once. But another mount on the machine may take the number of a superblock and give it back: there it takes ${OFTEN} and one in ${SHARE}, and less is undecided. Supported when nothing was held in ${grouped(ENOUGH)} unmounts of each headline backend, which bounds it to one in a thousand (95 % confidence). Undecided with fewer. A backend that cannot be asked is named and gets no zero.`,
  objection:
    'A FUSE server is a process: the kernel owes nobody that it has ended. And another mount on the machine may take the number of a superblock within these microseconds and give it back within a second.',
  answer:
    'Until it has ended the server holds the manifest and the store open, which a user who removes them notices; the verdict names the backend, and how often. A number that is gone once decides nothing.',
  judge,
};
