// Whether unmount returns while a server or a loop device is still there.
import type { GroupData } from '../../results/compare/tally.ts';
import { grouped } from '../format.ts';
import type { Claim, Told } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { toldCounts } from './observed.ts';
import { unmeasured } from './ratios.ts';

const ARMS = ['erofs-overlay', 'unpacked-overlay', 'composefs-fuse'] as const;
const METRIC = 'stillThereCount';
/** None in so many says, with 95 % confidence, that it happens less than once in a thousand times. */
const ENOUGH = 3000;

const unmountsIn = (evidence: Evidence, groups: readonly GroupData[], arm: string): number =>
  groups.reduce(
    (sum, group) => sum + Number(group.group.params['mounts']) * evidence.values(group, arm, METRIC).size,
    0,
  );

export const claim: Claim = {
  id: 'C19',
  text: 'Unmounting must not return before the work is done.',
  by: 'Al Viro, on patches for umount',
  scenarios: ['live-mounts'],
  rule: 'Right after each unmount returned: is its server still a process, its loop device still bound? What must never happen is refuted by once. Supported, the demand being met: never in 3,000 unmounts of each headline backend, which bounds it to one in a thousand (95 % confidence). Not supported: at least once, in any sample of one of them, with any number of mounts. Undecided: never, in fewer unmounts.',
  objection: 'What the kernel frees later, with nobody waiting, is not seen.',
  answer:
    'Only what holds a resource that a user can name is counted; the time of settle stands beside, in churn and here.',
  judge(evidence) {
    const groups = evidence.groups({ scenario: 'live-mounts' });
    const counts = ARMS.map((arm) => ({
      arm,
      counts: groups.flatMap((group) => evidence.count(group, arm, METRIC) ?? []),
    }));
    const missing = counts.filter((one) => one.counts.length === 0).map(({ arm }) => arm);
    const found: Told[] = groups.flatMap((group) =>
      toldCounts(
        evidence,
        group,
        [...ARMS, 'erofs-overlay-loop'].map(
          (arm) => [arm, METRIC, 'still there after unmount returned'] as const,
        ),
      ),
    );
    // What refutes it comes first.
    const numbers = found.sort((a, b) => b.value - a.value);
    const seen = counts.filter((one) => one.counts.some(({ most }) => most > 0)).map(({ arm }) => arm);
    if (seen.length > 0)
      return {
        verdict: 'not supported',
        because: `unmount returned while something was still there: ${seen.join(', ')}`,
        told: numbers,
      };
    if (missing.length > 0)
      return unmeasured(evidence, missing, 'cfsbench run --scenarios live-mounts', numbers);
    const fewest = Math.min(...ARMS.map((arm) => unmountsIn(evidence, groups, arm)));
    if (fewest < ENOUGH)
      return {
        verdict: 'undecided',
        because: `nothing was there once unmount had returned, in ${grouped(fewest)} unmounts of a backend: too few to say never`,
        wouldDecide: 'cfsbench run --profile full --scenarios live-mounts, which has 1,000 mounts',
        told: numbers,
      };
    return {
      verdict: 'supported',
      because: `nothing was there once unmount had returned, in ${grouped(fewest)} unmounts of each backend`,
      told: numbers,
    };
  },
};
