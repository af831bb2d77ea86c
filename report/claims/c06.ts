// What an overlay costs on top of the same metadata, warm.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import type { Claim } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { orderOf } from './order.ts';
import { larssonMarch, xuLazyLookup, xuTensorflow } from './people.ts';
import { eachBlock, figures, imagesWith, whereIn } from './ratios.ts';
import { entriesOf, unmeasuredLarge } from './size.ts';
import { type Answer, above, allOf, ON_LARGE_IMAGES, overLargeImages, shareOf } from './verdicts.ts';

const METRIC = 'walkWallNs';
const [STACKED, ALONE] = ['erofs-overlay', 'erofs-only'] as const;
/** Those of table T2 that can exist on a kernel of today. */
const ROWS = ['plain-directory', ALONE, STACKED];
const PUBLISHED: readonly (readonly [ratio: number, where: string])[] = [
  [515 / 401, 'T2, ext4'],
  [530 / 391, 'T2, xfs'],
  [238 / 172, 'T4'],
  [286 / 188, 'T5'],
];
/** Half of the least effect that was published. */
const COSTS = shareOf(Math.min(...PUBLISHED.map(([ratio]) => ratio)), 1 / 2);
const PERCENT = `${Math.round((COSTS - 1) * 100)} %`;
const publishedText = PUBLISHED.map(([ratio, where]) => `${ratio.toFixed(2)} (${where})`).join(', ');

const inside = (ratio: Interval): string => {
  if (ratio.kind === 'tooFew') return '';
  const found = PUBLISHED.filter(([published]) => published >= ratio.lo && published <= ratio.hi);
  return found.length === 0
    ? `; none of the published ratios lies inside: ${publishedText}`
    : `; of the published ratios ${found.map(([one, where]) => `${one.toFixed(2)} (${where})`).join(' and ')} lie${found.length === 1 ? 's' : ''} inside`;
};

const orderText = (evidence: Evidence, group: GroupData): string => {
  const order = orderOf(evidence, group, ROWS, METRIC);
  return order === null
    ? ''
    : `; T2’s rows warm, fastest first${order.decided ? '' : ' (~: undecided)'}: ${order.text}`;
};

const answerOn =
  (evidence: Evidence) =>
  (group: GroupData): Answer => {
    const { image } = group.group;
    const place = `on ${image}${whereIn(group)}`;
    const ratio = evidence.ratio(group, STACKED, ALONE, METRIC);
    const holds = above(ratio, COSTS);
    const found =
      ratio.kind === 'tooFew'
        ? 'too few blocks'
        : holds === 'yes'
          ? 'the overlay costs time'
          : holds === 'no'
            ? `the overlay costs less than ${PERCENT}, half of the least that was published`
            : `whether the overlay costs ${PERCENT}, half of the least that was published, cannot be told`;
    const perEntry = eachBlock(
      evidence.values(group, STACKED, METRIC),
      evidence.values(group, ALONE, METRIC),
      (stacked, alone) => (stacked - alone) / entriesOf(evidence, image),
    );
    const what = `walk-warm, ${STACKED} ÷ ${ALONE} ${place}`;
    const steps = (orderOf(evidence, group, ROWS, METRIC)?.figures ?? []).filter((one) => one.what !== what);
    return allOf(
      image,
      [
        {
          holds,
          because: `${found}${inside(ratio)}${orderText(evidence, group)}`,
          figures: figures(what, 'walkRatio', ratio, { published: publishedText })[0] ?? null,
        },
      ],
      [
        ...figures(
          `walk-warm, ${STACKED} − ${ALONE} ${place}, for each entry`,
          'stackingPerEntryNs',
          evidence.interval(perEntry),
        ),
        ...steps,
      ],
    );
  };

export const claim: Claim = {
  id: 'C6',
  text: 'Stacking overlayfs on EROFS costs a warm listing time: 1.27 to 1.52 times as much as EROFS alone.',
  by: [
    larssonMarch('530 against 391 ms, 515 against 401'),
    xuTensorflow('238 against 172 ms'),
    xuLazyLookup('286 against 188 ms'),
  ],
  scenarios: ['walk-warm'],
  rule: `Warm walk of ${STACKED} ÷ ${ALONE}, block by block, ${ON_LARGE_IMAGES}. Supported: the whole interval lies above ${COSTS}, half of the least effect that was published. Not supported: at or below it. Which published ratios lie inside the interval is a second sentence.`,
  objection:
    'EROFS alone shows the 256 whiteouts that hide the store, so it lists more; and the machine is not theirs.',
  answer:
    'The manifest of erofs-only is written without them, and both mounts are proved to show the same names and attributes. Ratios are compared, never milliseconds.',
  judge(evidence) {
    const arms = [STACKED, ALONE];
    const groups = imagesWith(evidence, { scenario: 'walk-warm' }, arms, METRIC);
    return groups.length === 0
      ? unmeasuredLarge(evidence, arms, 'cfsbench run --profile full --scenarios walk-warm')
      : overLargeImages(evidence, groups, answerOn(evidence));
  },
};
