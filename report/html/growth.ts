// Metrics that grow with a size, and the growth per unit.
import { formatValue, grouped, plainName } from '../format.ts';
import { joinParts } from '../text.ts';
import type { ReportView } from '../view.ts';
import type { GrowthFit, GrowthView } from '../view-charts.ts';
import { betterText, directionOf } from './axes.ts';
import type { GrowthFigure, ReportFigures } from './figures.ts';
import { type Html, html } from './html.ts';
import { legend } from './legend.ts';
import { figure, plainTable, valueHtml } from './parts.ts';

const titleOf = ({ scenario, params, image, metric, by }: GrowthView): string =>
  `${joinParts(scenario, params, image)}: ${plainName(metric)}${metric.endsWith('CallCount') ? ' calls' : ''} by ${by}`;

const valueText = (metric: string, value: number, lo: number | null, hi: number | null): string => {
  const range = lo === null || hi === null ? '' : ` (${formatValue(metric, lo)}..${formatValue(metric, hi)})`;
  return `${formatValue(metric, value)}${range}`;
};

const slopeText = (metric: string, fit: GrowthFit | null): string =>
  fit === null ? '–' : valueText(metric, fit.slope, fit.lo, fit.hi);

const tableOf = (view: ReportView, growth: GrowthView): Html => {
  const { by, metric, series } = growth;
  const xs = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  const cells = (textOf: (one: (typeof series)[number]) => string): Html =>
    html`${series.map((one) => html`<td>${valueHtml(textOf(one))}</td>`)}`;
  return plainTable(
    html`<th scope="col">${by}</th>${series.map(
      ({ arm }) => html`<th scope="col" data-arm="${view.arms[arm]!.id}">${view.arms[arm]!.id}</th>`,
    )}`,
    [
      ...xs.map(
        (x) =>
          html`<tr><th scope="row">${grouped(x)}</th>${cells(({ points }) => {
            const point = points.find((one) => one.x === x);
            return point === undefined ? '–' : valueText(metric, point.y, point.lo, point.hi);
          })}</tr>
`,
      ),
      html`<tr class="total"><th scope="row">per unit</th>${cells(({ fit }) => slopeText(metric, fit))}</tr>
`,
    ],
    titleOf(growth),
  );
};

const growthHtml = (view: ReportView, { growth, chart }: GrowthFigure): Html =>
  html`<div data-scenario="${growth.scenario}" data-image="${growth.image ?? ''}">${
    chart === null
      ? html`<p><b>${titleOf(growth)}</b>: zero at every size for every arm.</p>`
      : figure(chart.id, titleOf(growth), tableOf(view, growth), {
          isTableFolded: false,
          image: growth.image,
          better: betterText([directionOf(growth.metric)]),
        })
  }</div>
`;

export const growthSection = (view: ReportView, figures: ReportFigures): Html => {
  const arms = new Set(view.growth.flatMap(({ series }) => series.map(({ arm }) => arm)));
  return figures.growth.length === 0
    ? html``
    : html`<h2 id="growth">Growth with size</h2>
<p>Medians by size. Each block gives one straight line through all sizes; the dashed line is their median, and its slope is the growth <i>per unit</i>. With two sizes the line passes through both points and predicts nothing beyond them.</p>
${legend(view.arms.filter((_, index) => arms.has(index)))}
<div class="charts wide">${figures.growth.map((one) => growthHtml(view, one))}</div>
`;
};
