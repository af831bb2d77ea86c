// System calls by phase, process and name: sums as charts, every count as a table.
import { type Count, FEWEST_PASSES } from '../../results/compare/counts.ts';
import { PHASES } from '../../results/schema/run.ts';
import { sumsText } from '../of-all.ts';
import type { ReportView } from '../view.ts';
import type { CallsView } from '../view-tables.ts';
import { armsWhere, type IndexedArm } from './counts.ts';
import type { CallFigure, ReportFigures } from './figures.ts';
import { armHeads } from './first-table.ts';
import { term } from './glossary.ts';
import { type Html, html } from './html.ts';
import { legend } from './legend.ts';
import { labelOf } from './measured.ts';
import { countText, figure, folded, perImage, plainTable } from './parts.ts';

const countedArms = (view: ReportView, calls: CallsView): readonly IndexedArm[] =>
  armsWhere(view.arms, (index) => calls.totals[index] !== null);

/** Ranges over the passes that overlap are the same. */
const compareCounts = (count: Count | null, base: Count | null): 'more' | 'less' | 'same' => {
  if ((count?.least ?? 0) > (base?.most ?? 0)) return 'more';
  return (count?.most ?? 0) < (base?.least ?? 0) ? 'less' : 'same';
};

/** `baseline` is null where the baseline was not counted. */
const countCell = (
  { arm }: IndexedArm,
  count: Count | null,
  baseline: { readonly count: Count | null } | null,
): Html => {
  const order = baseline === null || arm.role === 'baseline' ? 'same' : compareCounts(count, baseline.count);
  const text = count === null ? html`0` : countText(count, 'Count', 'exact');
  const style = order === 'same' ? (count === null ? 'zero' : '') : order;
  return style === '' ? html`<td>${text}</td>` : html`<td class="${style}">${text}</td>`;
};

const countCells = (counted: readonly IndexedArm[], countAt: (index: number) => Count | null): Html => {
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
        html`<tr><th scope="row">${phase}</th>${countCells(counted, (index) => calls.totals[index]?.get(phase) ?? null)}</tr>
`,
    ),
    `system calls per phase, ${labelOf(calls)} on ${calls.image}`,
  );
};

const everyCallTable = (view: ReportView, calls: CallsView): Html => {
  const counted = countedArms(view, calls);
  return plainTable(
    html`<th scope="col">phase</th><th scope="col" class="text">process</th><th scope="col" class="text">call</th>${armHeads(counted.map(({ arm }) => arm))}`,
    calls.rows.map(
      (row) =>
        html`<tr><th scope="row">${row.phase}</th><td class="text">${row.actor}</td><td class="text"><code>${row.call}</code></td>${countCells(counted, (index) => row.counts[index] ?? null)}</tr>
`,
    ),
    `every system call, ${labelOf(calls)} on ${calls.image}`,
  );
};

const callFigure = (view: ReportView, { calls, chart }: CallFigure): Html =>
  html`<div data-scenario="${calls.scenario}">${figure(chart.id, `system calls of ${labelOf(calls)}${sumsText(calls.params)}${fewPassesText(calls)}`, totalsTable(view, calls), { isTableFolded: false, image: calls.image, better: 'fewer is better' })}</div>
`;

const everyCall = (view: ReportView, { calls }: CallFigure): Html =>
  html`<div data-scenario="${calls.scenario}">${folded(`${labelOf(calls)}: every call by phase and process`, everyCallTable(view, calls))}</div>
`;

const passesOf = ({ rows }: CallsView): readonly number[] =>
  rows.flatMap(({ counts }) => counts.flatMap((count) => count?.passes ?? []));

/** `3`, or `1 to 3` where groups got fewer. */
const passesText = (view: ReportView): string => {
  const all = [...new Set(view.calls.flatMap(passesOf))];
  const [least, most] = [Math.min(...all), Math.max(...all)];
  return least === most ? String(least) : `${least} to ${most}`;
};

/** Too few to show that a count is constant. */
const fewPassesText = (calls: CallsView): string => {
  const passes = Math.max(0, ...passesOf(calls));
  if (passes === 0 || passes >= FEWEST_PASSES) return '';
  return passes === 1 ? ', 1 pass only' : `, ${passes} passes only`;
};

export const callsSection = (view: ReportView, figures: ReportFigures): Html =>
  figures.calls.length === 0
    ? html`<h2 id="calls">System calls</h2><p>Not counted: ${view.run.ledgerSource}.</p>`
    : html`<h2 id="calls">System calls</h2>
<p>Counted by ${view.run.ledgerSource} in ${passesText(view)} counting ${term('pass', 'passes')}, never while times are taken. One number: equal in every pass that was made. A range: the passes differ. <code>runtime</code> is the runtime of the harness and part of no sum.</p>
${legend(view.arms.filter(({ role }) => role !== 'null'))}
${perImage(
  figures.calls,
  ({ calls }) => calls.image,
  (group) => html`<div class="charts wide">${group.map((item) => callFigure(view, item))}</div>
${group.map((item) => everyCall(view, item))}`,
)}`;
