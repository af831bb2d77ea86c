// A row's verdict as a word, the same in terminal, mail, comment and page.
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

interface RowVerdict {
  readonly verdict: Verdict;
  readonly floor: number;
}

export const verdictText = ({ verdict, floor }: RowVerdict): string =>
  verdict === 'belowFloor' ? floorText(floor) : WORDS[verdict];

/** For narrow columns. */
export const markText = ({ verdict, floor }: RowVerdict): string =>
  verdict === 'belowFloor' ? floorText(floor) : SHORT[verdict];
