// Building blocks of the sections. Elements that name a scenario, an image or an arm can be filtered by it.
import type { Count } from '../../results/compare/counts.ts';
import type { Metric } from '../../results/schema/run.ts';
import { groupBy } from '../analysis/group-by.ts';
import { formatValue, plural } from '../format.ts';
import type { Problem } from '../view.ts';
import { type Content, type Html, html } from './html.ts';
import { slug } from './slug.ts';

export const folded = (title: Content, content: Content): Html =>
  html`<details><summary>${title}</summary>${content}</details>
`;

/** The first image open, the others folded. */
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
  style = 'plain',
): Html => html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="${style}">
<thead><tr>${head}</tr></thead><tbody>
${body}</tbody></table></div>
`;

/** Column heads; a leading `<` aligns the column left. */
export const heads = (titles: readonly string[]): Html =>
  html`${titles.map((title) =>
    title.startsWith('<')
      ? html`<th scope="col" class="text">${title.slice(1)}</th>`
      : html`<th scope="col">${title}</th>`,
  )}`;

export const definitions = (pairs: readonly (readonly [name: string, value: Content])[]): Html =>
  html`<dl>${pairs.map(
    ([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>
`,
  )}</dl>
`;

export const bulletList = (items: readonly Content[]): Html =>
  html`<ul>${items.map(
    (item) => html`<li>${item}</li>
`,
  )}</ul>`;

export const problemList = (problems: readonly Problem[]): Html =>
  bulletList(problems.map(({ where, what }) => html`<b>${where}</b>: ${what}`));

interface FigureStyle {
  readonly isTableFolded?: boolean;
  /** Charts of several images have the same title. */
  readonly image?: string | null;
  /** Which direction is better, in words; printed on saved pictures. */
  readonly better?: string;
  /** Between the chart and its table. */
  readonly notes?: Html | null;
}

/** A chart above its table. */
export const figure = (
  id: string,
  title: string,
  table: Html,
  { isTableFolded = true, better = '', image = null, notes = null }: FigureStyle = {},
): Html =>
  html`<figure id="${slug('chart', image ?? '', title)}"${better === '' ? null : html` data-better="${better}"`}><figcaption><span>${title}</span></figcaption>
<div class="chart"><canvas id="${id}" role="img" aria-label="Chart: ${title}. The same numbers are in the table below."></canvas></div>
${notes}${isTableFolded ? folded('these numbers as a table', table) : table}</figure>
`;

/** `377 µs (331 µs..408 µs)`, broken only in front of the range. */
export const valueHtml = (text: string): Html => {
  const [value = '', range] = text.split(/ (?=\()/);
  return html`<span class="range">${value}</span>${range === undefined ? null : html` <span class="range">${range}</span>`}`;
};

/** A range where the passes differ. */
export const countText = (count: Count, metric: string, noise: Metric['noise']): Html =>
  count.least === count.most
    ? html`${formatValue(metric, count.least)}`
    : html`<span class="varies ${noise}" title="${plural(count.passes, 'pass', 'passes')}">${formatValue(metric, count.least)} – ${formatValue(metric, count.most)}</span>`;
