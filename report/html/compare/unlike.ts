// What cannot be held against each other, each with the reason.
import type { ExactResult, ExactStatus } from '../../../results/gate/exact.ts';
import type { ComparedCount, CompareView } from '../../compare/view.ts';
import { countedText, placeText, plural } from '../../compare/words.ts';
import { shortName } from '../../format.ts';
import { type Html, html } from '../html.ts';

const WHY: Readonly<Partial<Record<ExactStatus, string>>> = {
  vanished: 'The base has counts of it, the head has none.',
  new: 'The head has counts of it, the base has none.',
  demoted: 'It was not the same in every pass of the base, so that nothing exact can be said.',
  unjudged:
    'Requests to a FUSE server vary by strays: the least of five counting passes is compared, and there were fewer.',
  incomparable:
    'Programs, architecture, path or image are not the same on both sides. That is never worse, and never better.',
};

/** Rows of one place for one reason are one line. */
const lines = (rows: readonly ExactResult[]): readonly Html[] => {
  const groups = new Map<string, { readonly row: ExactResult; readonly names: string[] }>();
  for (const row of rows) {
    const key = JSON.stringify([placeText(row.place), row.because]);
    const group = groups.get(key) ?? { row, names: [] };
    group.names.push(countedText(row));
    groups.set(key, group);
  }
  return [...groups.values()].map(
    ({ row, names }) => html`<li><b>${placeText(row.place)}</b>: ${
      row.counted === null ? 'everything' : plural(names.length, 'count')
    }${row.because.length === 0 ? '' : `: ${row.because.join('; ')}`}${
      row.counted === null
        ? null
        : html`<details><summary>which</summary>${names.map((name) => html`<code>${name}</code><br>`)}</details>`
    }</li>
`,
  );
};

const part = (status: ExactStatus, counts: readonly ComparedCount[]): Html => {
  const rows = counts.filter(({ row }) => row.status === status).map(({ row }) => row);
  return rows.length === 0
    ? html``
    : html`<h3>${status}: ${rows.length}</h3><p>${WHY[status] ?? ''}</p>
<ul data-status="${status}">${lines(rows)}</ul>
`;
};

const notJudged = (view: CompareView): Html => {
  const rows = view.times.filter(
    ({ row, isRed }) => !isRed && row.judged !== 'shown' && row.judged !== 'pass',
  );
  return rows.length === 0
    ? html``
    : html`<h3>Times that are not judged: ${rows.length}</h3>
<ul data-status="undecided">${rows.map(
        ({ row }) => html`<li><b>${placeText(row.place)}</b>: ${shortName(row.metric)}: ${
          row.judged === 'red' ? 'not seen again by the rerun' : row.why
        }</li>
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
    : html`<section><h2 id="unlike">What could not be compared, and why</h2>
${parts}</section>
`;
};
