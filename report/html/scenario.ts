// One section per scenario: its charts, tables and problems, and the command that repeats it.

import { shellLine } from '../../results/shell-line.ts';
import { plural } from '../format.ts';
import type { ReportView } from '../view.ts';
import type { ArmView, TableView } from '../view-tables.ts';
import { betterText, LOG_FACTOR } from './axes.ts';
import { blocksHtml } from './blocks.ts';
import { armsWhere, countsHtml } from './counts.ts';
import type { ReportFigures } from './figures.ts';
import { armHeads, tableHtml } from './first-table.ts';
import { term } from './glossary.ts';
import { type Html, html } from './html.ts';
import { legend } from './legend.ts';
import { imagesIn, scenariosIn } from './measured.ts';
import { figure, folded, plainTable, valueHtml } from './parts.ts';
import type { FigurePlace, PointFigure } from './point-figures.ts';
import { spreadsHtml } from './spreads.ts';
import { timelineHtml } from './timeline.ts';

const scenarioId = (scenario: string): string => `scenario-${scenario.replace(/[^A-Za-z0-9-]/g, '-')}`;

const isAt =
  ({ image, scenario }: FigurePlace) =>
  (one: FigurePlace): boolean =>
    one.image === image && one.scenario === scenario;

const pointsTable = (view: ReportView, { rows, title, image }: PointFigure): Html => {
  const shown = armsWhere(view.arms, (index) => rows.some(({ points }) => (points[index] ?? null) !== null));
  return plainTable(
    html`<th scope="col"><span class="sr">row</span></th>${armHeads(shown.map(({ arm }) => arm))}`,
    rows.map(
      ({ label, points }) =>
        html`<tr><th scope="row">${label}</th>${shown.map(
          ({ index }) => html`<td>${valueHtml(points[index]?.text ?? '–')}</td>`,
        )}</tr>
`,
    ),
    `${title}, ${image}`,
  );
};

const tableAt = (tables: readonly TableView[], { image, scenario }: FigurePlace): TableView => ({
  image,
  sections: tables
    .filter((table) => table.image === image)
    .flatMap(({ sections }) => sections)
    .filter((section) => section.scenario === scenario),
});

/** Headline rows open, the other timed rows folded. */
const timesHtml = (view: ReportView, place: FigurePlace): Html => {
  const own = tableAt(view.own, place);
  const headline = new Set(
    own.sections.flatMap(({ params, rows }) => rows.map(({ metric }) => `${params} ${metric}`)),
  );
  const others: TableView = {
    image: place.image,
    sections: tableAt(view.further, place)
      .sections.map((section) => ({
        ...section,
        rows: section.rows.filter(({ metric }) => !headline.has(`${section.params} ${metric}`)),
      }))
      .filter(({ rows }) => rows.length > 0),
  };
  const count = others.sections.reduce((sum, { rows }) => sum + rows.length, 0);
  const title = `${place.scenario}, ${place.image}`;
  return html`${own.sections.length === 0 ? null : tableHtml(own, view, title)}${
    count === 0
      ? null
      : folded(
          `other timed metrics: ${plural(count, 'row')}`,
          tableHtml(others, view, `${title}: other metrics`),
        )
  }`;
};

/** Images that a scenario makes itself cannot be named on the command line. */
const commandOf = (view: ReportView, scenario: string, images: readonly string[]): string => {
  const sources = view.images
    .filter(({ name, source }) => images.includes(name) && !source.startsWith('synthetic:'))
    .map(({ source }) => source);
  return shellLine([
    ...['npm', 'run', 'bench', '--', 'run', '--profile', view.plan.profile, '--scenarios', scenario],
    ...(sources.length === 0 ? [] : ['--images', sources.join(',')]),
    // A pool has the seeds of all its runs.
    ...['--seed', view.pool?.runs[0]?.seed ?? view.plan.seed],
  ]);
};

const problemsHtml = (view: ReportView, scenario: string): Html => {
  const problems = [...view.failures, ...view.skipped, ...view.leaks.left].filter(
    (problem) => problem.scenario === scenario,
  );
  const mentions = [
    ...view.warnings.filter((line) => line.split(/[ ,:]/).includes(scenario)),
    ...view.dropped.filter((one) => one.scenario === scenario).map(({ text }) => text),
  ];
  return problems.length + mentions.length === 0
    ? html``
    : html`<div class="alert">${problems.map(({ where, what }) => html`<div><b>${where}</b>: ${what}</div>`)}${mentions.map((line) => html`<div>${line}</div>`)}</div>`;
};

const imageHtml = (view: ReportView, figures: ReportFigures, place: FigurePlace): Html => {
  const isHere = isAt(place);
  const points = figures.points.filter(isHere);
  const spreads = figures.spreads.filter(({ spread }) => isHere(spread));
  return html`${
    points.length === 0
      ? null
      : html`<div class="charts">${points.map((one) => figure(one.chart.id, one.title, pointsTable(view, one), { image: place.image, better: betterText(one.rows.map(({ better }) => better)) }))}</div>`
  }${blocksHtml(view, spreads)}${timelineHtml(view, view.timelines.filter(isHere))}${timesHtml(view, place)}${countsHtml(view, isHere)}${spreadsHtml(view, spreads)}`;
};

const drawnArms = (view: ReportView, figures: ReportFigures, scenario: string): readonly ArmView[] => {
  const drawn = new Set(
    figures.points
      .filter((one) => one.scenario === scenario)
      .flatMap(({ chart }) => chart.series.map(({ arm }) => arm)),
  );
  return view.arms.filter((_, index) => drawn.has(index));
};

const scenarioHtml = (view: ReportView, figures: ReportFigures, scenario: string): Html => {
  const info = view.scenarios.find(({ id }) => id === scenario);
  const images = imagesIn(view, scenario);
  const [first, ...others] = images;
  const atImage = (image: string): Html => imageHtml(view, figures, { image, scenario });
  return html`<section class="scenario" data-scenario="${scenario}">
<h3 id="${scenarioId(scenario)}">${info?.question ?? scenario}</h3>
<p class="note"><code>${scenario}</code>, ${info?.cache ?? 'unknown'} cache. Inside the window: <code>${info?.reproduce ?? 'unknown'}</code></p>
${problemsHtml(view, scenario)}${legend(drawnArms(view, figures, scenario))}
${first === undefined ? null : html`<div data-image="${first}"><h4>${first}</h4>${atImage(first)}</div>`}${others.map(
  (image) =>
    html`<details data-image="${image}"><summary>${image}</summary>${atImage(image)}</details>
`,
)}${folded('rerun only this scenario', html`<pre>${commandOf(view, scenario, images)}</pre>`)}</section>
`;
};

export const scenarioSections = (view: ReportView, figures: ReportFigures): Html => {
  const scenarios = scenariosIn(view);
  return scenarios.length === 0
    ? html``
    : html`<h2 id="scenarios">Scenarios</h2>
<p>Each ${term('scenario')} asks every ${term('backend')} the same question. Marks and bars are medians; the line through them is the interval of the median. Axes start at zero, or are logarithmic where values differ by more than a factor of ${LOG_FACTOR}, with zeros written at the edge. A ${term('phase')} in which an arm makes no system call has no mark.</p>
<ul class="index">${scenarios.map((scenario) => html`<li data-scenario="${scenario}"><a href="#${scenarioId(scenario)}">${scenario}</a></li>`)}</ul>
${scenarios.map((scenario) => scenarioHtml(view, figures, scenario))}`;
};
