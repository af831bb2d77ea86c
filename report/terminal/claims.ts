// One line per claim: verdict, claim and the number that decided it.
import { askedOf, decidingText, tallyText } from '../claims/words.ts';
import { asciiText, truncate, wrapText } from '../text.ts';
import type { ClaimView } from '../view.ts';

const VERDICT_WIDTH = 'not supported'.length;
/** The claim's own words get at least this many columns. */
const LEAST_CLAIM_COLUMNS = 24;

const claimLine = (claim: ClaimView, idWidth: number, columns: number): string => {
  const head = `${claim.id.padEnd(idWidth)} ${claim.verdict.padEnd(VERDICT_WIDTH)} `;
  const room = Math.max(0, columns - head.length);
  const reason = truncate(
    asciiText(decidingText(claim) ?? claim.because),
    Math.max(0, room - LEAST_CLAIM_COLUMNS - 2),
  );
  const words = truncate(asciiText(claim.text), Math.max(0, room - reason.length - 2));
  return `${head}${words.padEnd(Math.max(0, room - reason.length))}${reason}`.slice(0, columns).trimEnd();
};

const RED = '\x1b[31m';
const RESET = '\x1b[0m';

export const claimLines = (
  claims: readonly ClaimView[],
  columns: number,
  color = false,
): readonly string[] => {
  const asked = askedOf(claims);
  if (asked.length === 0) return [];
  const idWidth = Math.max(...asked.map(({ id }) => id.length));
  return [
    ...wrapText(`Claims on trial: ${tallyText(asked)}`, columns),
    ...asked.map((claim) => {
      const line = claimLine(claim, idWidth, columns);
      return color && claim.verdict === 'failed' ? `${RED}${line}${RESET}` : line;
    }),
  ];
};
