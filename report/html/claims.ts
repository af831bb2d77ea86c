// The claims of the debate, each with its verdict and the numbers behind it.
import { ALLOWANCE_TEXT } from '../claims/allowance.ts';
import type { Figure } from '../claims/claim.ts';
import { around, linkOf, placeOf, type Source } from '../claims/source.ts';
import { askedOf, figureText, tallyText } from '../claims/words.ts';
import type { ClaimView, ReportView } from '../view.ts';
import { term } from './glossary.ts';
import { type Html, html } from './html.ts';
import { folded, plainTable } from './parts.ts';

/** Longer tables are folded. */
const MOST_OPEN_NUMBERS = 4;

const numbers = (figures: readonly Figure[], claim: ClaimView): Html => {
  if (figures.length === 0) return html``;
  const table = numbersTable(figures, claim);
  return figures.length <= MOST_OPEN_NUMBERS
    ? table
    : folded(`the ${figures.length} numbers behind the verdict`, table);
};

const numbersTable = (figures: readonly Figure[], { id }: ClaimView): Html =>
  plainTable(
    html`<th scope="col">what</th><th scope="col">measured here</th><th scope="col" class="text">published</th>`,
    figures.map(
      (one) =>
        html`<tr><td>${one.what}${one.standIn === true ? html` <span class="note">(stand-in, not counted)</span>` : null}</td><td>${figureText(one)}</td><td class="text">${one.published ?? '–'}</td></tr>
`,
    ),
    `${id}: the numbers`,
  );

const sourceHtml = (source: Source): Html => {
  const [before, after] = around(source);
  const link = linkOf(source);
  const place = placeOf(source);
  return html`${before}${link === null ? place : html`<a href="${link}">${place}</a>`}${after}`;
};

const byHtml = ({ by }: ClaimView): Html =>
  typeof by === 'string'
    ? html`${by}`
    : html`${by.map((source, index) => html`${index === 0 ? null : '; '}${sourceHtml(source)}`)}`;

const claimHtml = (
  claim: ClaimView,
): Html => html`<article class="claim" data-claim="${claim.id}" data-verdict="${claim.verdict}">
<p><b>${claim.id}</b> <span class="verdict ${claim.verdict.replaceAll(' ', '-')}">${claim.verdict}</span></p>
<p class="says">${claim.text}</p>
<p class="note">${byHtml(claim)}</p>
<p>${claim.because}</p>
${claim.wouldDecide === null ? null : html`<p><b>What would decide it:</b> ${claim.wouldDecide}</p>`}
${numbers(claim.figures, claim)}<details><summary>the rule, an objection, and the answer</summary><dl><dt>rule</dt><dd>${claim.rule}</dd><dt>objection</dt><dd>${claim.objection}</dd><dt>answer</dt><dd>${claim.answer}</dd></dl></details>
</article>
`;

export const claimsSection = (view: ReportView): Html => {
  if (view.claims.length === 0) return html``;
  const asked = askedOf(view.claims);
  const others = view.claims.filter((claim) => !asked.includes(claim));
  return html`<h2 id="claims">Claims on trial</h2>
<p>What the debate said about these file systems, tested by this run. ${asked.length === 0 ? 'This run tests none of the claims.' : `${tallyText(asked)}.`} The ${term('rule')} of each ${term('claim')} computes its verdict from the ${term('journal')} alone. ${ALLOWANCE_TEXT}</p>
${asked.map(claimHtml)}${
  others.length === 0
    ? null
    : html`<details><summary>not tested by this run: ${others.map(({ id }) => id).join(', ')}</summary><dl>${others.map(
        (
          claim,
        ) => html`<dt>${claim.id}</dt><dd>${claim.text} <span class="note">${byHtml(claim)}. ${claim.because}.</span></dd>
`,
      )}</dl></details>
`
}`;
};
