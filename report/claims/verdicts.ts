// From intervals to a verdict: one interval against its bound, several parts of a claim, several images. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { grouped } from '../format.ts';
import type { Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { moreValues } from './missing.ts';
import { ENOUGH_ENTRIES, entriesOf, isLarge, type LargeQuestion, tooSmall } from './size.ts';

/** `yes` and `no`: the whole interval lies on one side of the bound, or all passes agree. */
export type Tristate = 'yes' | 'no' | 'open';

export const above = (interval: Interval, bound: number): Tristate =>
  interval.kind === 'tooFew' ? 'open' : interval.lo > bound ? 'yes' : interval.hi <= bound ? 'no' : 'open';

export const below = (interval: Interval, bound: number): Tristate =>
  interval.kind === 'tooFew' ? 'open' : interval.hi < bound ? 'yes' : interval.lo >= bound ? 'no' : 'open';

export const within = (interval: Interval, least: number, most: number): Tristate => {
  if (interval.kind === 'tooFew') return 'open';
  if (interval.lo >= least && interval.hi <= most) return 'yes';
  return interval.hi < least || interval.lo > most ? 'no' : 'open';
};

/**
 * A share of a published ratio, on the logarithmic scale. Half of it is the bound between an effect and none: five runs mistake neither
 * the published effect nor its absence there, while a bound of 5 % cannot be told from no effect.
 */
export const shareOf = (published: number, share: number): number =>
  Math.round(100 * published ** share) / 100;

/** One of the statements that make up a claim. */
export interface ClaimPart {
  readonly holds: Tristate;
  /** The result in words, for each value of `holds`. */
  readonly because: string;
  /** The number that decides the part; null: too few values. */
  readonly figure: Figure | null;
}

/** A planned arm without a value: nothing can be said of each arm. */
export const failedPart = (arm: string): ClaimPart => ({
  holds: 'open',
  because: `no value of ${arm}: its slots failed`,
  figure: null,
});

export interface ImageVerdict {
  readonly image: string;
  readonly verdict: 'supported' | 'not supported' | 'undecided';
  readonly because: string;
  readonly wouldDecide: string;
  /** Null if undecided. */
  readonly decidedBy: Figure | null;
  readonly figures: readonly Figure[];
}

/** Parts that give the verdict, of which the first decides. */
const decidingParts = (parts: readonly ClaimPart[]): [ImageVerdict['verdict'], readonly ClaimPart[]] => {
  const refuted = parts.filter(({ holds }) => holds === 'no');
  if (refuted.length > 0) return ['not supported', refuted];
  const open = parts.filter(({ holds }) => holds === 'open');
  return open.length > 0 ? ['undecided', open] : ['supported', parts];
};

/** A claim holds if all its parts hold; one part that does not hold refutes it. */
export const allOf = (
  evidence: Pick<Evidence, 'isPool'>,
  image: string,
  parts: readonly ClaimPart[],
  context: readonly Figure[] = [],
  wouldDecide = moreValues(evidence),
): ImageVerdict => {
  const [verdict, deciding] = decidingParts(parts);
  return {
    image,
    verdict,
    because: [...new Set(deciding.map(({ because }) => because))].join('; '),
    wouldDecide,
    decidedBy: verdict === 'undecided' ? null : (deciding[0]?.figure ?? null),
    figures: [...parts.flatMap(({ figure }) => figure ?? []), ...context],
  };
};

const judgementOf = (
  { verdict, because, wouldDecide, decidedBy }: ImageVerdict,
  figures: readonly Figure[],
): Judgement =>
  verdict === 'undecided' || decidedBy === null
    ? { verdict: 'undecided', because, wouldDecide, figures }
    : { verdict, because, decidedBy, figures };

const imageVerdictText = ({ image, verdict, because }: ImageVerdict): string =>
  `${image}: ${verdict} (${because})`;

/** The first image, the largest, decides; undecided if another image contradicts it. An undecided image contradicts none. */
export const overImages = (verdicts: readonly ImageVerdict[]): Judgement => {
  const [first] = verdicts;
  if (first === undefined) throw new Error('a verdict over images needs an image');
  const figures = verdicts.flatMap((one) => one.figures);
  const contrary = verdicts.find(({ verdict }) => verdict !== 'undecided' && verdict !== first.verdict);
  if (contrary === undefined) return judgementOf(first, figures);
  return {
    verdict: 'undecided',
    ...(first.verdict === 'undecided'
      ? {
          because: `${first.image}: ${first.because}; the smaller ${imageVerdictText(contrary)}`,
          wouldDecide: first.wouldDecide,
        }
      : {
          because: `images disagree: ${imageVerdictText(first)}; ${imageVerdictText(contrary)}`,
          wouldDecide: 'an image of a size between the two, or the reason why they differ',
        }),
    figures,
  };
};

/** Only large images decide. `groups`: one per image, the largest first. */
export const overLargeImages = (
  evidence: Evidence,
  { groups, arms, scenarios }: LargeQuestion & { readonly groups: readonly GroupData[] },
  verdictOn: (evidence: Evidence, group: GroupData) => ImageVerdict,
): Judgement => {
  const large = groups.filter((group) => isLarge(evidence, group));
  const [first] = groups;
  return large.length > 0 || first === undefined
    ? overImages(large.map((group) => verdictOn(evidence, group)))
    : tooSmall(
        evidence,
        { count: entriesOf(evidence, first.group.image), arms, scenarios },
        verdictOn(evidence, first).figures,
      );
};

/** For rule texts. */
export const ON_LARGE_IMAGES = `on every image of at least ${grouped(ENOUGH_ENTRIES)} entries that has all arms, on one CPU where the run measured it there; the largest image decides, unless another one contradicts it`;
