// What a loop device, EROFS and overlayfs cost per mount: the stack of the claim without dm-verity.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figures, STAND_IN } from './figures.ts';
import { unmeasured } from './missing.ts';

const SCENARIO = 'live-mounts';
const STACK = 'erofs-overlay-loop';
const FILE = 'erofs-overlay';
const SUM = 'mountAndUnmountPerMountWallNs';
/** The memory of a mount is a difference of two readings of the whole machine, so it takes many mounts. */
const FEWEST_MOUNTS = 300;
const MEMORY: Readonly<Record<string, string>> = {
  slabObjectPerMountBytes: 'bytes of slab objects in use',
  slabObjectPerMountCount: 'slab objects in use',
};

const mountsOf = ({ group }: GroupData): number => Number(group.params['mounts']);

/** The resolution replaces a number that is smaller than the difference of two readings without mounts. */
const memoryFigures = (evidence: Evidence, group: GroupData, arm: string): readonly Figure[] =>
  Object.entries(MEMORY).flatMap(([metric, what]) => {
    const subject = `${arm}: ${what} for one of ${mountsOf(group)} mounts`;
    const resolution = metric.replace('PerMount', 'PerMountResolution');
    const blind = evidence.values(group, arm, resolution);
    return blind.size === 0
      ? figures(subject, metric, evidence.median(group, arm, metric), STAND_IN)
      : figures(
          `${subject}: below resolution; two readings without mounts differ by this much`,
          resolution,
          evidence.interval(blind),
          STAND_IN,
        );
  });

const figuresOf = (evidence: Evidence, group: GroupData): readonly Figure[] => [
  ...[STACK, FILE].flatMap((arm) =>
    figures(
      `${arm}: set-up and tear-down of one of ${mountsOf(group)} mounts`,
      SUM,
      evidence.median(group, arm, SUM),
      STAND_IN,
    ),
  ),
  ...figures(
    `set-up and tear-down, ${STACK} ÷ ${FILE}`,
    'mountRatio',
    evidence.ratio(group, STACK, FILE, SUM),
    STAND_IN,
  ),
  ...[STACK, FILE].flatMap((arm) => memoryFigures(evidence, group, arm)),
];

const verityText = ({ run }: Evidence): string => {
  const feature = run.environment.features['dm-verity'];
  if (feature === undefined) return 'dm-verity was not looked for';
  return feature.ok
    ? 'this kernel has dm-verity, but no backend sets it up'
    : `no dm-verity: ${feature.detail}`;
};

const judge = (evidence: Evidence): Judgement => {
  const group = evidence
    .groups({ scenario: SCENARIO })
    .filter((one) => [STACK, FILE].every((arm) => evidence.values(one, arm, SUM).size > 0))
    .sort((a, b) => mountsOf(b) - mountsOf(a))[0];
  if (group === undefined) return unmeasured(evidence, [STACK, FILE], `cfsbench run --scenarios ${SCENARIO}`);
  const few =
    mountsOf(group) < FEWEST_MOUNTS
      ? `; ${mountsOf(group)} mounts are too few to measure the memory of one: --profile full`
      : '';
  return {
    verdict: 'not testable',
    because: `${verityText(evidence)}; loop device, EROFS and overlayfs are shown as a stand-in${few}`,
    figures: figuresOf(evidence, group),
  };
};

export const claim: Claim = {
  id: 'C12',
  text: 'Loop device, dm-verity, EROFS and overlayfs together cost set-up, tear-down and memory for each mount.',
  by: [
    {
      who: 'Alexander Larsson',
      when: '2023-01',
      where: { kind: 'list', list: 'linux-fsdevel, in the discussion of composefs' },
    },
    {
      who: 'Amir Goldstein',
      when: '2023-01',
      where: { kind: 'list', list: 'linux-fsdevel, in the discussion of composefs' },
      said: 'asked to quantify it',
    },
  ],
  scenarios: [SCENARIO],
  rule: `Not testable without dm-verity, which no backend sets up. Shown as a stand-in, for the largest number of mounts alive at once: the sum of set-up and tear-down of one mount, and the slab objects in use that one mount adds, in bytes and in number (at least ${FEWEST_MOUNTS} mounts). "below resolution" replaces a number where two readings without mounts differ by as much.`,
  objection: 'The cheap part of the stack is measured and the expensive one left out.',
  answer: 'Therefore it decides nothing: the figures are a lower bound of the whole stack.',
  judge,
};
