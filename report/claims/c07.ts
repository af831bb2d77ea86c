// The memory that an overlay adds to a listed image: slab objects, and the peak of the control group that listed it.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { tooFewText } from '../format.ts';
import type { Claim } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figure, figures } from './figures.ts';
import { groupPerImage } from './groups.ts';
import { ENOUGH_ENTRIES, unmeasuredLarge } from './size.ts';
import { larssonMarch, scrivanoMemory } from './sources.ts';
import {
  allOf,
  type ClaimPart,
  type ImageVerdict,
  ON_LARGE_IMAGES,
  overLargeImages,
  type Tristate,
  within,
} from './verdicts.ts';

const SCENARIO = 'memory';
const [STACKED, ALONE] = ['erofs-overlay', 'erofs-only'] as const;
/** `Doubles to triples`, in the words of the claim; published were 2.9 before lazy lookup and 1.9 with it. */
const LEAST = 2;
const MOST = 3;
const SLAB = 'slabObjectBytes';
const PEAK = 'groupPeakBytes';
const PUBLISHED = '2.9 (T2, memory.peak 130 ÷ 45 MB), 1.9 with lazy lookup (87 ÷ 46 MB)';

const sideText = (ratio: Interval, holds: Tristate): string => {
  if (ratio.kind === 'tooFew') return tooFewText(ratio);
  if (holds === 'yes') return 'doubles to triples';
  if (holds === 'open') return 'the interval reaches over a bound';
  return ratio.hi < LEAST ? 'less' : 'more';
};

interface MemoryPart extends ClaimPart {
  readonly side: string;
}

const partOf = (evidence: Evidence, group: GroupData, metric: string, what: string): MemoryPart => {
  const ratio = evidence.ratio(group, STACKED, ALONE, metric);
  const holds = within(ratio, LEAST, MOST);
  const side = sideText(ratio, holds);
  return {
    holds,
    side,
    because: `${side}: ${what}`,
    figure: figure(
      `memory, ${what}, ${STACKED} ÷ ${ALONE} on ${group.group.image}`,
      'memoryRatio',
      ratio,
      metric === PEAK ? { published: PUBLISHED } : {},
    ),
  };
};

/** Undecided if the two disagree: one inside and one outside, or one below and one above. */
const verdictOn = (evidence: Evidence, group: GroupData): ImageVerdict => {
  const parts = [
    partOf(evidence, group, PEAK, 'peak of the control group'),
    partOf(evidence, group, SLAB, 'slab objects'),
  ];
  const context = [STACKED, ALONE].flatMap((arm) => [
    ...figures(
      `${arm}: slab objects per entry`,
      'slabPerEntryBytes',
      evidence.median(group, arm, 'slabPerEntryBytes'),
    ),
    ...figures(`${arm}: peak of the control group`, PEAK, evidence.median(group, arm, PEAK)),
  ]);
  const verdict = allOf(evidence, group.group.image, parts, context);
  const sides = new Set(parts.map(({ side }) => side));
  return verdict.verdict === 'not supported' && sides.size > 1
    ? {
        ...verdict,
        verdict: 'undecided',
        because: `the two disagree: ${parts.map(({ because }) => because).join('; ')}`,
        decidedBy: null,
      }
    : verdict;
};

export const claim: Claim = {
  id: 'C7',
  text: 'Overlayfs doubles to triples the memory that a listed image takes.',
  by: [
    larssonMarch('memory.peak 130 against 45 MB, and 87 against 46 MB with lazy lookup'),
    scrivanoMemory('memory.peak of the module 16,367,616 bytes, of EROFS with overlayfs 48,390,144'),
  ],
  scenarios: [SCENARIO],
  leastEntries: ENOUGH_ENTRIES,
  rule: `${STACKED} ÷ ${ALONE} of two numbers: the peak of a fresh control group that lists the image, and the bytes of slab objects that mount and walk add, ${ON_LARGE_IMAGES}. Supported: both whole intervals lie in ${LEAST} to ${MOST}. Not supported: both lie below ${LEAST} (less), or both above ${MOST} (more). Undecided: the two disagree, or an interval reaches over a bound. Not testable without a memory controller.`,
  objection:
    'Kernels since 6.5 have lazy lookup, which looks up no objects of the store; with it the published figure is 1.9, which is no doubling.',
  answer:
    'The claim is held to its own words, and the figure with lazy lookup is shown beside. A peak also holds page cache and the memory of ls; slab objects belong to the kernel alone. So both are judged.',
  judge(evidence) {
    const arms = [STACKED, ALONE];
    const groups = groupPerImage(evidence, { scenario: SCENARIO, arms, metric: SLAB });
    if (groups.length === 0) return unmeasuredLarge(evidence, arms, [SCENARIO]);
    const feature = evidence.run.environment.features['memory-group'];
    const hasPeak = groups.some((group) => evidence.values(group, STACKED, PEAK).size > 0);
    if (!hasPeak)
      return {
        verdict: 'not testable',
        because: `peak of a control group: ${feature === undefined || feature.ok ? 'not measured by this run' : feature.detail}`,
        figures: groups.flatMap((group) => verdictOn(evidence, group).figures),
      };
    return overLargeImages(evidence, { groups, arms, scenarios: [SCENARIO] }, verdictOn);
  },
};
