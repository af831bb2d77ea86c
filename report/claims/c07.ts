// What an overlay adds to the memory that a listed image takes: objects of the kernel, and the peak of the group that listed it.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Claim } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { larssonMarch, scrivanoMemory } from './people.ts';
import { figures, imagesWith } from './ratios.ts';
import { unmeasuredLarge } from './size.ts';
import { type Answer, allOf, ON_LARGE_IMAGES, overLargeImages, type Part, within } from './verdicts.ts';

const [STACKED, ALONE] = ['erofs-overlay', 'erofs-only'] as const;
/** `Doubles to triples`, in the claim's own words; what was published is 2.9 before lazy lookup and 1.9 with it. */
const LEAST = 2;
const MOST = 3;
const SLAB = 'slabObjectBytes';
const PEAK = 'groupPeakBytes';
const PUBLISHED = '2.9 (T2, memory.peak 130 ÷ 45 MB), 1.9 with lazy lookup (87 ÷ 46 MB)';

const part = (evidence: Evidence, group: GroupData, metric: string, what: string): Part => {
  const ratio = evidence.ratio(group, STACKED, ALONE, metric);
  const holds = within(ratio, LEAST, MOST);
  const side =
    ratio.kind === 'tooFew'
      ? 'too few blocks'
      : holds === 'yes'
        ? 'doubles to triples'
        : holds === 'open'
          ? 'the interval reaches over a bound'
          : ratio.hi < LEAST
            ? 'less'
            : 'more';
  return {
    holds,
    because: `${side}: ${what}`,
    figures:
      figures(
        `memory, ${what}, ${STACKED} ÷ ${ALONE} on ${group.group.image}`,
        'memoryRatio',
        ratio,
        metric === PEAK ? { published: PUBLISHED } : {},
      )[0] ?? null,
  };
};

/** Both must say the same: one alone inside, or either on another side, decides nothing. */
const answerOn =
  (evidence: Evidence) =>
  (group: GroupData): Answer => {
    const parts = [
      part(evidence, group, PEAK, 'peak of the control group'),
      part(evidence, group, SLAB, 'slab objects'),
    ];
    const beside = [STACKED, ALONE].flatMap((arm) => [
      ...figures(
        `${arm}: slab objects per entry`,
        'slabPerEntryBytes',
        evidence.median(group, arm, 'slabPerEntryBytes'),
      ),
      ...figures(`${arm}: peak of the control group`, PEAK, evidence.median(group, arm, PEAK)),
    ]);
    const answer = allOf(group.group.image, parts, beside);
    const sides = new Set(parts.map(({ because }) => because.split(':')[0]));
    return answer.verdict === 'not supported' && sides.size > 1
      ? {
          ...answer,
          verdict: 'undecided',
          because: `the two disagree: ${parts.map(({ because }) => because).join('; ')}`,
          decidedBy: null,
        }
      : answer;
  };

export const claim: Claim = {
  id: 'C7',
  text: 'Overlayfs doubles to triples the memory that a listed image takes.',
  by: [
    larssonMarch('memory.peak 130 against 45 MB, and 87 against 46 MB with lazy lookup'),
    scrivanoMemory('memory.peak of the module 16,367,616 bytes, of EROFS with overlayfs 48,390,144'),
  ],
  scenarios: ['memory'],
  rule: `erofs-overlay ÷ erofs-only, of the peak of a fresh control group that lists the image and of the bytes of slab objects that mount and walk add, ${ON_LARGE_IMAGES}. Supported: both whole intervals lie in ${LEAST} to ${MOST}. Not supported: less, where both lie below ${LEAST}; more, where both lie above ${MOST}. Where the two say different things, undecided.`,
  objection:
    'Kernels since 6.5 have lazy lookup, so objects of the store are not looked up; with it the published figure is 1.9, which is no doubling.',
  answer:
    'The claim is held to its own words, and the figure with lazy lookup stands beside. A peak holds page cache and the memory of ls as well; slab objects are the kernel’s alone. So both are asked.',
  judge(evidence) {
    const arms = [STACKED, ALONE];
    const groups = imagesWith(evidence, { scenario: 'memory' }, arms, SLAB);
    if (groups.length === 0)
      return unmeasuredLarge(evidence, [...arms, 'memory'], 'cfsbench run --profile full --scenarios memory');
    const { features } = evidence.run.environment;
    const group = features['memory-group'];
    const hasPeak = groups.some((one) => evidence.values(one, STACKED, PEAK).size > 0);
    if (!hasPeak)
      return {
        verdict: 'not testable',
        because: `peak of a control group: ${group === undefined || group.ok ? 'not measured by this run' : group.detail}`,
        figures: groups.flatMap((one) => answerOn(evidence)(one).figures),
      };
    return overLargeImages(evidence, groups, answerOn(evidence));
  },
};
