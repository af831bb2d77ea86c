// The module was never merged, so there is no answer; what stands near it today is shown as a stand-in, with no word of verdict.
import type { Claim, Figure } from './claim.ts';
import { larssonJanuary, larssonMarch } from './people.ts';
import { figures, imagesWith, whereIn } from './ratios.ts';

const METRIC = 'walkWallNs';
const STACKED = 'erofs-overlay';

export const claim: Claim = {
  id: 'C5',
  text: 'Listing everything cold is 2.6 times as fast on the composefs kernel module as on sparse EROFS with overlayfs.',
  by: [
    larssonJanuary('681 ms; the row of sparse EROFS with overlayfs is of 1 February, 1788 ms'),
    larssonMarch('with lazy lookup 1063 ms, against 719 ms of the module on that machine'),
  ],
  scenarios: ['walk-cold'],
  rule: 'Never answered: the module was never merged. Beside it stands, as a stand-in on every image, the cold walk of erofs-overlay ÷ erofs-only (the metadata alone) and ÷ composefs-fuse.',
  objection: 'EROFS alone is not the module, and it has no contents; FUSE is not a kernel module either.',
  answer: 'That is why they decide nothing. They say what a cold walk of other designs takes on this kernel.',
  judge(evidence) {
    const standIn = (base: string, published?: string): readonly Figure[] =>
      imagesWith(evidence, { scenario: 'walk-cold' }, [STACKED, base], METRIC).flatMap((group) =>
        figures(
          `walk-cold, ${STACKED} ÷ ${base} on ${group.group.image}${whereIn(group)}`,
          'walkRatio',
          evidence.ratio(group, STACKED, base, METRIC),
          { standIn: true, ...(published === undefined ? {} : { published }) },
        ),
      );
    return {
      verdict: 'not testable',
      because: 'the composefs kernel module was never merged',
      figures: [
        ...standIn('erofs-only', '2.6 (T2, 1827 ÷ 700 ms, before lazy lookup; 1.5 with it, 1063 ÷ 715 ms)'),
        ...standIn('composefs-fuse'),
      ],
    };
  },
};
