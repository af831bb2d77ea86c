// Claims in a mail: in three or four lines, or complete, because a reply to a mail can quote only the mail.
import { ALLOWANCE_TEXT } from '../claims/allowance.ts';
import { type Source, shortText } from '../claims/source.ts';
import { byText, decidingText, figureText } from '../claims/words.ts';
import type { ClaimView, ReportView } from '../view.ts';
import { mailLines } from './lines.ts';
import { machineLines } from './machine.ts';
import { repeatLines, section } from './parts.ts';

const ID_COLUMNS = 4;
const INDENT = ' '.repeat(ID_COLUMNS);

const headLines = ({ id, verdict, text }: ClaimView): readonly string[] =>
  mailLines(`${verdict.toUpperCase()}: ${text}`, id.padEnd(ID_COLUMNS), INDENT);

const sourcesShort = (by: readonly Source[] | string): string =>
  typeof by === 'string' ? by : `${shortText(by[0]!)}${by.length === 1 ? '' : `, and ${by.length - 1} more`}`;

export const claimShort = (claim: ClaimView): readonly string[] => {
  const number = decidingText(claim);
  const decider = claim.figures.find(({ standIn }) => standIn !== true);
  return [
    ...headLines(claim),
    ...mailLines(
      number === null || decider === undefined ? claim.because : `${decider.what}: ${number}`,
      INDENT,
    ),
    ...mailLines(`said by ${sourcesShort(claim.by)}`, INDENT),
  ];
};

export const claimInFull = (claim: ClaimView): readonly string[] => {
  const { by, rule, objection, answer, figures, because, wouldDecide } = claim;
  const indent = ' '.repeat(ID_COLUMNS + 2);
  const numbers = figures.map(
    (one) => `${one.what}: ${figureText(one)}${one.standIn === true ? ' (shown, decides nothing)' : ''}`,
  );
  return [
    ...headLines(claim),
    ...mailLines(`said by ${byText(by)}`, indent),
    ...mailLines(`rule: ${rule}`, indent),
    ...mailLines(`objection: ${objection}`, indent),
    ...mailLines(`answer: ${answer}`, indent),
    ...mailLines(because, indent),
    ...(wouldDecide === null ? [] : mailLines(`would decide: ${wouldDecide}`, indent)),
    ...numbers.flatMap((line) => mailLines(line, indent, `${indent}  `)),
  ];
};

/** The ids are checked before. */
export const claimsInFull = (view: ReportView, ids: readonly string[]): readonly string[] => [
  ...view.claims.filter(({ id }) => ids.includes(id)).flatMap((claim) => [...claimInFull(claim), '']),
  ...mailLines(ALLOWANCE_TEXT),
  '',
  ...section('Machine', machineLines(view)),
  ...section('Command', repeatLines(view)),
];
