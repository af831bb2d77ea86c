// The kernel module was never merged, so the claim cannot be tested; what a writable layer adds to today's file systems is shown.
import type { GroupData } from '../../results/compare/tally.ts';
import { type Claim, type Figure, NEVER_MERGED } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figures, STAND_IN } from './figures.ts';
import { groupPerImage, imageText, placementOf } from './groups.ts';
import { ENOUGH_ENTRIES, isLarge } from './size.ts';
import { scrivanoMemory } from './sources.ts';

const METRIC = 'walkWallNs';
const ARMS = ['composefs-fuse', 'erofs-overlay'] as const;
/** 3.22 ÷ 1.81 s; no backend here corresponds to the module's 1.38 ÷ 0.71 s. */
const PUBLISHED_OVER = '1.78 (T3)';

/** On the same image and placement as the writable walk. */
const readOnlyGroup = (evidence: Evidence, writable: GroupData, arm: string): GroupData | null =>
  evidence
    .groups({ scenario: 'walk-cold', image: writable.group.image, params: placementOf(writable) })
    .find((one) => evidence.values(one, arm, METRIC).size > 0) ?? null;

const writableFigures = (evidence: Evidence, stack: 'one' | 'over', arm: string): readonly Figure[] =>
  groupPerImage(evidence, {
    scenario: 'walk-writable',
    params: { stack },
    arms: [arm],
    metric: METRIC,
  }).flatMap((group) => {
    const readOnly = readOnlyGroup(evidence, group, arm);
    if (readOnly === null) return [];
    const size = isLarge(evidence, group) ? '' : ', a small image';
    const isPublished = stack === 'over' && arm === 'erofs-overlay';
    return figures(
      `cold walk writable ÷ read-only, ${arm}${stack === 'over' ? ' with an overlay on top' : ''} on ${imageText(group)}${size}`,
      'walkRatio',
      evidence.ratioOf(evidence.values(group, arm, METRIC), evidence.values(readOnly, arm, METRIC)),
      { ...STAND_IN, ...(isPublished ? { published: PUBLISHED_OVER } : {}) },
    );
  });

export const claim: Claim = {
  id: 'C16',
  text: 'A writable container puts an overlay on either, so the advantage of the composefs kernel module over EROFS with overlayfs shrinks.',
  by: [
    scrivanoMemory(
      'asked by Amir Goldstein; 0.71 against 1.81 s read-only, 1.38 against 3.22 s with a writable overlay on top',
    ),
  ],
  scenarios: ['walk-writable', 'walk-cold'],
  leastEntries: ENOUGH_ENTRIES,
  rule: 'Not testable: the module was never merged, and FUSE says nothing about it. Shown as stand-ins, for composefs-fuse and erofs-overlay on every image: the cold walk through the writable layer ÷ the read-only one, block by block.',
  objection:
    'An overlay over an overlay was compared with an overlay over a file system; today both can be one overlay.',
  answer:
    'stack=one gives each backend its best stack, stack=over puts an overlay over the mount as in the mail. Both are shown, neither is judged.',
  judge: (evidence) => ({
    verdict: 'not testable',
    because: NEVER_MERGED,
    figures: (['one', 'over'] as const).flatMap((stack) =>
      ARMS.flatMap((arm) => writableFigures(evidence, stack, arm)),
    ),
  }),
};
