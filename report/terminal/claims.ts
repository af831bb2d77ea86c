// Each claim that the run asked: the verdict with the claim, and below it the number or the reason that decided.
import { askedOf, decidingLine, tallyText } from '../claims/words.ts';
import { asciiText, wrapText } from '../text.ts';
import type { ClaimView } from '../view.ts';

const RED = '\x1b[31m';
const RESET = '\x1b[0m';

export const claimLines = (
  claims: readonly ClaimView[],
  columns: number,
  color = false,
): readonly string[] => {
  const asked = askedOf(claims);
  if (asked.length === 0) return [];
  const hanging = ' '.repeat(Math.max(...asked.map(({ id }) => id.length)) + 1);
  const wrapped = (text: string, indent: string): readonly string[] =>
    wrapText(asciiText(text), columns, { indent, hanging, breakWords: true });
  return [
    ...wrapText(`Claims on trial: ${tallyText(asked)}`, columns),
    ...asked.flatMap((claim) => {
      const { id, verdict, text } = claim;
      const lines = [
        ...wrapped(`${verdict}: ${text}`, id.padEnd(hanging.length)),
        ...wrapped(decidingLine(claim), hanging),
        ...(claim.wouldDecide === null ? [] : wrapped(`would decide: ${claim.wouldDecide}`, hanging)),
      ];
      const isRed = color && verdict === 'failed';
      return lines.map((line) => (isRed ? `${RED}${line}${RESET}` : line));
    }),
    ...(asked.length < claims.length
      ? wrapText(
          `${asked.length} of ${claims.length} claims are part of this run; --profile full asks all.`,
          columns,
        )
      : []),
  ];
};
