// Distributions of the blocks, each a step chart with its quantiles.
import { SHARES, stepText } from '../analysis/curve.ts';
import { formatValue, plural, shareText } from '../format.ts';
import type { ReportView } from '../view.ts';
import { betterText, directionOf } from './axes.ts';
import { rowTitle } from './blocks.ts';
import type { SpreadFigure } from './figures.ts';
import { type Html, html } from './html.ts';
import { figure, folded, plainTable } from './parts.ts';

const spreadHtml = (view: ReportView, { spread, chart }: SpreadFigure): Html => {
  const title = rowTitle(spread);
  const table = plainTable(
    html`<th scope="col">share of the blocks</th>${spread.curves.map(
      ({ arm, n }) =>
        html`<th scope="col" data-arm="${view.arms[arm]!.id}">${view.arms[arm]!.id} (n=${n})</th>`,
    )}`,
    SHARES.map(
      (share, at) =>
        html`<tr><th scope="row">${shareText(share)}</th>${spread.curves.map(
          ({ quantiles }) => html`<td>${formatValue(spread.metric, quantiles[at]!)}</td>`,
        )}</tr>
`,
    ),
    `distribution of ${title}, ${spread.image}`,
  );
  return figure(chart.id, title, table, {
    image: spread.image,
    better: betterText([directionOf(spread.metric)]),
  });
};

export const spreadsHtml = (view: ReportView, figures: readonly SpreadFigure[]): Html =>
  figures.length === 0
    ? html``
    : folded(
        `${plural(figures.length, 'distribution')} of the blocks`,
        html`<p class="note">${stepText(figures.flatMap(({ spread }) => spread.curves))}: the height of the line is the share of the blocks with this value or less.</p>
<div class="charts">${figures.map((one) => spreadHtml(view, one))}</div>`,
      );
