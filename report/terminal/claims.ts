// Two lines per claim: the verdict with the claim, and below it the number or the reason that decided.
import { askedOf, decidingText, tallyText } from '../claims/words.ts';
import { asciiText, truncate, wrapText } from '../text.ts';
import type { ClaimView } from '../view.ts';

const VERDICT_WIDTH = 'not supported'.length;
const RED = '\x1b[31m';
const RESET = '\x1b[0m';

const reasonOf = (claim: ClaimView): string => {
  const number = decidingText(claim);
  const deciding = claim.figures.find(({ standIn }) => standIn !== true);
  return number === null || deciding === undefined ? claim.because : `${number}: ${deciding.what}`;
};

export const claimLines = (
  claims: readonly ClaimView[],
  columns: number,
  color = false,
): readonly string[] => {
  const asked = askedOf(claims);
  if (asked.length === 0) return [];
  const idWidth = Math.max(...asked.map(({ id }) => id.length));
  const indent = ' '.repeat(idWidth + VERDICT_WIDTH + 2);
  const fitted = (line: string): string => truncate(asciiText(line), columns);
  return [
    ...wrapText(`Claims on trial: ${tallyText(asked)}`, columns),
    ...asked.flatMap((claim) => {
      const { id, verdict, text } = claim;
      const lines = [
        `${id.padEnd(idWidth)} ${verdict.padEnd(VERDICT_WIDTH)} ${text}`,
        indent + reasonOf(claim),
      ];
      const isRed = color && verdict === 'failed';
      return lines.map(fitted).map((line) => (isRed ? `${RED}${line}${RESET}` : line));
    }),
  ];
};
