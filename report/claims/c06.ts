// The cost of an overlay on top of the same metadata, warm.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { formatPercent, tooFewText } from '../format.ts';
import type { Claim } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figure, figures } from './figures.ts';
import { eachBlock, groupPerImage, imageText } from './groups.ts';
import { type Order, orderOf } from './order.ts';
import { ENOUGH_ENTRIES, entriesOf, unmeasuredLarge } from './size.ts';
import { larssonMarch, xuLazyLookup, xuTensorflow } from './sources.ts';
import {
  above,
  allOf,
  type ImageVerdict,
  ON_LARGE_IMAGES,
  overLargeImages,
  shareOf,
  type Tristate,
} from './verdicts.ts';
import { openEffect } from './words.ts';

const SCENARIO = 'walk-warm';
const METRIC = 'walkWallNs';
const [STACKED, ALONE] = ['erofs-overlay', 'erofs-only'] as const;
/** Rows of table T2 that exist on today's kernels. */
const ROWS = ['plain-directory', ALONE, STACKED];
const PUBLISHED: readonly (readonly [ratio: number, where: string])[] = [
  [515 / 401, 'T2, ext4'],
  [530 / 391, 'T2, xfs'],
  [238 / 172, 'T4'],
  [286 / 188, 'T5'],
];
/** Half of the smallest published effect. */
const COSTS = shareOf(Math.min(...PUBLISHED.map(([ratio]) => ratio)), 1 / 2);
const COSTS_TEXT = `${formatPercent(COSTS - 1)}, half of the smallest published effect`;

const ratiosText = (ratios: typeof PUBLISHED, joined: string): string =>
  ratios.map(([ratio, where]) => `${ratio.toFixed(2)} (${where})`).join(joined);
const publishedText = ratiosText(PUBLISHED, ', ');

const insideText = (ratio: Interval): string => {
  if (ratio.kind === 'tooFew') return '';
  const found = PUBLISHED.filter(([published]) => published >= ratio.lo && published <= ratio.hi);
  return found.length === 0
    ? `; none of the published ratios lies inside: ${publishedText}`
    : `; of the published ratios ${ratiosText(found, ' and ')} lie${found.length === 1 ? 's' : ''} inside`;
};

const orderText = (order: Order | null): string =>
  order === null
    ? ''
    : `; rows of T2 warm, fastest first${order.decided ? '' : ' (~: undecided)'}: ${order.text}`;

const costText = (ratio: Interval, holds: Tristate): string =>
  ratio.kind === 'tooFew'
    ? tooFewText(ratio)
    : {
        yes: 'the overlay costs time',
        no: `the overlay costs less than ${COSTS_TEXT}`,
        open: `${openEffect(ratio)}; the bound is ${COSTS_TEXT}`,
      }[holds];

const verdictOn = (evidence: Evidence, group: GroupData): ImageVerdict => {
  const { image } = group.group;
  const ratio = evidence.ratio(group, STACKED, ALONE, METRIC);
  const holds = above(ratio, COSTS);
  const order = orderOf(evidence, group, ROWS, METRIC);
  const perEntry = eachBlock(
    evidence.values(group, STACKED, METRIC),
    evidence.values(group, ALONE, METRIC),
    (stacked, alone) => (stacked - alone) / entriesOf(evidence, image),
  );
  const what = `walk-warm, ${STACKED} ÷ ${ALONE} on ${imageText(group)}`;
  return allOf(
    evidence,
    image,
    [
      {
        holds,
        because: `${costText(ratio, holds)}${insideText(ratio)}${orderText(order)}`,
        figure: figure(what, 'walkRatio', ratio, { published: publishedText }),
      },
    ],
    [
      ...figures(
        `walk-warm, ${STACKED} − ${ALONE} on ${imageText(group)}, per entry`,
        'stackingPerEntryNs',
        evidence.interval(perEntry),
      ),
      ...(order?.figures ?? []).filter((one) => one.what !== what),
    ],
  );
};

export const claim: Claim = {
  id: 'C6',
  text: 'Stacking overlayfs on EROFS costs time in a warm listing: 1.28 to 1.52 times as much as EROFS alone.',
  by: [
    larssonMarch('530 against 391 ms, 515 against 401'),
    xuTensorflow('238 against 172 ms'),
    xuLazyLookup('286 against 188 ms'),
  ],
  scenarios: [SCENARIO],
  leastEntries: ENOUGH_ENTRIES,
  rule: `Warm walk of ${STACKED} ÷ ${ALONE}, block by block, ${ON_LARGE_IMAGES}. Supported: the whole interval lies above ${COSTS}, half of the smallest published effect. Not supported: at or below it. The verdict also says which published ratios lie inside the interval.`,
  objection:
    'EROFS alone shows the 256 whiteouts that hide the store, so it lists more; and the published ratios are of other machines.',
  answer:
    'The manifest of erofs-only is written without whiteouts, and both mounts are proved to show the same names and attributes. Ratios are compared, never milliseconds.',
  judge(evidence) {
    const arms = [STACKED, ALONE];
    const groups = groupPerImage(evidence, { scenario: SCENARIO, arms, metric: METRIC });
    return groups.length === 0
      ? unmeasuredLarge(evidence, arms, [SCENARIO])
      : overLargeImages(evidence, { groups, arms, scenarios: [SCENARIO] }, verdictOn);
  },
};
