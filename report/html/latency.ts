// How long each phase and each use of an image took, as charts and as tables.
import { formatNs } from '../format.ts';
import type { CellView, ReportView, RowView } from '../view.ts';
import { type Figures, type LatencyFigure, labelOf, type WalkFigure } from './charts.ts';
import { armHeads } from './first-table.ts';
import { type Html, html } from './html.ts';
import { legend } from './legend.ts';
import { perImage, plainTable } from './parts.ts';

const figure = (
  id: string,
  title: string,
  table: Html,
): Html => html`<figure><figcaption>${title}</figcaption>
<div class="chart"><canvas id="${id}" role="img" aria-label="Chart: ${title}. The same numbers are in the table below."></canvas></div>
<details><summary>these numbers as a table</summary>${table}</details></figure>
`;

const timeCell = (cell: CellView): Html => {
  if (cell.kind !== 'value') return html`–`;
  if (cell.idle) return html`no calls`;
  const { interval } = cell;
  return interval.kind === 'tooFew'
    ? html`${formatNs(cell.median)}`
    : html`${formatNs(cell.median)} <span class="range block">${formatNs(interval.lo)} – ${formatNs(interval.hi)}</span>`;
};

const timesTable = (
  view: ReportView,
  rows: readonly { readonly label: string; readonly row: RowView }[],
  label: string,
): Html =>
  plainTable(
    html`<th scope="col"></th>${armHeads(view.arms)}`,
    rows.map(
      ({ label: name, row }) =>
        html`<tr><th scope="row">${name}</th>${row.cells.map((cell) => html`<td>${timeCell(cell)}</td>`)}</tr>
`,
    ),
    label,
  );

const latency = (view: ReportView, { chart, section, rows, image }: LatencyFigure): Html =>
  figure(
    chart.id,
    labelOf(section),
    timesTable(
      view,
      rows.map((row, index) => ({ label: chart.rows[index]!, row })),
      `phase latencies of ${labelOf(section)} on ${image}`,
    ),
  );

const walk = (view: ReportView, { chart, rows, image }: WalkFigure): Html =>
  figure(
    chart.id,
    `${[...new Set(rows.map(({ row }) => row.info.title))].join(', ')}`,
    timesTable(view, rows, `walks of ${image}`),
  );

export const latencySection = (view: ReportView, figures: Figures): Html =>
  figures.latency.length === 0
    ? html``
    : html`<h2 id="phases">Latency of each phase</h2>
<p>Medians on a logarithmic axis; the line through a mark is the interval of the median at 95 % or more. A phase in which an arm makes no call has no mark.</p>
${legend(view.arms)}
${perImage(
  figures.latency,
  ({ image }) => image,
  (group) => html`<div class="charts">${group.map((item) => latency(view, item))}</div>`,
)}`;

export const walkSection = (view: ReportView, figures: Figures): Html =>
  figures.walks.length === 0
    ? html``
    : html`<h2 id="walks">Using the image</h2>
<p>Medians, with the interval of the median at 95 % or more. The axis starts at zero.</p>
${legend(view.arms)}
${perImage(
  figures.walks,
  ({ image }) => image,
  (group) => html`<div class="charts">${group.map((item) => walk(view, item))}</div>`,
)}`;
