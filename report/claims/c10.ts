// A mount that reads its manifest without readahead, with the manifest read beforehand: does it catch up with one that has it?
import type { Claim } from './claim.ts';
import {
  largestWith,
  MORE_BLOCKS,
  placementIn,
  ratioOf,
  steadiestWith,
  told,
  unmeasured,
  whereIn,
} from './ratios.ts';

const DIRECT = 'erofs-overlay-loop-dio';
const FILE = 'erofs-overlay';
const SAME = 1.05;

export const claim: Claim = {
  id: 'C10',
  text: 'What is slower in a cold listing is slower only because the manifest is read without readahead.',
  by: 'Gao Xiang and Jingbo Xu, 6 February 2023: through a direct loop device 486 ms, with the manifest read ahead 292 ms, buffered 300 ms',
  scenarios: ['prefetch', 'walk-cold'],
  rule: 'Cold walk of erofs-overlay-loop-dio (no readahead of the file) against erofs-overlay (with it). Supported: it is slower, and with the manifest read first, the reading included, it is at most 5 % slower. Not supported: it is still slower by more than 5 %. Undecided: no gap to begin with.',
  objection: 'The reading was only moved out of the window.',
  answer:
    'The reading is inside: cat of the manifest and the walk together are compared with the plain cold walk.',
  judge(evidence) {
    const cold = steadiestWith(evidence, { scenario: 'walk-cold' }, [DIRECT, FILE], 'walkWallNs');
    const read =
      cold === null
        ? null
        : largestWith(
            evidence,
            { scenario: 'prefetch', image: cold.group.image, params: placementIn(cold) },
            [DIRECT],
            'prefetchedWalkWallNs',
          );
    if (cold === null || read === null)
      return unmeasured(evidence, [DIRECT, 'prefetch'], 'cfsbench run --scenarios walk-cold,prefetch');
    const { image } = cold.group;
    const file = evidence.values(cold, FILE, 'walkWallNs');
    const before = ratioOf(evidence.values(cold, DIRECT, 'walkWallNs'), file);
    const after = ratioOf(evidence.values(read, DIRECT, 'prefetchedWalkWallNs'), file);
    const numbers = [
      ...told(`walk-cold, ${DIRECT} ÷ ${FILE} on ${image}${whereIn(cold)}`, 'walkRatio', before, {
        published: '1.37 (T5, 686 ÷ 502 ms, with overlayfs)',
      }),
      ...told(`the same, manifest read first and the reading included`, 'walkRatio', after, {
        published: '0.96 (T5, 484 ÷ 502 ms)',
      }),
    ];
    const undecided = (because: string, wouldDecide: string) =>
      ({ verdict: 'undecided', because, wouldDecide, told: numbers }) as const;
    if (before.kind === 'tooFew' || after.kind === 'tooFew') return undecided('too few blocks', MORE_BLOCKS);
    if (before.hi < SAME)
      return undecided(
        'nothing is slower here that readahead could explain',
        'a disk with more latency, a larger manifest',
      );
    if (before.lo <= 1) return undecided('whether there is a gap cannot be told', MORE_BLOCKS);
    if (after.hi <= SAME)
      return {
        verdict: 'supported',
        because: 'with the manifest read first nothing of the gap is left',
        told: numbers,
      };
    if (after.lo > SAME)
      return {
        verdict: 'not supported',
        because: 'a gap is left when the manifest was read first',
        told: numbers,
      };
    return undecided('whether a gap is left cannot be told', MORE_BLOCKS);
  },
};
