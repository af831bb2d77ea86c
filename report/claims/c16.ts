// Read-only and below the writable layer that containers have: the module was never merged, so nothing is judged of it. What the
// layer adds to the file systems of today is shown.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Claim, Figure } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { scrivanoMemory } from './people.ts';
import { figures, imagesWith, placementIn, whereIn } from './ratios.ts';
import { isLarge } from './size.ts';

const METRIC = 'walkWallNs';
const ARMS = ['composefs-fuse', 'erofs-overlay'] as const;
/** 3.22 ÷ 1.81 s; the module's own, 1.38 ÷ 0.71 s, has nothing here beside it. */
const PUBLISHED_OVER = '1.78 (T3)';

/** In the place where the writable walk was: on the same image and the same CPU. */
const readOnlyOf = (evidence: Evidence, writable: GroupData, arm: string): GroupData | null =>
  evidence
    .groups({ scenario: 'walk-cold', image: writable.group.image, params: placementIn(writable) })
    .find((one) => evidence.values(one, arm, METRIC).size > 0) ?? null;

const grown = (evidence: Evidence, stack: 'one' | 'over'): readonly Figure[] =>
  ARMS.flatMap((arm) =>
    imagesWith(evidence, { scenario: 'walk-writable', params: { stack } }, [arm], METRIC).flatMap((group) => {
      const readOnly = readOnlyOf(evidence, group, arm);
      if (readOnly === null) return [];
      const size = isLarge(evidence, group) ? '' : ', a small image';
      const isPublished = stack === 'over' && arm === 'erofs-overlay';
      return figures(
        `cold walk writable ÷ read-only, ${arm}${stack === 'over' ? ' with an overlay over it' : ''} on ${group.group.image}${whereIn(group)}${size}`,
        'walkRatio',
        evidence.ratioOf(evidence.values(group, arm, METRIC), evidence.values(readOnly, arm, METRIC)),
        { standIn: true, ...(isPublished ? { published: PUBLISHED_OVER } : {}) },
      );
    }),
  );

export const claim: Claim = {
  id: 'C16',
  text: 'A container that writes puts an overlay on either, so what the composefs kernel module has over EROFS with overlayfs shrinks.',
  by: [
    scrivanoMemory(
      'asked by Amir Goldstein; 0.71 against 1.81 s read-only, 1.38 against 3.22 s with a writable overlay on top',
    ),
  ],
  scenarios: ['walk-writable', 'walk-cold'],
  rule: 'Never answered: the module was never merged, and FUSE says nothing of it. Beside it stands, for composefs-fuse and erofs-overlay on every image, the cold walk through the writable layer ÷ the read-only one, block by block.',
  objection:
    'An overlay over an overlay was compared with an overlay over a file system; today both can be one overlay.',
  answer:
    'stack=one gives each what is best for it, stack=over puts an overlay over the mount as was done then. Either is shown, neither is judged.',
  judge: (evidence) => ({
    verdict: 'not testable',
    because: 'the composefs kernel module was never merged',
    figures: [...grown(evidence, 'one'), ...grown(evidence, 'over')],
  }),
};
