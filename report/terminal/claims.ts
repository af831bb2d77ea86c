// One line for each claim: its verdict, what it says, and the number that the verdict stands on.
import { askedOf, tallyText, toldText } from '../claims/words.ts';
import type { ClaimView } from '../view.ts';
import { ascii } from '../visible.ts';
import { wrapped } from './columns.ts';

const VERDICT_WIDTH = 'not supported'.length;
const FEWEST_WORDS = 24;

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3)).trimEnd()}...`;

/** The number of a decided claim; of another one why there is none. */
const tail = ({ verdict, told, because }: ClaimView): string => {
  const first = told.find(({ standIn }) => standIn !== true);
  const decided = verdict === 'supported' || verdict === 'not supported';
  return decided && first !== undefined ? toldText(first) : because;
};

const line = (claim: ClaimView, idWidth: number, columns: number): string => {
  const head = `${claim.id.padEnd(idWidth)} ${claim.verdict.padEnd(VERDICT_WIDTH)} `;
  const room = columns - head.length;
  const plain = (text: string): string => ascii(text.replaceAll('µ', 'u'));
  const why = cut(plain(tail(claim)), Math.max(0, room - FEWEST_WORDS - 2));
  const says = cut(plain(claim.text), Math.max(0, room - why.length - 2));
  return `${head}${says.padEnd(Math.max(0, room - why.length))}${why}`.slice(0, columns).trimEnd();
};

export const claimLines = (claims: readonly ClaimView[], columns: number): readonly string[] => {
  const asked = askedOf(claims);
  if (asked.length === 0) return [];
  const idWidth = Math.max(...asked.map(({ id }) => id.length));
  return [
    ...wrapped(`Claims on trial: ${tallyText(asked)}`, columns),
    ...asked.map((claim) => line(claim, idWidth, columns)),
  ];
};
