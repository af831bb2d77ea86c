// The kernel module was never merged, so the claim cannot be tested; walks of today's nearest designs are shown as stand-ins.
import { type Claim, type Figure, NEVER_MERGED } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { figures, publishedText, STAND_IN } from './figures.ts';
import { groupPerImage, imageText } from './groups.ts';
import { ENOUGH_ENTRIES } from './size.ts';
import { larssonJanuary, larssonMarch } from './sources.ts';

const METRIC = 'walkWallNs';
const STACKED = 'erofs-overlay';
const PUBLISHED = `${publishedText('T2', 1827, 700, ', before lazy lookup')}, ${publishedText('T2', 1063, 715, ', with lazy lookup')}`;

const standIns = (evidence: Evidence, base: string, published?: string): readonly Figure[] =>
  groupPerImage(evidence, { scenario: 'walk-cold', arms: [STACKED, base], metric: METRIC }).flatMap((group) =>
    figures(
      `walk-cold, ${STACKED} ÷ ${base} on ${imageText(group)}`,
      'walkRatio',
      evidence.ratio(group, STACKED, base, METRIC),
      { ...STAND_IN, ...(published === undefined ? {} : { published }) },
    ),
  );

export const claim: Claim = {
  id: 'C5',
  text: 'A cold listing of everything is 2.6 times as fast on the composefs kernel module as on sparse EROFS with overlayfs.',
  by: [
    larssonJanuary('681 ms; the row of sparse EROFS with overlayfs is of 1 February, 1788 ms'),
    larssonMarch('with lazy lookup 1063 ms, against 719 ms of the module on that machine'),
  ],
  scenarios: ['walk-cold'],
  leastEntries: ENOUGH_ENTRIES,
  rule: 'Not testable: the module was never merged. Shown as stand-ins, on every image: the cold walk of erofs-overlay ÷ erofs-only (metadata alone) and ÷ composefs-fuse.',
  objection: 'EROFS alone is not the module and has no contents; FUSE is not a kernel module either.',
  answer: 'Therefore they decide nothing. They show what a cold walk of other designs takes on this kernel.',
  judge: (evidence) => ({
    verdict: 'not testable',
    because: NEVER_MERGED,
    figures: [...standIns(evidence, 'erofs-only', PUBLISHED), ...standIns(evidence, 'composefs-fuse')],
  }),
};
