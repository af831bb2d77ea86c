// The claims of the debate, each with what this run measured and the verdict that its rule gives.
import { ALLOWANCE_TEXT } from '../claims/allowance.ts';
import type { Figure } from '../claims/claim.ts';
import { around, linkOf, placeOf, type Source } from '../claims/source.ts';
import { askedOf, figureText, tallyText } from '../claims/words.ts';
import type { ClaimView, ReportView } from '../view.ts';
import { type Html, html } from './html.ts';
import { folded, plainTable } from './parts.ts';

/** More are folded, so that the page stays a list of claims. */
const MOST_OPEN = 4;

const numbers = (figures: readonly Figure[], claim: ClaimView): Html => {
  if (figures.length === 0) return html``;
  const table = numbersTable(figures, claim);
  return figures.length <= MOST_OPEN ? table : folded(`the ${figures.length} numbers it stands on`, table);
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
${numbers(claim.figures, claim)}<details><summary>the rule, and what a critic would say</summary><dl><dt>rule</dt><dd>${claim.rule}</dd><dt>objection</dt><dd>${claim.objection}</dd><dt>answer</dt><dd>${claim.answer}</dd></dl></details>
</article>
`;

export const claimsSection = (view: ReportView): Html => {
  if (view.claims.length === 0) return html``;
  const asked = askedOf(view.claims);
  const others = view.claims.filter((claim) => !asked.includes(claim));
  return html`<h2 id="claims">Claims on trial</h2>
<p>What was said about these file systems, and what this run says to it. ${asked.length === 0 ? 'None was asked in this run.' : `${tallyText(asked)}.`} Each verdict is computed from the journal by the rule that stands with it. ${ALLOWANCE_TEXT}</p>
${asked.map(claimHtml)}${
  others.length === 0
    ? null
    : html`<details><summary>not asked in this run: ${others.map(({ id }) => id).join(', ')}</summary><dl>${others.map(
        (
          claim,
        ) => html`<dt>${claim.id}</dt><dd>${claim.text} <span class="note">${byHtml(claim)}. ${claim.because}.</span></dd>
`,
      )}</dl></details>
`
}`;
};
