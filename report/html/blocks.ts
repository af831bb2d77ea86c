// The blocks of each headline row: every value in the order of measurement, and percentiles.
import { groupBy } from '../analysis/group-by.ts';
import { FEWEST_VALUES, type Percentiles } from '../analysis/percentiles.ts';
import { formatValue, plainName, plural } from '../format.ts';
import type { ReportView } from '../view.ts';
import type { SpreadView } from '../view-charts.ts';
import { betterText, directionOf } from './axes.ts';
import type { SpreadFigure } from './figures.ts';
import { armHeads } from './first-table.ts';
import { type Html, html } from './html.ts';
import { labelOf } from './measured.ts';
import { figure, folded, plainTable } from './parts.ts';

/** With more rows the charts are folded. */
const MOST_OPEN_ROWS = 3;

export const rowTitle = (spread: SpreadView): string => `${labelOf(spread)}: ${plainName(spread.metric)}`;

/** `3`, or `41..60` where blocks are joined; the last position may have fewer. */
const blocksAt = (position: number, { joined, blockCount }: SpreadView): string => {
  const [first, last] = [(position - 1) * joined + 1, Math.min(position * joined, blockCount)];
  return first === last ? String(first) : `${first}..${last}`;
};

const valuesTable = (view: ReportView, spread: SpreadView, title: string): Html => {
  const { curves, metric, image } = spread;
  const byArm = curves.map(({ inOrder }) => groupBy(inOrder, ([position]) => String(position)));
  const most = Math.max(...curves.flatMap(({ inOrder }) => inOrder.map(([position]) => position)));
  const cell = (values: (typeof byArm)[number], position: number): Html => {
    const texts = values.get(String(position))?.map(([, value]) => formatValue(metric, value));
    return texts === undefined ? html`<td class="none">–</td>` : html`<td>${texts.join('..')}</td>`;
  };
  return plainTable(
    html`<th scope="col">block</th>${armHeads(curves.map(({ arm }) => view.arms[arm]!))}`,
    Array.from({ length: most }, (_, index) => index + 1).map(
      (position) =>
        html`<tr><th scope="row">${blocksAt(position, spread)}</th>${byArm.map((values) => cell(values, position))}</tr>
`,
    ),
    `values in order: ${title}, ${image}`,
  );
};

const orderHtml = (view: ReportView, { spread, order }: SpreadFigure): Html => {
  const title = `${rowTitle(spread)}, block by block`;
  return figure(order.id, title, valuesTable(view, spread, title), {
    image: spread.image,
    better: betterText([directionOf(spread.metric)]),
  });
};

const percentileCells = (metric: string, { n, p50, p90, p99, max }: Percentiles): Html =>
  html`<td>${n}</td>${[p50, p90, p99, max].map((value) =>
    value === null ? html`<td class="none">too few</td>` : html`<td>${formatValue(metric, value)}</td>`,
  )}`;

const percentilesTable = (view: ReportView, spreads: readonly SpreadView[]): Html =>
  plainTable(
    html`<th scope="col">row</th><th scope="col" class="text">arm</th><th scope="col">blocks</th><th scope="col">p50</th><th scope="col">p90</th><th scope="col">p99</th><th scope="col">max</th>`,
    spreads.flatMap((spread) =>
      spread.curves.map(
        ({ arm, percentiles }) =>
          html`<tr data-arm="${view.arms[arm]!.id}"><th scope="row">${rowTitle(spread)}</th><td class="text">${view.arms[arm]!.id}</td>${percentileCells(spread.metric, percentiles)}</tr>
`,
      ),
    ),
    `percentiles, ${spreads[0]!.scenario}, ${spreads[0]!.image}`,
  );

const percentilesHtml = (view: ReportView, spreads: readonly SpreadView[]): Html =>
  html`<p class="note">p90 needs ${FEWEST_VALUES.p90} blocks and p99 needs ${FEWEST_VALUES.p99}, so that a value lies beyond them; the largest value may be any percentile above.</p>
${percentilesTable(view, spreads)}`;

const markText = (figures: readonly SpreadFigure[]): string => {
  const joined = Math.max(...figures.map(({ spread }) => spread.joined));
  return joined === 1
    ? 'Each mark is one block'
    : `Two marks are the smallest and the largest of up to ${joined} blocks`;
};

export const blocksHtml = (view: ReportView, figures: readonly SpreadFigure[]): Html => {
  if (figures.length === 0) return html``;
  const charts = html`<p class="note">${markText(figures)}, in the order of measurement: a drift, an outlier or two groups of values are seen here and in no median.</p>
<div class="charts">${figures.map((one) => orderHtml(view, one))}</div>`;
  const percentiles = percentilesHtml(
    view,
    figures.map(({ spread }) => spread),
  );
  return figures.length <= MOST_OPEN_ROWS
    ? html`${charts}${folded(`percentiles of ${plural(figures.length, 'row')}`, percentiles)}`
    : html`${folded(`values of ${plural(figures.length, 'row')}, block by block`, charts)}${folded(`percentiles of ${plural(figures.length, 'row')}`, percentiles)}`;
};
