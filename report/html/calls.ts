// System calls by phase, process and name: sums as charts, every count as a table.

import type { Count } from '../../results/compare/counts.ts';
import { PHASES } from '../../results/schema/run.ts';
import type { CallsView, ReportView } from '../view.ts';
import { type CallFigure, type Figures, labelOf } from './charts.ts';
import { armHeads } from './first-table.ts';
import { type Html, html } from './html.ts';
import { countText, perImage, plainTable } from './parts.ts';

const countCell = (count: Count | null): Html =>
  count === null ? html`<td class="zero">0</td>` : html`<td>${countText(count, 'Count', 'exact')}</td>`;

const totalsTable = (view: ReportView, calls: CallsView): Html => {
  const phases = PHASES.filter((phase) => calls.totals.some((total) => (total?.get(phase)?.most ?? 0) > 0));
  const counted = view.arms
    .map((arm, index) => ({ arm, total: calls.totals[index]! }))
    .filter(({ total }) => total !== null);
  return plainTable(
    html`<th scope="col">calls per phase</th>${armHeads(counted.map(({ arm }) => arm))}`,
    phases.map(
      (phase) =>
        html`<tr><th scope="row">${phase}</th>${counted.map(({ total }) => countCell(total?.get(phase) ?? null))}</tr>
`,
    ),
    `system calls per phase, ${labelOf(calls)} on ${calls.image}`,
  );
};

const everyCall = (view: ReportView, calls: CallsView): Html => {
  const shown = view.arms
    .map((arm, index) => ({ arm, index }))
    .filter(({ index }) => calls.totals[index] !== null);
  return plainTable(
    html`<th scope="col">phase</th><th scope="col" class="text">process</th><th scope="col" class="text">call</th>${armHeads(shown.map(({ arm }) => arm))}`,
    calls.rows.map(
      (row) =>
        html`<tr><td>${row.phase}</td><td class="text">${row.actor}</td><td class="text"><code>${row.call}</code></td>${shown.map(({ index }) => countCell(row.counts[index] ?? null))}</tr>
`,
    ),
    `every system call, ${labelOf(calls)} on ${calls.image}`,
  );
};

const callFigure = (
  view: ReportView,
  { calls, chart }: CallFigure,
): Html => html`<figure><figcaption>${labelOf(calls)}</figcaption>
<div class="chart"><canvas id="${chart.id}" role="img" aria-label="Chart: system calls of ${labelOf(calls)} on ${calls.image}. The same numbers are in the table below."></canvas></div>
${totalsTable(view, calls)}</figure>
`;

const passesOf = (view: ReportView): number =>
  Math.max(
    0,
    ...view.calls.flatMap(({ rows }) =>
      rows.flatMap(({ counts }) => counts.map((count) => count?.passes ?? 0)),
    ),
  );

export const callsSection = (view: ReportView, figures: Figures): Html =>
  figures.calls.length === 0
    ? html`<h2 id="calls">System calls</h2><p>Not measured: ${view.run.ledgerSource}.</p>`
    : html`<h2 id="calls">System calls</h2>
<p>Counted in passes of their own (${passesOf(view)} of them, by ${view.run.ledgerSource}), never in the timed ones. One number means that every pass gave it; a range means that the passes differ. <code>runtime</code> is the harness's own language runtime and in no sum.</p>
${perImage(
  figures.calls,
  ({ calls }) => calls.image,
  (group) => html`<div class="charts">${group.map((item) => callFigure(view, item))}</div>
${group.map(
  ({ calls }) =>
    html`<details><summary>${labelOf(calls)}: every call by phase and process</summary>${everyCall(view, calls)}</details>
`,
)}`,
)}`;
