// What a process beside it notices of the removal of an image.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Claim, Told } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { placeText } from './evidence.ts';
import { MORE_BLOCKS, told, unmeasured } from './ratios.ts';

/** The complaints are about layers of files. */
const ARM = 'unpacked-overlay';
const ARMS = [ARM, 'erofs-overlay'];
const METRIC = 'neighbourSlowdownRatio';
/** Less is not what anybody would complain about. */
const FELT = 1.1;

const toldOf = (evidence: Evidence, group: GroupData): readonly Told[] =>
  ARMS.flatMap((arm) => [
    ...told(
      `${arm}: neighbour’s file with fsync, median during removal ÷ alone (${placeText(group)})`,
      METRIC,
      evidence.median(group, arm, METRIC),
    ),
    ...told(
      `${arm}: how long the removal takes (${placeText(group)})`,
      'cleanupWallNs',
      evidence.median(group, arm, 'cleanupWallNs'),
    ),
  ]);

export const claim: Claim = {
  id: 'C20',
  text: 'Deleting one image slows down everything else on the file system.',
  by: 'podman issues 29109 and 13204, containerd issue 11021',
  scenarios: ['cleanup'],
  rule: 'A neighbour creates, writes and flushes files of 4 KiB on the same file system: its median while the unpacked layers of an image are removed, divided by its median just before and just after, in each block. Supported: the whole interval lies above 1.1 for some way of removing (caches warm or cold, with or without a syncfs). Not supported: it lies below 1.1 for every way that was measured.',
  objection:
    'One small image says little of a large one; a median hides the tail; and what removal takes from a neighbour may be CPU time.',
  answer:
    'The ratio is of the time while it lasts, and how long that is stands beside it: it grows with the files. Percentiles that the operations suffice to bound are among the metrics of cleanup. The removal of a manifest and its objects stands beside it, in the same number of unlinks.',
  judge(evidence) {
    const groups = evidence.groups({ scenario: 'cleanup' });
    const measured = groups.filter((group) => evidence.values(group, ARM, METRIC).size > 0);
    const numbers = groups.flatMap((group) => toldOf(evidence, group));
    if (measured.length === 0)
      return unmeasured(evidence, ['cleanup', ARM], 'cfsbench run --scenarios cleanup', numbers);
    const slowdowns = measured.map((group) => evidence.median(group, ARM, METRIC));
    if (slowdowns.some((one) => one.kind === 'interval' && one.lo > FELT))
      return {
        verdict: 'supported',
        because: 'a neighbour’s files take longer while the layers of an image are removed',
        told: numbers,
      };
    if (slowdowns.every((one) => one.kind === 'interval' && one.hi < FELT))
      return {
        verdict: 'not supported',
        because:
          'a neighbour’s files take no more than a tenth longer while the layers of an image are removed',
        told: numbers,
      };
    return {
      verdict: 'undecided',
      because: slowdowns.every(({ kind }) => kind === 'tooFew')
        ? 'too few blocks'
        : 'whether a neighbour is slowed down by a tenth cannot be told',
      wouldDecide: MORE_BLOCKS,
      told: numbers,
    };
  },
};
