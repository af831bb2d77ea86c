// The first chart of the page, as a table: each row is an arm's ratio to the baseline with its interval, on one logarithmic axis.
import type { ForestChart } from '../browser/data.d.ts';
import { formatPercent, formatValue, grouped, ratioText } from '../format.ts';
import { HUES } from '../marks.ts';
import { verdictText } from '../verdict-words.ts';
import type { ReportView } from '../view.ts';
import type { ForestQuantity, ForestView } from '../view-charts.ts';
import { drawn } from './axes.ts';
import { type Html, html } from './html.ts';
import { shapeOf, swatch } from './legend.ts';
import { slug } from './slug.ts';

interface Axis {
  readonly min: number;
  readonly max: number;
  /** Powers of ten. */
  readonly ticks: readonly number[];
}

/** Beyond the outermost interval, as a factor. */
const MARGIN = 1.35;
/** An axis shows at least this much to both sides of 1. */
const LEAST_REACH = 2;

const endsOf = ({ again, rows }: ForestQuantity): readonly number[] =>
  [again, ...rows.map(({ versus }) => versus.ratio)].flatMap((ratio) =>
    ratio?.kind === 'interval' ? [ratio.lo, ratio.hi] : [],
  );

const axisOf = ({ quantities }: ForestView): Axis => {
  const ends = quantities.flatMap(endsOf).filter((end) => end > 0 && Number.isFinite(end));
  const [min, max] = [Math.min(1 / LEAST_REACH, ...ends) / MARGIN, Math.max(LEAST_REACH, ...ends) * MARGIN];
  const [first, last] = [Math.ceil(Math.log10(min)), Math.floor(Math.log10(max))];
  return { min, max, ticks: Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i)) };
};

const percentAt =
  ({ min, max }: Axis) =>
  (ratio: number): string =>
    `${((100 * Math.log(ratio / min)) / Math.log(max / min)).toFixed(2)}%`;

/** Where an interval counts as the same: see `results/compare/verdict.ts`. */
const sameZone = ({ delta }: ReportView): readonly [number, number] => [1 / (1 + delta), 1 + delta];

const bandHtml = (at: (ratio: number) => string, lo: number, hi: number, name: string): Html => {
  const width = `${(Number.parseFloat(at(hi)) - Number.parseFloat(at(lo))).toFixed(2)}%`;
  return html`<rect class="${name}" x="${at(lo)}" width="${width}" height="100%"/>`;
};

const backHtml = (view: ReportView, { again }: ForestQuantity, axis: Axis): Html => {
  const at = percentAt(axis);
  return html`${again?.kind === 'interval' ? bandHtml(at, again.lo, again.hi, 'again') : null}${bandHtml(at, ...sameZone(view), 'within')}${axis.ticks.map(
    (tick) =>
      html`<line class="${tick === 1 ? 'one' : 'tick'}" x1="${at(tick)}" x2="${at(tick)}" y2="100%"/>`,
  )}`;
};

const plotHtml = (
  view: ReportView,
  quantity: ForestQuantity,
  { arm, versus: { ratio } }: ForestQuantity['rows'][number],
  axis: Axis,
): Html => {
  const { mark } = view.arms[arm]!;
  const at = percentAt(axis);
  const back = backHtml(view, quantity, axis);
  if (ratio.kind === 'tooFew') return html`<svg aria-hidden="true">${back}</svg>`;
  return html`<svg class="c${mark % HUES}" aria-hidden="true">${back}<line class="whisker" x1="${at(ratio.lo)}" x2="${at(ratio.hi)}" y1="50%" y2="50%"/><svg x="${at(ratio.center)}" y="50%" overflow="visible"><g transform="translate(-5.5 -5.5) scale(.92)">${shapeOf(mark)}</g></svg></svg>`;
};

const rowId = ({ image }: ForestView, quantity: ForestQuantity, arm: string): string =>
  slug('glance', image, quantity.id, arm);

const rowHtml = (
  view: ReportView,
  forest: ForestView,
  quantity: ForestQuantity,
  row: ForestQuantity['rows'][number],
  axis: Axis,
): Html => {
  const arm = view.arms[row.arm]!;
  const { versus } = row;
  return html`<tr id="${rowId(forest, quantity, arm.id)}" data-arm="${arm.id}"><th scope="row" title="${arm.title}">${swatch(arm)}<span>${arm.id}</span></th><td class="plot">${plotHtml(view, quantity, row, axis)}</td><td class="median">${formatValue('Ns', row.median)}</td><td class="ratio">${ratioText(versus.ratio)}</td><td class="text"><span class="verdict ${versus.verdict}">${verdictText(versus)}</span></td></tr>
`;
};

const quantityHtml = (view: ReportView, forest: ForestView, quantity: ForestQuantity, axis: Axis): Html =>
  html`<tbody><tr class="quantity"><th scope="rowgroup" colspan="2"><b>${quantity.state}</b> ${quantity.what}</th><td class="median">${formatValue('Ns', quantity.baseline)}</td><td class="ratio"><span class="of">${view.baseline} = 1</span></td><td class="text"></td></tr>
${quantity.rows.map((row) => rowHtml(view, forest, quantity, row, axis))}</tbody>
`;

const axisHtml = (axis: Axis): Html => {
  const at = percentAt(axis);
  return html`<svg aria-hidden="true">${axis.ticks.map((tick) => html`<text${Math.round(Math.log10(tick)) % 2 === 0 ? null : html` class="odd"`} x="${at(tick)}" y="13">${tick < 1 ? String(tick) : grouped(tick)}</text>`)}</svg>`;
};

export const forestHtml = (view: ReportView, forest: ForestView): Html => {
  const axis = axisOf(forest);
  return html`<figure id="${forestId(forest)}" class="glance" data-better="lower is better"><figcaption><span>Time against ${view.baseline}, with its interval</span></figcaption>
<p class="note">Left of 1: shorter than ${view.baseline}. Dark band: within ${formatPercent(view.delta)}. Light band: ${view.baseline} against itself, the noise of this machine. Logarithmic axis.</p>
<div class="scroll" tabindex="0" role="region" aria-label="times against ${view.baseline}, ${forest.image}"><table class="forest">
<thead><tr><th scope="col"><span class="sr">backend</span></th><th scope="col" class="plot"><span class="sr">ratio, drawn</span>${axisHtml(axis)}</th><th scope="col" class="median">median</th><th scope="col" class="ratio">ratio</th><th scope="col" class="text"><span class="sr">verdict</span></th></tr></thead>
${forest.quantities.map((quantity) => quantityHtml(view, forest, quantity, axis))}</table></div>
</figure>
`;
};

const forestId = ({ image }: ForestView): string => slug('glance', image);

const intervalOf = (ratio: ForestQuantity['again']): readonly [number, number, number] | null =>
  ratio?.kind === 'interval'
    ? [drawn('ratio', ratio.lo), drawn('ratio', ratio.center), drawn('ratio', ratio.hi)]
    : null;

/** The data of the saved picture. */
export const forestChart = (view: ReportView, forest: ForestView): ForestChart => {
  const { min, max, ticks } = axisOf(forest);
  return {
    id: forestId(forest),
    span: { min: drawn('ratio', min), max: drawn('ratio', max) },
    ticks,
    within: sameZone(view),
    quantities: forest.quantities.map((quantity) => ({
      title: `${quantity.state}: ${quantity.what}`,
      baseline: `${view.baseline} ${formatValue('Ns', quantity.baseline)}`,
      again: intervalOf(quantity.again),
      rows: quantity.rows.map(({ arm, median, versus }) => ({
        arm,
        median,
        ratio: intervalOf(versus.ratio),
        text: `${ratioText(versus.ratio)} ${verdictText(versus)}`,
      })),
    })),
  };
};
