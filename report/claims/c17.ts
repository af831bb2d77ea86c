// The same warm walk with what EROFS can leave out: looking for access control lists, and searching for absent attributes.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Claim } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figures, imagesWith, whereIn } from './ratios.ts';
import { unmeasuredLarge } from './size.ts';
import { type Answer, above, allOf, ON_LARGE_IMAGES, overLargeImages, shareOf } from './verdicts.ts';

const METRIC = 'walkWallNs';
const [NEITHER, FILTER, BOTH] = ['erofs-overlay-no-filter', 'erofs-overlay', 'erofs-overlay-noacl'] as const;
/** Milliseconds without either, and with both (T7). */
const PUBLISHED = 264 / 206;
/** Half of the effect that was published. */
const SAVES = shareOf(PUBLISHED, 1 / 2);
const PERCENT = `${Math.round((SAVES - 1) * 100)} %`;
const WORDS = {
  yes: `together they save more than ${PERCENT} of a warm walk`,
  no: `together they save no more than ${PERCENT} of a warm walk`,
  open: `whether they save ${PERCENT} of a warm walk cannot be told`,
};

const answerOn =
  (evidence: Evidence) =>
  (group: GroupData): Answer => {
    const place = `walk-warm on ${group.group.image}${whereIn(group)}`;
    const ratio = (arm: string, base: string) => evidence.ratio(group, arm, base, METRIC);
    const both = ratio(NEITHER, BOTH);
    const holds = above(both, SAVES);
    return allOf(
      group.group.image,
      [
        {
          holds,
          because: both.kind === 'tooFew' ? 'too few blocks' : WORDS[holds],
          figures:
            figures(`${place}, neither ÷ both`, 'walkRatio', both, {
              published: '1.28 (T7, 264 ÷ 206 ms)',
            })[0] ?? null,
        },
      ],
      [
        ...figures(`${place}, without ÷ with the filter`, 'walkRatio', ratio(NEITHER, FILTER), {
          published: '1.04 (T7, 264 ÷ 254 ms)',
        }),
        ...figures(`${place}, with ÷ without ACLs`, 'walkRatio', ratio(FILTER, BOTH), {
          published: '1.23 (T7, 254 ÷ 206 ms)',
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
  scenarios: ['walk-warm'],
  rule: `Warm walk without filter and with ACLs ÷ with filter and without ACLs, block by block, ${ON_LARGE_IMAGES}. Supported: the whole interval lies above ${SAVES}. Not supported: at or below it.`,
  objection:
    'Images with access control lists need them; and a manifest with filters is not the one from then.',
  answer:
    'Such images are skipped on erofs-overlay-noacl. Both manifests are the same bytes but for the bit that announces the filters.',
  judge(evidence) {
    const arms = [NEITHER, FILTER, BOTH];
    const groups = imagesWith(evidence, { scenario: 'walk-warm' }, arms, METRIC);
    return groups.length === 0
      ? unmeasuredLarge(evidence, arms, 'cfsbench run --profile full --scenarios walk-warm')
      : overLargeImages(evidence, groups, answerOn(evidence));
  },
};
