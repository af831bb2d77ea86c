// Pieces that several sections are made of. What carries the name of a scenario, an image or an arm can be filtered by it.

import type { Count } from '../../results/compare/counts.ts';
import type { Metric } from '../../results/schema/run.ts';
import { groupBy } from '../analysis/group-by.ts';
import { formatValue } from '../format.ts';
import { type Content, type Html, html } from './html.ts';

/** One image open, the others folded, so that the page is as long as one image. */
export const perImage = <T>(
  items: readonly T[],
  imageOf: (item: T) => string,
  show: (items: readonly T[]) => Html,
): Html => {
  const [first, ...others] = groupBy(items, imageOf);
  if (first === undefined) return html``;
  return html`<div data-image="${first[0]}"><h3>${first[0]}</h3>
${show(first[1])}</div>${others.map(
    ([image, group]) =>
      html`<details data-image="${image}"><summary>${image}</summary>${show(group)}</details>
`,
  )}`;
};

export const plainTable = (
  head: Content,
  body: readonly Html[],
  label: string,
): Html => html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>
`;

export const folded = (title: Content, content: Content): Html =>
  html`<details><summary>${title}</summary>${content}</details>
`;

/** A chart with its table below. */
export const figure = (id: string, title: string, table: Html, isTableFolded = true): Html =>
  html`<figure><figcaption>${title}</figcaption>
<div class="chart"><canvas id="${id}" role="img" aria-label="Chart: ${title}. The same numbers are in the table below."></canvas></div>
${isTableFolded ? folded('these numbers as a table', table) : table}</figure>
`;

/** A range where the passes differ. */
export const countText = (count: Count, metric: string, noise: Metric['noise']): Html =>
  count.least === count.most
    ? html`${formatValue(metric, count.least)}`
    : html`<span class="varies ${noise}" title="${count.passes} passes">${formatValue(metric, count.least)} – ${formatValue(metric, count.most)}</span>`;
