// What a loop device under EROFS and overlayfs costs for each mount, against EROFS on the file itself. dm-verity is named, not guessed.
import type { Claim, Told } from './claim.ts';
import { MORE_BLOCKS, told, unmeasured } from './ratios.ts';

const LOOP = 'erofs-overlay-loop';
const FILE = 'erofs-overlay';
const METRICS = ['setUpWallNs', 'tearDownWallNs', 'kernelPerMountBytes'] as const;
const SAME = 1.05;

export const claim: Claim = {
  id: 'C12',
  text: 'Loop device, dm-verity, EROFS and overlayfs together cost set-up, tear-down and memory for each mount.',
  by: 'Alexander Larsson, January 2023; Amir Goldstein asked to quantify it',
  scenarios: ['live-mounts'],
  rule: 'With the most mounts alive that were measured, erofs-overlay-loop ÷ erofs-overlay in set-up, tear-down and kernel memory. Supported: each interval lies above 1. Not supported: one lies below 1.05. dm-verity is no part of the verdict where it was not measured.',
  objection: 'Without dm-verity this is not the stack that was spoken of.',
  answer:
    'No backend here sets dm-verity up; whether the kernel has it is tried and said. What is measured is a lower bound of the stack.',
  judge(evidence) {
    const group = evidence
      .groups({ scenario: 'live-mounts' })
      .filter((one) => [LOOP, FILE].every((arm) => evidence.values(one, arm, 'setUpWallNs').size > 0))
      .sort((a, b) => Number(b.group.params['mounts']) - Number(a.group.params['mounts']))[0];
    if (group === undefined)
      return unmeasured(evidence, [LOOP, FILE], 'cfsbench run --scenarios live-mounts');
    const ratios = METRICS.map((metric) => evidence.ratio(group, LOOP, FILE, metric));
    const { mounts } = group.group.params;
    const numbers: Told[] = METRICS.flatMap((metric, i) =>
      told(
        `live-mounts, ${mounts} mounts, ${metric}, ${LOOP} ÷ ${FILE}`,
        metric.replace(/(WallNs|Bytes)$/, 'Ratio'),
        ratios[i]!,
      ),
    );
    const verity = evidence.run.environment.features['dm-verity'];
    const without = verity?.ok
      ? '; dm-verity is there and no backend uses it'
      : `; without dm-verity${verity === undefined ? '' : `: ${verity.detail}`}`;
    if (ratios.some((one) => one.kind === 'interval' && one.hi < SAME))
      return {
        verdict: 'not supported',
        because: `not each of set-up, tear-down and memory is dearer with a loop device${without}`,
        told: numbers,
      };
    if (ratios.every((one) => one.kind === 'interval' && one.lo > 1))
      return {
        verdict: 'supported',
        because: `a loop device makes set-up, tear-down and kernel memory dearer${without}`,
        told: numbers,
      };
    return {
      verdict: 'undecided',
      because: `one of the three cannot be told apart${without}`,
      wouldDecide: MORE_BLOCKS,
      told: numbers,
    };
  },
};
