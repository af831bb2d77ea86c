// Claims on trial in whole sentences: what is claimed, what this run says, and the number or the reason.
import { askedOf, tallyText, toldText } from '../claims/words.ts';
import type { ClaimView } from '../view.ts';
import { bullet, type Lines, paragraph } from './words.ts';

/** The page has them all. */
const SHOWN = 4;

const numbers = ({ told }: ClaimView): string => {
  const own = told.filter(({ standIn }) => standIn !== true);
  const shown = own.slice(0, SHOWN).map((one) => `${one.what} ${toldText(one)}`);
  return [...shown, ...(own.length > SHOWN ? [`and ${own.length - SHOWN} more numbers`] : [])].join('; ');
};

const line = (claim: ClaimView): string => {
  const said = claim.verdict === 'undecided' || claim.verdict === 'not testable' ? '' : numbers(claim);
  const tail = [claim.because, said].filter((part) => part !== '').join(': ');
  return `${claim.id} ${claim.verdict}: "${claim.text}" ${tail}`;
};

export const claims = (all: readonly ClaimView[]): Lines => {
  const asked = askedOf(all);
  return asked.length === 0
    ? []
    : [...paragraph(`${tallyText(asked)}.`), '', ...asked.flatMap((claim) => bullet(line(claim)))];
};
