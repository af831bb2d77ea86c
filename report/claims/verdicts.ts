// From intervals to a verdict: what one number says to its bound, what several say together, and what several images say. Pure.
import type { GroupData } from '../../results/compare/tally.ts';
import type { Interval } from '../../results/stats/interval.ts';
import type { Figure, Judgement } from './claim.ts';
import type { Evidence } from './evidence.ts';
import { MORE_BLOCKS } from './ratios.ts';
import { ENOUGH_ENTRIES, entriesOf, isLarge, tooSmall } from './size.ts';

/** Of a whole interval: it lies on the side that is asked for, on the other one, or on both. */
export type Holds = 'yes' | 'no' | 'open';

export const above = (interval: Interval, bound: number): Holds =>
  interval.kind === 'tooFew' ? 'open' : interval.lo > bound ? 'yes' : interval.hi <= bound ? 'no' : 'open';

export const below = (interval: Interval, bound: number): Holds =>
  interval.kind === 'tooFew' ? 'open' : interval.hi < bound ? 'yes' : interval.lo >= bound ? 'no' : 'open';

export const within = (interval: Interval, least: number, most: number): Holds => {
  if (interval.kind === 'tooFew') return 'open';
  if (interval.lo >= least && interval.hi <= most) return 'yes';
  return interval.hi < least || interval.lo > most ? 'no' : 'open';
};

/**
 * A share of an effect that was published, as ratios go: half of it is the bound between an effect and none. With five runs neither
 * an effect of that size nor its absence is mistaken there, while 5 % around no effect cannot be told from it.
 */
export const shareOf = (published: number, share: number): number =>
  Math.round(100 * published ** share) / 100;

/** One of several things that a claim says. */
export interface Part {
  readonly holds: Holds;
  /** Says what was found, whichever it is. */
  readonly because: string;
  /** The number that it stands on; null where there are too few values for one. */
  readonly figures: Figure | null;
}

/** What one image says to a claim. */
export interface Answer {
  readonly image: string;
  readonly verdict: 'supported' | 'not supported' | 'undecided';
  readonly because: string;
  readonly wouldDecide: string;
  /** Null of an open one. */
  readonly decidedBy: Figure | null;
  readonly figures: readonly Figure[];
}

/**
 * All parts must hold, and one that does not refutes the claim, whatever the others say. What decides is the part that refutes;
 * of a claim that holds, the first one.
 */
export const allOf = (
  image: string,
  parts: readonly Part[],
  beside: readonly Figure[] = [],
  wouldDecide = MORE_BLOCKS,
): Answer => {
  const figures = [...parts.flatMap((part) => part.figures ?? []), ...beside];
  const refuted = parts.filter(({ holds }) => holds === 'no');
  const open = parts.filter(({ holds }) => holds === 'open');
  const [verdict, those] =
    refuted.length > 0
      ? (['not supported', refuted] as const)
      : open.length > 0
        ? (['undecided', open] as const)
        : (['supported', parts] as const);
  return {
    image,
    verdict,
    because: those.map(({ because }) => because).join('; '),
    wouldDecide,
    decidedBy: verdict === 'undecided' ? null : (those[0]?.figures ?? null),
    figures,
  };
};

const judgedOf = (
  { verdict, because, wouldDecide, decidedBy }: Answer,
  figures: readonly Figure[],
): Judgement =>
  verdict === 'undecided' || decidedBy === null
    ? { verdict: 'undecided', because, wouldDecide, figures }
    : { verdict, because, decidedBy, figures };

const decidedText = ({ image, verdict, because }: Answer): string => `${image}: ${verdict} (${because})`;

/**
 * The first image decides, which is the largest: unless another one says the contrary, for then nothing is decided and both are
 * named. What another leaves open contradicts nobody.
 */
export const overImages = (answers: readonly Answer[]): Judgement => {
  const [first] = answers;
  if (first === undefined) throw new Error('no image, no answer');
  const figures = answers.flatMap((answer) => answer.figures);
  const contrary = answers.find(({ verdict }) => verdict !== 'undecided' && verdict !== first.verdict);
  if (contrary === undefined) return judgedOf(first, figures);
  return {
    verdict: 'undecided',
    because:
      first.verdict === 'undecided'
        ? `${first.image}: ${first.because}; the smaller ${decidedText(contrary)}`
        : `images disagree: ${decidedText(first)}; ${decidedText(contrary)}`,
    wouldDecide:
      first.verdict === 'undecided' ? first.wouldDecide : 'an image between the two, or why they differ',
    figures,
  };
};

/** The same of images of which something can be said at all; `groups`: one for each image, the largest first. */
export const overLargeImages = (
  evidence: Evidence,
  groups: readonly GroupData[],
  answerOn: (group: GroupData) => Answer,
): Judgement => {
  const large = groups.filter((group) => isLarge(evidence, group));
  const [first] = groups;
  return large.length > 0 || first === undefined
    ? overImages(large.map(answerOn))
    : tooSmall(entriesOf(evidence, first.group.image), answerOn(first).figures);
};

/** For rule texts. */
export const ON_LARGE_IMAGES = `on every image of at least ${ENOUGH_ENTRIES.toLocaleString('en')} entries that has all of it, on one CPU where the run has it there; the largest one decides, unless another one says the contrary`;
