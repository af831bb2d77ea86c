// A file system of its own against EROFS with overlayfs: once read-only, once below the writable layer that containers have.
import type { Claim } from './claim.ts';
import {
  largestWith,
  MORE_BLOCKS,
  perBlock,
  placementIn,
  ratioOf,
  steadiestWith,
  told,
  unmeasured,
  whereIn,
} from './ratios.ts';

const METRIC = 'walkWallNs';
const OWN = 'composefs-fuse';
const STACKED = 'erofs-overlay';

export const claim: Claim = {
  id: 'C16',
  text: 'A container that writes puts an overlay on either, so what a file system of its own has over EROFS with overlayfs shrinks.',
  by: 'Amir Goldstein asked for it, January 2023; Giuseppe Scrivano, 25 January 2023: 0.71 against 1.81 s read-only, 1.38 against 3.22 s with a writable overlay on top',
  scenarios: ['walk-writable', 'walk-cold'],
  rule: 'Cold walk of composefs-fuse ÷ erofs-overlay, writable (at each one’s best: erofs-overlay stays one overlay) divided by read-only, block by block. Supported: above 1, so composefs-fuse loses by it. Not supported: at most 1. Undecided: the interval holds 1.',
  objection:
    'The published file system of its own was a kernel module, not FUSE; and overlay over overlay was compared.',
  answer:
    'The module was never merged. The answer is about what the writable layer adds to each, not about who is faster; the params stack=over (full profile) show the overlay over an overlay.',
  judge(evidence) {
    const arms = [OWN, STACKED];
    const params = { stack: 'one' };
    const writable = steadiestWith(evidence, { scenario: 'walk-writable', params }, arms, METRIC);
    const readOnly =
      writable === null
        ? null
        : largestWith(
            evidence,
            { scenario: 'walk-cold', image: writable.group.image, params: placementIn(writable) },
            arms,
            METRIC,
          );
    if (writable === null || readOnly === null)
      return unmeasured(
        evidence,
        [...arms, 'walk-writable', 'walk-cold'],
        'cfsbench run --scenarios walk-cold,walk-writable',
      );
    const image = `${writable.group.image}${whereIn(writable)}`;
    const of = (arm: string, from: typeof writable) => evidence.values(from, arm, METRIC);
    const growth = (arm: string) => ratioOf(of(arm, writable), of(arm, readOnly));
    const grown = (arm: string) =>
      new Map(
        [...of(arm, writable)].flatMap(([block, value]) => {
          const before = of(arm, readOnly).get(block);
          return before === undefined ? [] : [[block, value / before] as const];
        }),
      );
    const change = perBlock(grown(OWN), grown(STACKED), (own, stacked) => own / stacked);
    const over = largestWith(
      evidence,
      {
        scenario: 'walk-writable',
        params: { stack: 'over', ...placementIn(writable) },
        image: writable.group.image,
      },
      [STACKED],
      METRIC,
    );
    const numbers = [
      ...told(`writable ÷ read-only, ${OWN} on ${image}`, 'walkRatio', growth(OWN), {
        published: '1.94 (T3, the kernel module)',
      }),
      ...told(`writable ÷ read-only, ${STACKED} in one overlay on ${image}`, 'walkRatio', growth(STACKED)),
      ...(over === null
        ? []
        : told(
            `writable ÷ read-only, ${STACKED} with an overlay over it on ${image}`,
            'walkRatio',
            ratioOf(of(STACKED, over), of(STACKED, readOnly)),
            { published: '1.78 (T3)' },
          )),
      ...told(`${OWN} ÷ ${STACKED}, writable against read-only`, 'walkRatio', change, {
        published: '1.09 (T3)',
      }),
    ];
    if (change.kind === 'interval' && change.lo > 1)
      return {
        verdict: 'supported',
        because: `the writable layer costs ${OWN} more than ${STACKED}, which has its overlay already`,
        told: numbers,
      };
    if (change.kind === 'interval' && change.hi <= 1)
      return {
        verdict: 'not supported',
        because: `the writable layer costs ${OWN} no more than ${STACKED}`,
        told: numbers,
      };
    return {
      verdict: 'undecided',
      because: change.kind === 'tooFew' ? 'too few blocks' : 'which of the two it costs more cannot be told',
      wouldDecide: MORE_BLOCKS,
      told: numbers,
    };
  },
};
