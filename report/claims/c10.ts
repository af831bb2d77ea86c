// Over a direct loop device a manifest is read without readahead. With the manifest read beforehand, is a walk as fast as over a
// buffered one?
import type { GroupData } from '../../results/compare/tally.ts';
import type { Claim, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { xuLazyLookup } from './people.ts';
import { figures, imagesWith, MORE_BLOCKS, placementIn, whereIn } from './ratios.ts';
import { unmeasuredLarge } from './size.ts';
import { type Answer, above, allOf, below, ON_LARGE_IMAGES, overLargeImages, shareOf } from './verdicts.ts';

const METRIC = 'walkWallNs';
const READ_FIRST = 'prefetchedWalkWallNs';
const [DIRECT, LOOP, FILE] = ['erofs-overlay-loop-dio', 'erofs-overlay-loop', 'erofs-overlay'] as const;
/** Milliseconds over the direct and the buffered loop device (T5). */
const PUBLISHED = 686 / 502;
/** Half of the gap that was published: a smaller one is none that could be explained. */
const GAP = shareOf(PUBLISHED, 1 / 2);
/** A quarter of it: with more left something else has a part in it. */
const LEFT = shareOf(PUBLISHED, 1 / 4);
const PERCENT = `${Math.round((GAP - 1) * 100)} %`;

/** On the same image and in the same place as the plain walks. */
const readFirstOf = (evidence: Evidence, cold: GroupData): GroupData | null =>
  evidence
    .groups({ scenario: 'prefetch', image: cold.group.image, params: placementIn(cold) })
    .find((one) => evidence.values(one, DIRECT, READ_FIRST).size > 0) ?? null;

const answerOn =
  (evidence: Evidence) =>
  (cold: GroupData): Answer => {
    const read = readFirstOf(evidence, cold)!;
    const { image } = cold.group;
    const where = `on ${image}${whereIn(cold)}`;
    const plain = evidence.values(cold, LOOP, METRIC);
    const gap = evidence.ratioOf(evidence.values(cold, DIRECT, METRIC), plain);
    const left = evidence.ratioOf(evidence.values(read, DIRECT, READ_FIRST), plain);
    const gapTold = figures(`walk-cold, ${DIRECT} ÷ ${LOOP} ${where}`, 'walkRatio', gap, {
      published: '1.37 (T5, 686 ÷ 502 ms, with overlayfs)',
    });
    const leftTold = figures(
      `${DIRECT} with the manifest read first, the reading included, ÷ ${LOOP} ${where}`,
      'walkRatio',
      left,
      { published: '0.96 (T5, 484 ÷ 502 ms)' },
    );
    const beside = [
      ...gapTold,
      ...figures(
        `walk-cold, ${FILE} ÷ ${LOOP} ${where}`,
        'walkRatio',
        evidence.ratio(cold, FILE, LOOP, METRIC),
      ),
      ...figures(
        `cat of the manifest ${where}, ${DIRECT}, the start of cat taken out`,
        'readNs',
        evidence.median(read, DIRECT, 'prefetchWallNs'),
      ),
      ...figures(`start of cat ${where}`, 'startNs', evidence.median(read, DIRECT, 'catStartWallNs')),
    ];
    // A claim about a gap says nothing where there is none.
    const isGap = above(gap, GAP);
    if (isGap !== 'yes')
      return {
        image,
        verdict: 'undecided',
        because:
          isGap === 'no'
            ? `no walk over the direct loop device is more than ${PERCENT} slower: nothing to explain`
            : `whether the direct loop device is more than ${PERCENT} slower cannot be told`,
        wouldDecide: isGap === 'no' ? 'a disk with more latency, a larger manifest' : MORE_BLOCKS,
        decidedBy: null,
        figures: [...beside, ...leftTold],
      };
    const holds = below(left, LEFT);
    const because = {
      yes: 'with the manifest read first the gap is closed',
      no: 'a gap is left when the manifest was read first',
      open: 'whether a gap is left when the manifest was read first cannot be told',
    }[holds];
    return allOf(image, [{ holds, because, figures: leftTold[0] ?? null }], beside);
  };

const judge = (evidence: Evidence): Judgement => {
  const cold = imagesWith(evidence, { scenario: 'walk-cold' }, [DIRECT, LOOP], METRIC).filter(
    (group) => readFirstOf(evidence, group) !== null,
  );
  return cold.length === 0
    ? unmeasuredLarge(
        evidence,
        [DIRECT, LOOP, 'prefetch'],
        'cfsbench run --profile full --scenarios walk-cold,prefetch',
      )
    : overLargeImages(evidence, cold, answerOn(evidence));
};

export const claim: Claim = {
  id: 'C10',
  text: 'What is slower in a cold listing over a direct loop device is slower only because the manifest is read without readahead.',
  by: [
    xuLazyLookup(
      'with overlayfs: direct loop 686 ms, with the manifest read ahead 484 ms, buffered loop 502 ms; said by Gao Xiang as well',
    ),
  ],
  scenarios: ['prefetch', 'walk-cold'],
  rule: `Cold walks, the buffered loop device as control, block by block, ${ON_LARGE_IMAGES}. The gap is ${DIRECT} ÷ ${LOOP}, and the whole interval must lie above ${GAP}, half of the gap that was published, else undecided. Supported: with the manifest read first, the reading included and the start of cat taken out, the whole interval of the same ratio lies below ${LEFT}, a quarter of that gap. Not supported: at or above it.`,
  objection: 'The reading was only moved out of the window, and cat has to be started.',
  answer:
    'The reading is inside: cat of the manifest and the walk together stand against the plain walk over the buffered loop device. What cat of an empty file takes in the same slot is taken out. The mount from the file itself stands beside.',
  judge,
};
