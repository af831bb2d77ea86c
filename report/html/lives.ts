// The section on images that arrive all the time: percentiles by arm at one rate, and p99 against the rate.
import type { LineChart } from '../browser/lines-data.d.ts';
import { formatNs, formatValue, grouped, plural } from '../format.ts';
import type { ReportView } from '../view.ts';
import type { GrowthPoint, LivesView } from '../view-charts.ts';
import { drawn } from './axes.ts';
import { type Html, html } from './html.ts';
import { legend } from './legend.ts';
import { figure, plainTable, valueHtml } from './parts.ts';

export interface LivesFigure {
  readonly lives: LivesView;
  readonly percentiles: LineChart;
  readonly rates: LineChart;
}

const READY = 'until it is ready';
/** As the charts draw it. */
const pointText = ({ y, lo, hi }: GrowthPoint): string =>
  `${formatNs(y)}${lo === null || hi === null ? '' : ` (${formatNs(lo)}..${formatNs(hi)})`}`;

const rateText = (rate: number): string => formatValue('ratePerSecond', rate);

const percentilesChart = (id: string, { percentiles, names }: LivesView, view: ReportView): LineChart => ({
  id,
  x: { title: 'percentile', unit: 'count', log: false, labels: names },
  y: { title: READY, unit: 'ns', log: true, labels: null },
  lines: percentiles.map(({ arm, ns }) => ({
    label: view.arms[arm]!.id,
    arm,
    style: 'line',
    points: ns.flatMap((value, at) =>
      value === null || value <= 0 ? [] : [[at, drawn('ns', value)] as const],
    ),
    ranges: [],
  })),
});

const ratesChart = (id: string, { rates }: LivesView, view: ReportView): LineChart => ({
  id,
  x: { title: 'images per second', unit: 'count', log: true, labels: null },
  y: { title: `p99 ${READY}`, unit: 'ns', log: true, labels: null },
  lines: rates.map(({ arm, points }) => ({
    label: view.arms[arm]!.id,
    arm,
    style: 'line',
    points: points.map(({ x, y }) => [x, drawn('ns', y)] as const),
    ranges: points.map(({ y, lo, hi }) => [lo ?? y, hi ?? y] as const),
  })),
});

export const livesFigures = (view: ReportView): readonly LivesFigure[] =>
  view.lives.map((lives, at) => ({
    lives,
    percentiles: percentilesChart(`lives-percentiles-${at}`, lives, view),
    rates: ratesChart(`lives-rates-${at}`, lives, view),
  }));

export const livesCharts = (figures: readonly LivesFigure[]): readonly LineChart[] =>
  figures.flatMap(({ percentiles, rates }) => [percentiles, rates]);

const percentilesTable = (view: ReportView, { names, percentiles, image }: LivesView): Html =>
  plainTable(
    html`<th scope="col"><span class="sr">arm</span></th>${names.map((name) => html`<th scope="col">${name}</th>`)}<th scope="col">images</th>`,
    percentiles.map(
      ({ arm, ns, lifeCount }) =>
        html`<tr data-arm="${view.arms[arm]!.id}"><th scope="row">${view.arms[arm]!.id}</th>${ns.map(
          (value) => html`<td>${value === null ? '–' : formatNs(value)}</td>`,
        )}<td>${grouped(lifeCount)}</td></tr>
`,
    ),
    `percentiles by arm, ${image}`,
  );

const ratesTable = (view: ReportView, { rates, image }: LivesView): Html => {
  const all = [...new Set(rates.flatMap(({ points }) => points.map(({ x }) => x)))].sort((a, b) => a - b);
  return plainTable(
    html`<th scope="col"><span class="sr">arm</span></th>${all.map((rate) => html`<th scope="col">${rateText(rate)}</th>`)}`,
    rates.map(
      ({ arm, points }) =>
        html`<tr data-arm="${view.arms[arm]!.id}"><th scope="row">${view.arms[arm]!.id}</th>${all.map(
          (rate) => {
            const point = points.find(({ x }) => x === rate);
            return html`<td>${point === undefined ? '–' : valueHtml(pointText(point))}</td>`;
          },
        )}</tr>
`,
    ),
    `p99 by arm and rate, ${image}`,
  );
};

const waitsText = ({ waits }: LivesView): string =>
  waits === null
    ? ''
    : ` ${plural(waits.workers, 'worker')} share ${plural(waits.cpus, 'CPU')}: the time for which a worker waits for a CPU is part of every number.`;

const longestText = ({ longest }: LivesView): string =>
  longest.length === 0
    ? ''
    : `; with fewer than 100 images, as at ${longest.map(grouped).join(', ')} per second, the longest of them`;

const livesHtml = (view: ReportView, { lives, percentiles, rates }: LivesFigure): Html => {
  const { scenario, image, rate } = lives;
  return html`<div data-scenario="${scenario}" data-image="${image}"><p>${image}, ${rateText(rate)}: every arm was tried at this rate. Latencies count from the moment at which an image was due, until it is ready: created, mounted and started.${waitsText(lives)} A rate ends for an arm when an image begins a second late.</p>
<div class="charts">${figure(percentiles.id, `How long until an image is ready, at ${rateText(rate)}`, percentilesTable(view, lives), { image })}${figure(rates.id, `99th percentile against the rate at which images arrive${longestText(lives)}`, ratesTable(view, lives), { image })}</div></div>
`;
};

export const livesSection = (view: ReportView, figures: readonly LivesFigure[]): Html => {
  const arms = new Set(
    view.lives.flatMap(({ percentiles, rates }) => [...percentiles, ...rates].map(({ arm }) => arm)),
  );
  return figures.length === 0
    ? html``
    : html`<h2 id="lives">Images that come and go all the time</h2>
${legend(view.arms.filter((_, index) => arms.has(index)))}
${figures.map((one) => livesHtml(view, one))}`;
};
