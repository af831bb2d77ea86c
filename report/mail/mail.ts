// A run as a mail to a mailing list, at most 75 columns wide: by default a summary, on request everything, or some
// claims in full.
import type { ReportView } from '../view.ts';
import { claimsInFull } from './claims.ts';
import { mailable } from './lines.ts';
import { longMail } from './long.ts';
import { shortMail } from './short.ts';

export interface MailOptions {
  /** Every row, count and claim. */
  readonly long?: boolean;
  /** Ids of claims: only these, with rule, objection and numbers. */
  readonly claims?: readonly string[];
}

const linesFor = (view: ReportView, { long = false, claims = [] }: MailOptions): readonly string[] => {
  if (claims.length > 0) return claimsInFull(view, claims);
  return long ? longMail(view) : shortMail(view);
};

/** Ends in a newline. The same view gives the same bytes. */
export const mailOf = (view: ReportView, options: MailOptions = {}): string =>
  `${mailable(linesFor(view, options)).join('\n').trimEnd()}\n`;
