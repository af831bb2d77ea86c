// The first table: per arm the median, its ratio to the baseline, and the verdict.
import { unreachable } from '../../results/errors.ts';
import type { Interval } from '../../results/stats/interval.ts';
import { fewText, formatRatio, formatValue, plural, rangeText, runsApartText, shortName } from '../format.ts';
import { shownValue } from '../no-measurement.ts';
import { blocksText, type ShownArm, type TablePart, tableParts } from '../shown-arms.ts';
import { joinParts } from '../text.ts';
import { verdictText } from '../verdict-words.ts';
import type { ReportView } from '../view.ts';
import type { ArmView, CellView, RowView, SectionView, TableView, VersusView } from '../view-tables.ts';
import { type Html, html } from './html.ts';
import { swatch } from './legend.ts';
import { labelOf } from './measured.ts';
import { slug } from './slug.ts';

const ratioHtml = (ratio: Interval): Html =>
  ratio.kind === 'tooFew'
    ? html`<span class="range">${fewText(ratio)}</span>`
    : html`<b class="ratio">${formatRatio(ratio.center)}</b> <span class="range">${rangeText(ratio)}</span>`;

const runSdHtml = (ratio: Interval): Html | null => {
  const text = runsApartText(ratio);
  return text === '' ? null : html`<span class="versus apart">${text}</span>`;
};

/** The smallest ratio that the row can tell from 1. */
const shownFrom = ({ verdict, detectable }: VersusView): Html | null =>
  verdict === 'undecided' && detectable !== null
    ? html`<span class="versus">would show ${formatRatio(detectable)}</span>`
    : null;

const versusLine = (versus: VersusView, role: ArmView['role']): Html =>
  html`<span class="versus">${ratioHtml(versus.ratio)}${
    role === 'null' ? null : html` <span class="verdict ${versus.verdict}">${verdictText(versus)}</span>`
  }</span>${role === 'null' ? null : shownFrom(versus)}${runSdHtml(versus.ratio)}`;

const cellContent = (row: RowView, arm: ArmView, cell: CellView): Html => {
  switch (cell.kind) {
    case 'absent':
      return html`<span class="none">–</span>`;
    case 'combined':
      return versusLine(cell.versus, arm.role);
    case 'value': {
      if (cell.idle)
        return html`<span class="none" title="median ${formatValue(row.metric, cell.median)}, no system call">no calls</span>`;
      const value = html`<span class="${row.noMeasurement === true ? 'none' : 'value'}">${shownValue(row, cell.median)}</span>`;
      return cell.versus === null ? value : html`${value}${versusLine(cell.versus, arm.role)}`;
    }
    default:
      return unreachable(cell);
  }
};

/** `prefix`: begins the ids of a table's rows. */
const rowHtml = (
  row: RowView,
  { scenario, params }: SectionView,
  arms: readonly ShownArm[],
  prefix: string,
): Html => html`<tr id="${slug(prefix, scenario, params, row.metric)}" data-metric="${row.metric}">
<th scope="row"><span class="metric">${shortName(row.metric)}</span><span class="title">${row.title}</span></th>
${arms.map(
  ({ arm, index }) =>
    html`<td data-arm="${arm.id}" class="${arm.role}">${cellContent(row, arm, row.cells[index]!)}</td>`,
)}
</tr>
`;

const sectionHtml = (
  section: SectionView,
  arms: readonly ShownArm[],
  prefix: string,
): Html => html`<tbody data-section="${labelOf(section)}" data-scenario="${section.scenario}">
<tr class="section"><th colspan="${arms.length + 1}" scope="rowgroup"><b>${labelOf(section)}</b> <span>${section.question}</span></th></tr>
${section.rows.map((row) => rowHtml(row, section, arms, prefix))}</tbody>
`;

export const armHeads = (arms: readonly ArmView[]): Html =>
  html`${arms.map((arm) => html`<th scope="col" class="${arm.role}" data-arm="${arm.id}">${swatch(arm)}<span>${arm.id}</span></th>`)}`;

const partHtml = (part: TablePart, table: TableView, caption: string): Html => {
  const compared = part.arms.filter(({ arm }) => arm.role === 'arm').map(({ arm }) => arm.id);
  const title = part.isOfVariants ? `${caption}: ${compared.join(' and ')}` : caption;
  const prefix = ['row', table.image ?? 'all-images', ...(part.isOfVariants ? compared : [])].join(' ');
  return html`<div class="scroll" data-image="${table.image ?? ''}" tabindex="0" role="region" aria-label="${title}">
<table class="first" data-image="${table.image ?? ''}">
<caption>${title}</caption>
<thead><tr><th scope="col"><span class="sr">metric</span></th>${armHeads(part.arms.map(({ arm }) => arm))}</tr></thead>
${part.sections.map((section) => sectionHtml(section, part.arms, prefix))}</table>
</div>
`;
};

export const tableHtml = (table: TableView, view: ReportView, caption: string): Html =>
  html`${tableParts(table, view.arms).map((part) => partHtml(part, table, caption))}`;

const captionOf = (table: TableView, view: ReportView): string => {
  if (table.image === null) return 'All images: per block, the median of their ratios';
  const image = view.images.find(({ name }) => name === table.image);
  const entries = image === undefined ? null : plural(image.entryCount, 'entry', 'entries');
  return joinParts(table.image, entries, blocksText(table));
};

/** The first image open, the others and all images combined folded. */
export const firstTables = (view: ReportView): Html => {
  const [first, ...others] = view.tables;
  if (first === undefined) return html`<p class="empty">No slot gave a value for the first table.</p>`;
  return html`${tableHtml(first, view, captionOf(first, view))}${others.map(
    (table) =>
      html`<details data-image="${table.image ?? ''}"><summary>${captionOf(table, view)}</summary>${tableHtml(table, view, captionOf(table, view))}</details>
`,
  )}`;
};
