// System calls by phase, process and name: sums as charts, every count as a table.

import type { Count } from '../../results/compare/counts.ts';
import { PHASES } from '../../results/schema/run.ts';
import type { ArmView, CallsView, ReportView } from '../view.ts';
import { type CallFigure, type Figures, labelOf } from './charts.ts';
import { armHeads } from './first-table.ts';
import { type Html, html } from './html.ts';
import { legend } from './legend.ts';
import { countText, figure, perImage, plainTable } from './parts.ts';

interface Counted {
  readonly arm: ArmView;
  readonly index: number;
}

const countedArms = (view: ReportView, calls: CallsView): readonly Counted[] =>
  view.arms.map((arm, index) => ({ arm, index })).filter(({ index }) => calls.totals[index] !== null);

/** `most` and `least` of a count and of the baseline's do not meet. */
const against = (count: Count | null, base: Count | null): 'more' | 'less' | 'same' => {
  if ((count?.least ?? 0) > (base?.most ?? 0)) return 'more';
  return (count?.most ?? 0) < (base?.least ?? 0) ? 'less' : 'same';
};

/** `ofBaseline` is null where the baseline was not counted. */
const countCell = (
  { arm }: Counted,
  count: Count | null,
  ofBaseline: { readonly count: Count | null } | null,
): Html => {
  const differs = ofBaseline === null || arm.role === 'baseline' ? 'same' : against(count, ofBaseline.count);
  const text = count === null ? html`0` : countText(count, 'Count', 'exact');
  const look = differs === 'same' ? (count === null ? 'zero' : '') : differs;
  return look === '' ? html`<td>${text}</td>` : html`<td class="${look}">${text}</td>`;
};

const cells = (counted: readonly Counted[], countAt: (index: number) => Count | null): Html => {
  const baseline = counted.find(({ arm }) => arm.role === 'baseline');
  const ofBaseline = baseline === undefined ? null : { count: countAt(baseline.index) };
  return html`${counted.map((one) => countCell(one, countAt(one.index), ofBaseline))}`;
};

const totalsTable = (view: ReportView, calls: CallsView): Html => {
  const phases = PHASES.filter((phase) => calls.totals.some((total) => (total?.get(phase)?.most ?? 0) > 0));
  const counted = countedArms(view, calls);
  return plainTable(
    html`<th scope="col">calls per phase</th>${armHeads(counted.map(({ arm }) => arm))}`,
    phases.map(
      (phase) =>
        html`<tr><th scope="row">${phase}</th>${cells(counted, (index) => calls.totals[index]?.get(phase) ?? null)}</tr>
`,
    ),
    `system calls per phase, ${labelOf(calls)} on ${calls.image}`,
  );
};

const everyCall = (view: ReportView, calls: CallsView): Html => {
  const counted = countedArms(view, calls);
  return plainTable(
    html`<th scope="col">phase</th><th scope="col" class="text">process</th><th scope="col" class="text">call</th>${armHeads(counted.map(({ arm }) => arm))}`,
    calls.rows.map(
      (row) =>
        html`<tr><td>${row.phase}</td><td class="text">${row.actor}</td><td class="text"><code>${row.call}</code></td>${cells(counted, (index) => row.counts[index] ?? null)}</tr>
`,
    ),
    `every system call, ${labelOf(calls)} on ${calls.image}`,
  );
};

const callFigure = (view: ReportView, { calls, chart }: CallFigure): Html =>
  html`<div data-scenario="${calls.scenario}">${figure(chart.id, `system calls of ${labelOf(calls)}`, totalsTable(view, calls), false)}</div>
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
${legend(view.arms.filter(({ role }) => role !== 'null'))}
${perImage(
  figures.calls,
  ({ calls }) => calls.image,
  (group) => html`<div class="charts">${group.map((item) => callFigure(view, item))}</div>
${group.map(
  ({ calls }) =>
    html`<details data-scenario="${calls.scenario}"><summary>${labelOf(calls)}: every call by phase and process</summary>${everyCall(view, calls)}</details>
`,
)}`,
)}`;
