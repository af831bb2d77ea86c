// Rows that could not be compared, with the reason.
import type { ExactResult, ExactStatus } from '../../../results/gate/exact.ts';
import { groupsBy } from '../../analysis/group-by.ts';
import type { ComparedCount, CompareView } from '../../compare/view.ts';
import { countedText, placeText } from '../../compare/words.ts';
import { plural, shortName } from '../../format.ts';
import { type Html, html } from '../html.ts';

const WHY: Readonly<Partial<Record<ExactStatus, string>>> = {
  vanished: 'Counted in the base, absent from the head.',
  new: 'Counted in the head, absent from the base.',
  demoted:
    'The passes of the base differ, or are too few to show that the count is constant, so there is no exact value to compare with.',
  unjudged:
    'Counts of FUSE requests include stray requests: the minimum of five counting passes is compared, and there were fewer passes.',
  incomparable:
    'Programs, architecture, path or image differ between the sides. Such a row is neither worse nor better.',
};

/** Rows of one place with one reason share a line. */
const lines = (rows: readonly ExactResult[]): readonly Html[] =>
  groupsBy(rows, ({ place, because }) => JSON.stringify([placeText(place), because])).map((same) => {
    const [{ place, counted, because }] = same;
    return html`<li><b>${placeText(place)}</b>: ${
      counted === null ? 'everything' : plural(same.length, 'count')
    }${because.length === 0 ? '' : `: ${because.join('; ')}`}${
      counted === null
        ? null
        : html`<details><summary>which</summary>${same.map((row) => html`<code>${countedText(row)}</code><br>`)}</details>`
    }</li>
`;
  });

const part = (status: ExactStatus, counts: readonly ComparedCount[]): Html => {
  const rows = counts.filter(({ row }) => row.status === status).map(({ row }) => row);
  return rows.length === 0
    ? html``
    : html`<h3>${status}: ${rows.length}</h3><p>${WHY[status] ?? ''}</p>
<ul data-status="${status}">${lines(rows)}</ul>
`;
};

const notJudged = (view: CompareView): Html => {
  const rows = view.times.filter(({ why }) => why !== null);
  return rows.length === 0
    ? html``
    : html`<h3>Times that are not judged: ${rows.length}</h3>
<ul data-status="undecided">${rows.map(
        ({ row, why }) => html`<li><b>${placeText(row.place)}</b>: ${shortName(row.metric)}: ${why}</li>
`,
      )}</ul>`;
};

const onlyOne = (view: CompareView): Html => {
  const base = view.onlyInBase.map(
    (row) => html`<li><b>${placeText(row.place)}</b>: ${shortName(row.metric)}: only in the base</li>`,
  );
  const head =
    view.kind === 'two runs'
      ? view.times
          .filter((time) => time.base === null)
          .map(
            ({ row }) =>
              html`<li><b>${placeText(row.place)}</b>: ${shortName(row.metric)}: only in the head</li>`,
          )
      : [];
  return base.length + head.length === 0
    ? html``
    : html`<h3>Times of one run only: ${base.length + head.length}</h3><ul>${base}${head}</ul>`;
};

export const unlikeSection = (view: CompareView): Html => {
  const parts = [
    part('vanished', view.counts),
    part('incomparable', view.counts),
    part('new', view.counts),
    part('demoted', view.counts),
    part('unjudged', view.counts),
    notJudged(view),
    onlyOne(view),
  ].filter(({ markup }) => markup !== '');
  return parts.length === 0
    ? html``
    : html`<section><h2 id="unlike">Rows that could not be compared</h2>
${parts}</section>
`;
};
