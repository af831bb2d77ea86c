// Counts by metric: FUSE requests by opcode, what is on disk.
import type { CountsView, ReportView } from '../view.ts';
import { labelOf } from './charts.ts';
import { armHeads } from './first-table.ts';
import { type Html, html } from './html.ts';
import { countText, perImage, plainTable } from './parts.ts';

const countsTable = (
  view: ReportView,
  counts: CountsView,
  name: (metric: string, title: string) => string,
): Html => {
  const shown = view.arms
    .map((arm, index) => ({ arm, index }))
    .filter(({ index }) => counts.rows.some((row) => row.counts[index] !== null));
  return html`<h4 class="sr">${labelOf(counts)}</h4>${plainTable(
    html`<th scope="col">${labelOf(counts)}</th>${armHeads(shown.map(({ arm }) => arm))}`,
    counts.rows.map(
      (row) =>
        html`<tr><th scope="row">${name(row.metric, row.info.title)}</th>${shown.map(({ index }) => {
          const count = row.counts[index];
          return count === null || count === undefined
            ? html`<td class="none">–</td>`
            : html`<td>${countText(count, row.metric, row.info.noise)}</td>`;
        })}</tr>
`,
    ),
    `${labelOf(counts)} on ${counts.image}`,
  )}`;
};

const countsSection = (
  view: ReportView,
  all: readonly CountsView[],
  name: (metric: string, title: string) => string,
): Html =>
  perImage(
    all,
    ({ image }) => image,
    (group) =>
      html`<div class="charts">${group.map((counts) => html`<div>${countsTable(view, counts, name)}</div>`)}</div>`,
  );

const opcodeName = (metric: string): string => {
  const name = metric.replace(/^fuse/, '').replace(/Count$/, '');
  return name === 'Request' ? 'all opcodes' : name.toUpperCase();
};

export const requestsSection = (view: ReportView): Html => html`<h2 id="requests">FUSE requests</h2>
${
  view.requests.length === 0
    ? html`<p>No FUSE request was counted in this run.</p>`
    : html`<p>As the server counted them; opcodes without a request are left out. The least of several passes is what to compare: single stray requests come from cached pages that had gone.</p>
${countsSection(view, view.requests, opcodeName)}`
}`;

export const observedSection = (view: ReportView): Html =>
  view.observed.length === 0
    ? html``
    : html`<h2 id="observed">Observed</h2>
<p>Questions of what is there, not of how long it takes: counted and never timed. One number means that every pass gave it.</p>
${countsSection(view, view.observed, (_, title) => title)}`;

export const diskSection = (view: ReportView): Html =>
  view.disk.length === 0
    ? html``
    : html`<h2 id="disk">On disk</h2>
<p>What one image left on the work file system before it was destroyed; hard links once, bytes by blocks.</p>
${countsSection(view, view.disk, (_, title) => title)}`;
