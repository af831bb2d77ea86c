// A verdict in a word, the same in a terminal, a mail, a comment and a page.
import type { Verdict } from '../results/compare/verdict.ts';
import { floorText } from './format.ts';

const WORDS: Readonly<Record<Exclude<Verdict, 'belowFloor'>, string>> = {
  faster: 'faster',
  slower: 'slower',
  same: 'same',
  undecided: 'undecided',
  tooFew: 'too few',
};

const SHORT: Readonly<Record<Exclude<Verdict, 'belowFloor'>, string>> = {
  faster: 'fast',
  slower: 'slow',
  same: 'same',
  undecided: '~',
  tooFew: 'few',
};

interface Judged {
  readonly verdict: Verdict;
  readonly floor: number;
}

export const verdictText = ({ verdict, floor }: Judged): string =>
  verdict === 'belowFloor' ? floorText(floor) : WORDS[verdict];

/** Where columns are dear. */
export const markText = ({ verdict, floor }: Judged): string =>
  verdict === 'belowFloor' ? floorText(floor) : SHORT[verdict];
