// Whether unmount returns while a server or a loop device is still there.
import type { Claim, Told } from './claim.ts';
import { toldCounts } from './observed.ts';
import { unmeasured } from './ratios.ts';

const ARMS = ['erofs-overlay', 'unpacked-overlay', 'composefs-fuse'] as const;
const METRIC = 'stillThereCount';

export const claim: Claim = {
  id: 'C19',
  text: 'Unmounting must not return before the work is done.',
  by: 'Al Viro, on patches for umount',
  scenarios: ['live-mounts'],
  rule: 'Right after each unmount returned: is its server still a process, its loop device still bound? What must never happen is refuted by once. Supported, the demand being met: never, for each headline backend. Not supported: at least once, in any sample of one of them, with any number of mounts.',
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
    return { verdict: 'supported', because: 'nothing was there once unmount had returned', told: numbers };
  },
};
