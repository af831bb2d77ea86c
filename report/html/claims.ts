// The claims of the debate, each with its verdict and the numbers behind it.
import { ALLOWANCE_TEXT } from '../claims/allowance.ts';
import type { Figure } from '../claims/claim.ts';
import { around, linkOf, placeOf, type Source } from '../claims/source.ts';
import { askedOf, decidingText, figureText, tallyText } from '../claims/words.ts';
import { plural } from '../format.ts';
import type { ClaimView, ReportView } from '../view.ts';
import { term } from './glossary.ts';
import { type Html, html } from './html.ts';
import { definitions, plainTable } from './parts.ts';
import { slug } from './slug.ts';

const numbersTable = (figures: readonly Figure[], { id }: ClaimView): Html =>
  figures.length === 0
    ? html``
    : plainTable(
        html`<th scope="col">what</th><th scope="col">measured here</th><th scope="col" class="text">published</th>`,
        figures.map(
          (one) =>
            html`<tr><th scope="row">${one.what}${one.standIn === true ? html` <span class="note">(shown, decides nothing)</span>` : null}</th><td>${figureText(one)}</td><td class="text">${one.published ?? '–'}</td></tr>
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

const resultHtml = (claim: ClaimView): Html => {
  const number = decidingText(claim);
  const deciding = claim.figures.find(({ standIn }) => standIn !== true);
  return number === null || deciding === undefined
    ? html`<span class="why">${claim.because}</span>`
    : html`<b class="number">${number}</b> <span class="why">${deciding.what}</span>`;
};

const claimHtml = (claim: ClaimView): Html =>
  html`<details class="claim" id="${slug('claim', claim.id)}" data-claim="${claim.id}" data-verdict="${claim.verdict}"><summary><b>${claim.id}</b> <span class="verdict ${claim.verdict.replaceAll(' ', '-')}">${claim.verdict}</span> <span class="says">${claim.text}</span> <span class="result">${resultHtml(claim)}</span></summary>
<div class="behind"><p class="found">${claim.because}</p>
${definitions([
  ['said by', byHtml(claim)],
  ...(claim.wouldDecide === null ? [] : [['would decide it', claim.wouldDecide] as const]),
  ['rule', claim.rule],
  ['objection', claim.objection],
  ['answer', claim.answer],
])}${numbersTable(claim.figures, claim)}</div></details>
`;

const FULL = 'cfsbench run --profile full';

/** Counted in one line, with the needs of each below it. */
const unaskedHtml = (claims: readonly ClaimView[]): Html =>
  claims.length === 0
    ? html``
    : html`<details class="unasked"><summary>${plural(claims.length, 'more claim')} ${claims.length === 1 ? 'is' : 'are'} not part of this run; <code>${FULL}</code> asks all of them.</summary><dl>${claims.map(
        (claim) =>
          html`<dt id="${slug('claim', claim.id)}" data-claim="${claim.id}" data-verdict="${claim.verdict}">${claim.id}</dt><dd>${claim.text} <span class="note">${byHtml(claim)}. ${claim.because}.</span></dd>
`,
      )}</dl></details>
`;

export const claimsSection = (view: ReportView): Html => {
  if (view.claims.length === 0) return html``;
  const asked = askedOf(view.claims);
  const others = view.claims.filter((claim) => !asked.includes(claim));
  const table = html`<div class="claims"><p class="claim-heads" aria-hidden="true"><span></span><span>verdict</span><span>what was said</span><span>the number that decided</span></p>
${asked.map(claimHtml)}</div>`;
  return html`<h2 id="claims">Claims on trial</h2>
<p>What the debate said about these file systems, tested by this run. ${asked.length === 0 ? 'This run tests none of the claims.' : `${tallyText(asked)}.`} The ${term('rule')} of each ${term('claim')} computes its verdict from the ${term('journal')} alone. ${ALLOWANCE_TEXT}</p>
${asked.length === 0 ? null : table}${unaskedHtml(others)}`;
};
