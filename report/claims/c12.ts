// The cost per mount of a loop device, dm-verity, EROFS and overlayfs, against EROFS from a file and overlayfs.
import type { GroupData } from '../../results/compare/tally.ts';
import { emulationText } from '../../results/emulated.ts';
import type { Claim, Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figure, figures, STAND_IN } from './figures.ts';
import { moreValues, unmeasured } from './missing.ts';
import { above, type ClaimPart, type Tristate } from './verdicts.ts';

const SCENARIO = 'live-mounts';
const STACK = 'erofs-overlay-dmverity';
const WITHOUT_VERITY = 'erofs-overlay-loop';
const FILE = 'erofs-overlay';
const SUM = 'mountAndUnmountPerMountWallNs';
/** The memory of a mount is a difference of two readings of the whole machine, so it takes many mounts. */
const FEWEST_MOUNTS = 300;
/** Half as much again: less than that would be no argument in the debate. */
const DEARER = 1.5;
const MEMORY: Readonly<Record<string, string>> = {
  slabObjectPerMountBytes: 'bytes of slab objects in use',
  slabObjectPerMountCount: 'slab objects in use',
};
const COMMAND = `cfsbench run --scenarios ${SCENARIO} --profile full`;

const mountsOf = ({ group }: GroupData): number => Number(group.params['mounts']);

/** The metric of blocks in which memory is smaller than the difference of two readings without mounts. */
const resolutionOf = (metric: string): string => metric.replace('PerMount', 'PerMountResolution');

/** The resolution replaces a number that is smaller than the difference of two readings without mounts. */
const memoryFigures = (
  evidence: Evidence,
  group: GroupData,
  arm: string,
  details: Partial<Figure>,
): readonly Figure[] =>
  Object.entries(MEMORY).flatMap(([metric, what]) => {
    const subject = `${arm}: ${what} for one of ${mountsOf(group)} mounts`;
    const resolution = resolutionOf(metric);
    const blind = evidence.values(group, arm, resolution);
    return blind.size === 0
      ? figures(subject, metric, evidence.median(group, arm, metric), details)
      : figures(
          `${subject}: below resolution; two readings without mounts differ by this much`,
          resolution,
          evidence.interval(blind),
          details,
        );
  });

const figuresOf = (
  evidence: Evidence,
  group: GroupData,
  stack: string,
  details: Partial<Figure>,
): readonly Figure[] => [
  ...[stack, FILE].flatMap((arm) =>
    figures(
      `${arm}: set-up and tear-down of one of ${mountsOf(group)} mounts`,
      SUM,
      evidence.median(group, arm, SUM),
      details,
    ),
  ),
  ...figures(
    `set-up and tear-down, ${stack} ÷ ${FILE}`,
    'mountRatio',
    evidence.ratio(group, stack, FILE, SUM),
    details,
  ),
  ...[stack, FILE].flatMap((arm) => memoryFigures(evidence, group, arm, details)),
];

/** The largest number of mounts of which both have the metric. */
const largest = (evidence: Evidence, arms: readonly string[], metric: string): GroupData | undefined =>
  evidence
    .groups({ scenario: SCENARIO })
    .filter((group) => arms.every((arm) => evidence.values(group, arm, metric).size > 0))
    .sort((a, b) => mountsOf(b) - mountsOf(a))[0];

const WORDS: Readonly<Record<Tristate, string>> = {
  yes: `at least ${DEARER} times as much`,
  no: `less than ${DEARER} times as much`,
  open: `undecided whether at least ${DEARER} times as much`,
};

/** Without the blocks that are below resolution, the ratio would be that of the dearest mounts. */
const isBlind = (evidence: Evidence, group: GroupData, metric: string): boolean =>
  [STACK, FILE].some((arm) => evidence.values(group, arm, resolutionOf(metric)).size > 0);

const partOf = (evidence: Evidence, group: GroupData, what: string, metric: string): ClaimPart => {
  if (isBlind(evidence, group, metric))
    return { holds: 'open', because: `${what}: below resolution in some blocks`, figure: null };
  const ratio = evidence.ratio(group, STACK, FILE, metric);
  const holds = above(ratio, DEARER);
  return {
    holds,
    because: `${what}: ${WORDS[holds]}`,
    figure: figure(`${what}, ${STACK} ÷ ${FILE}, ${mountsOf(group)} mounts`, 'mountRatio', ratio),
  };
};

/** Both, or neither: one of them alone neither supports nor refutes the claim. */
const decide = (evidence: Evidence, parts: readonly ClaimPart[], context: readonly Figure[]): Judgement => {
  const because = parts.map((part) => part.because).join('; ');
  const found = [...parts.flatMap((part) => part.figure ?? []), ...context];
  for (const [holds, verdict] of [['yes', 'supported'] as const, ['no', 'not supported'] as const])
    if (parts.every((part) => part.holds === holds))
      return {
        verdict,
        because,
        ...(parts[0]!.figure === null ? {} : { decidedBy: parts[0]!.figure }),
        figures: found,
      };
  const isOpen = parts.some((part) => part.holds === 'open');
  return {
    verdict: 'undecided',
    because,
    wouldDecide: isOpen
      ? moreValues(evidence)
      : 'more blocks of this plan cannot decide it: time and memory disagree, and the figures show both',
    figures: found,
  };
};

const COUNT = 'slabObjectPerMountCount';
const BYTES = 'slabObjectPerMountBytes';

/** With dm-verity: by times and memory where times are measured; on emulated CPUs memory alone is shown. */
const judgeStack = (evidence: Evidence): Judgement | null => {
  const timed = largest(evidence, [STACK, FILE], SUM);
  const kept = largest(evidence, [STACK, FILE], COUNT) ?? timed ?? largest(evidence, [STACK], COUNT);
  if (kept === undefined) return null;
  const context = figuresOf(evidence, kept, STACK, {});
  if (timed === undefined)
    return {
      verdict: 'not testable',
      because: `${emulationText(evidence.run) ?? 'no times'}; memory of one mount is shown`,
      figures: context,
    };
  if (mountsOf(kept) < FEWEST_MOUNTS)
    return {
      verdict: 'undecided',
      because: `${mountsOf(kept)} mounts are too few to measure the memory of one`,
      wouldDecide: COMMAND,
      figures: context,
    };
  return decide(
    evidence,
    [
      partOf(evidence, timed, 'set-up and tear-down of a mount', SUM),
      partOf(evidence, kept, 'slab objects of a mount', COUNT),
      partOf(evidence, kept, 'bytes of slab objects of a mount', BYTES),
    ],
    context,
  );
};

const verityText = (evidence: Evidence): string => {
  const feature = evidence.run.environment.features['dm-verity'];
  if (feature === undefined) return 'dm-verity was not looked for';
  if (!feature.ok) return `no dm-verity: ${feature.detail}`;
  const reason = evidence.whyMissing(STACK);
  return reason === null ? `${STACK} was not measured` : `${STACK}: ${reason}`;
};

/** Without dm-verity: three of the four layers, as a lower bound. */
const judgeStandIn = (evidence: Evidence): Judgement => {
  const group = largest(evidence, [WITHOUT_VERITY, FILE], SUM);
  if (group === undefined)
    return unmeasured(evidence, [WITHOUT_VERITY, FILE, SCENARIO], `cfsbench run --scenarios ${SCENARIO}`);
  const few =
    mountsOf(group) < FEWEST_MOUNTS
      ? `; ${mountsOf(group)} mounts are too few to measure the memory of one: --profile full`
      : '';
  return {
    verdict: 'not testable',
    because: `${verityText(evidence)}; loop device, EROFS and overlayfs are shown as a stand-in${few}`,
    figures: figuresOf(evidence, group, WITHOUT_VERITY, STAND_IN),
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
  rule: `For the largest number of mounts alive at once (at least ${FEWEST_MOUNTS}): the sum of set-up and tear-down of one mount, and the slab objects in use that one mount adds, in number and in bytes; the whole stack (${STACK}) against EROFS from a file below overlayfs (${FILE}). Supported: each of the three ratios has its whole interval above ${DEARER}. Not supported: each lies at or below it as a whole. Undecided: anything else, fewer mounts, and memory that is below resolution in any block. Not testable without dm-verity, where loop device, EROFS and overlayfs are shown as a stand-in, and on emulated CPUs, where memory is shown. "below resolution" replaces a number where two readings without mounts differ by as much.`,
  objection:
    'veritysetup is a program that starts twice for each mount; a runtime would make three ioctls. And one image can serve many mounts by one device.',
  answer:
    'The calls of the program are in the ledger, and memory does not depend on it. Each mount here is an image of its own, as containers of different images are; bind mounts of one image cost the same with every backend.',
  judge: (evidence) => judgeStack(evidence) ?? judgeStandIn(evidence),
};
