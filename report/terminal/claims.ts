// One line for each claim: its verdict, what it says, and the number that the verdict stands on.
import { askedOf, decidingText, tallyText } from '../claims/words.ts';
import type { ClaimView } from '../view.ts';
import { ascii } from '../visible.ts';
import { wrapped } from './columns.ts';

const VERDICT_WIDTH = 'not supported'.length;
const FEWEST_WORDS = 24;

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3)).trimEnd()}...`;

const line = (claim: ClaimView, idWidth: number, columns: number): string => {
  const head = `${claim.id.padEnd(idWidth)} ${claim.verdict.padEnd(VERDICT_WIDTH)} `;
  const room = columns - head.length;
  const plain = (text: string): string => ascii(text.replaceAll('µ', 'u'));
  const why = cut(plain(decidingText(claim) ?? claim.because), Math.max(0, room - FEWEST_WORDS - 2));
  const says = cut(plain(claim.text), Math.max(0, room - why.length - 2));
  return `${head}${says.padEnd(Math.max(0, room - why.length))}${why}`.slice(0, columns).trimEnd();
};

const RED = '\x1b[31m';
const PLAIN = '\x1b[0m';

export const claimLines = (
  claims: readonly ClaimView[],
  columns: number,
  color = false,
): readonly string[] => {
  const asked = askedOf(claims);
  if (asked.length === 0) return [];
  const idWidth = Math.max(...asked.map(({ id }) => id.length));
  return [
    ...wrapped(`Claims on trial: ${tallyText(asked)}`, columns),
    ...asked.map((claim) => {
      const text = line(claim, idWidth, columns);
      return color && claim.verdict === 'failed' ? `${RED}${text}${PLAIN}` : text;
    }),
  ];
};
