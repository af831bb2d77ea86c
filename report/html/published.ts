// Published figures, and beside them the same ratio of this run; times of two machines are never compared.

import { formatRatio, formatValue, ratioText } from '../format.ts';
import type { PublishedValue } from '../published/table.ts';
import type { PublishedCell, PublishedView, ReportView } from '../view.ts';
import { type Html, html } from './html.ts';
import { plainTable } from './parts.ts';

const shown = (value: NonNullable<PublishedValue>, show: (one: number) => string): string =>
  typeof value === 'number' ? show(value) : value.map(show).join('..');

const cellHtml = ({ value, ratio, ours }: PublishedCell, metric: string): Html => {
  if (value === null) return html`<td class="none">–</td>`;
  const figure = metric.endsWith('Ratio') ? null : html`${shown(value, (one) => formatValue(metric, one))} `;
  const published = html`${figure}${ratio === null ? null : html`<b>${shown(ratio, formatRatio)}</b>`}`;
  if (ours === null) return html`<td>${published}</td>`;
  return html`<td>${published}<span class="versus">here ${ratioText(ours)}</span></td>`;
};

const tableHtml = (table: PublishedView): Html =>
  html`<p class="note">Published: ${table.source}.</p>
${plainTable(
  html`<th scope="col">${table.id}</th><th scope="col" class="text">nearest arm here</th>${table.columns.map(
    ({ setup, title, image }) =>
      html`<th scope="col">${setup === null ? null : html`${setup}: `}${title}${image === null ? null : html`<span class="versus">here ${image}</span>`}</th>`,
  )}`,
  table.rows.map(
    ({ name, arm, control, cells }) =>
      html`<tr><th scope="row">${name}${control === null ? null : html`<span class="versus">to ${control.row}</span>`}</th><td class="text">${arm ?? '–'}${control === null ? null : html`<span class="versus">to ${control.ours}</span>`}</td>${cells.map((cell, index) => cellHtml(cell, table.columns[index]!.metric))}</tr>
`,
  ),
  `published table ${table.id}`,
)}<p class="note">Ratios are to ${[...new Set(table.columns.map(({ baseline }) => baseline))].join('; in the other columns to ')}. Differences: ${table.differs.join('; ')}.</p>
`;

const hasOurs = ({ rows }: PublishedView): boolean =>
  rows.some(({ cells }) => cells.some(({ ours }) => ours !== null));

export const publishedSection = (view: ReportView): Html =>
  view.published.length === 0
    ? html``
    : html`<h2 id="published">Published measurements</h2>
<p>Figures that others published about other machines. <i>Here</i> marks the same ratio in this run. The composefs kernel module was never merged, so its figures have no counterpart here.</p>
${view.published.map(
  (table) =>
    html`<details${hasOurs(table) ? html` open` : null}><summary>${table.id}: ${table.title} (published)</summary>${tableHtml(table)}</details>
`,
)}`;
