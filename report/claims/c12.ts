// What a loop device, EROFS and overlayfs cost for each mount: the stack that was spoken of, but for dm-verity.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figures, unmeasured } from './ratios.ts';

const SCENARIO = 'live-mounts';
const STACK = 'erofs-overlay-loop';
const FILE = 'erofs-overlay';
const SUM = 'mountAndUnmountPerMountWallNs';
/** Memory of one mount is the difference of two readings of the whole machine: it wants many of them. */
const FEWEST_MOUNTS = 300;
const MEMORY: Readonly<Record<string, string>> = {
  slabObjectPerMountBytes: 'bytes of slab objects in use',
  slabObjectPerMountCount: 'slab objects in use',
};

const STAND_IN = { standIn: true } as const;

/** Below what two readings without mounts differ by there is no number. */
const memoryOf = (evidence: Evidence, group: GroupData, arm: string): readonly Figure[] =>
  Object.entries(MEMORY).flatMap(([metric, what]) => {
    const of = `${arm}: ${what} for one of ${group.group.params['mounts']} mounts`;
    const resolution = metric.replace('PerMount', 'PerMountResolution');
    const blind = evidence.values(group, arm, resolution);
    if (blind.size === 0) return figures(of, metric, evidence.median(group, arm, metric), STAND_IN);
    return figures(
      `${of}: below resolution; two readings without mounts differ by this much`,
      resolution,
      evidence.interval(blind),
      STAND_IN,
    );
  });

const figuresOf = (evidence: Evidence, group: GroupData): readonly Figure[] => [
  ...[STACK, FILE].flatMap((arm) =>
    figures(
      `${arm}: set-up and tear-down of one of ${group.group.params['mounts']} mounts`,
      SUM,
      evidence.median(group, arm, SUM),
      STAND_IN,
    ),
  ),
  ...figures(`the same, ${STACK} ÷ ${FILE}`, 'mountRatio', evidence.ratio(group, STACK, FILE, SUM), STAND_IN),
  ...[STACK, FILE].flatMap((arm) => memoryOf(evidence, group, arm)),
];

const mountsOf = ({ group }: GroupData): number => Number(group.params['mounts']);

const verityText = ({ run }: Evidence): string => {
  const found = run.environment.features['dm-verity'];
  if (found === undefined) return 'whether this kernel has dm-verity was not tried';
  return found.ok
    ? 'this kernel has dm-verity, but no backend here sets it up'
    : `no dm-verity: ${found.detail}`;
};

const judge = (evidence: Evidence): Judgement => {
  const group = evidence
    .groups({ scenario: SCENARIO })
    .filter((one) => [STACK, FILE].every((arm) => evidence.values(one, arm, SUM).size > 0))
    .sort((a, b) => mountsOf(b) - mountsOf(a))[0];
  if (group === undefined) return unmeasured(evidence, [STACK, FILE], `cfsbench run --scenarios ${SCENARIO}`);
  const few =
    mountsOf(group) < FEWEST_MOUNTS
      ? `; ${mountsOf(group)} mounts are too few for what one takes of memory: --profile full`
      : '';
  return {
    verdict: 'not testable',
    because: `${verityText(evidence)}; loop device, EROFS and overlayfs without it stand in${few}`,
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
  rule: `No verdict without dm-verity, which no backend here sets up. As a stand-in, of the most mounts that were alive at once: the sum of set-up and tear-down of one mount, and the slab objects in use that one mount adds, in bytes and in number (at least ${FEWEST_MOUNTS} mounts). Where the machine's memory differs as much between two readings without mounts, "below resolution" stands in the place of a number.`,
  objection: 'The cheap part of the stack is measured and the dear one left out.',
  answer: 'Therefore it decides nothing: what is shown bounds the whole stack from below.',
  judge,
};
