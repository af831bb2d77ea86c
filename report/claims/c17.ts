// The same warm walk without what EROFS can skip: access control lists, and the search for absent attributes.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { formatPercent, tooFewText } from '../format.ts';
import type { Claim } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figure, figures, publishedText } from './figures.ts';
import { groupPerImage, imageText } from './groups.ts';
import { ENOUGH_ENTRIES, unmeasuredLarge } from './size.ts';
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
const [NEITHER, FILTER, BOTH] = ['erofs-overlay-no-filter', 'erofs-overlay', 'erofs-overlay-noacl'] as const;
/** Warm milliseconds without either, with the filter, and with both (T7). */
const [NEITHER_MS, FILTER_MS, BOTH_MS] = [264, 254, 206] as const;
const PUBLISHED = NEITHER_MS / BOTH_MS;
/** Half of the published effect. */
const SAVES = shareOf(PUBLISHED, 1 / 2);
const PERCENT = formatPercent(SAVES - 1);
const WORDS: Readonly<Record<Tristate, (ratio: Interval) => string>> = {
  yes: () => `without both a warm walk takes more than ${PERCENT} longer`,
  no: () => `without both a warm walk takes no more than ${PERCENT} longer`,
  open: (ratio) => `${openEffect(ratio)}; the bound is ${PERCENT}`,
};

const verdictOn = (evidence: Evidence, group: GroupData): ImageVerdict => {
  const where = `walk-warm on ${imageText(group)}`;
  const ratio = (arm: string, base: string) => evidence.ratio(group, arm, base, METRIC);
  const both = ratio(NEITHER, BOTH);
  const holds = above(both, SAVES);
  return allOf(
    evidence,
    group.group.image,
    [
      {
        holds,
        because: both.kind === 'tooFew' ? tooFewText(both) : WORDS[holds](both),
        figure: figure(`${where}, neither ÷ both`, 'walkRatio', both, {
          published: publishedText('T7', NEITHER_MS, BOTH_MS),
        }),
      },
    ],
    [
      ...figures(`${where}, without ÷ with the filter`, 'walkRatio', ratio(NEITHER, FILTER), {
        published: publishedText('T7', NEITHER_MS, FILTER_MS),
      }),
      ...figures(`${where}, with ÷ without ACLs`, 'walkRatio', ratio(FILTER, BOTH), {
        published: publishedText('T7', FILTER_MS, BOTH_MS),
      }),
    ],
  );
};

export const claim: Claim = {
  id: 'C17',
  text: 'The filter of extended attributes and the mount option noacl explain the warm gap.',
  by: [
    {
      who: 'Gao Xiang',
      when: '2023-07',
      where: { kind: 'list', list: 'figures of the attribute filter' },
      excerpt: true,
      said: '264 ms warm without either, 254 with the filter, 206 with both',
    },
  ],
  scenarios: [SCENARIO],
  leastEntries: ENOUGH_ENTRIES,
  rule: `Warm walk without filter and with ACLs ÷ with filter and without ACLs, block by block, ${ON_LARGE_IMAGES}. Supported: the whole interval lies above ${SAVES}. Not supported: at or below it.`,
  objection:
    'Images with access control lists need them; and a manifest with filters differs from the manifests of 2023.',
  answer:
    'Such images are skipped on erofs-overlay-noacl. Both manifests have the same bytes except for the bit that announces the filters.',
  judge(evidence) {
    const arms = [NEITHER, FILTER, BOTH];
    const groups = groupPerImage(evidence, { scenario: SCENARIO, arms, metric: METRIC });
    return groups.length === 0
      ? unmeasuredLarge(evidence, arms, [SCENARIO])
      : overLargeImages(evidence, { groups, arms, scenarios: [SCENARIO] }, verdictOn);
  },
};
