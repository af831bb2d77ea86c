// One section for each question: its charts, its tables, how to ask it again, and what went wrong there.
import { SHARES } from '../analysis/curve.ts';
import { formatValue, plainName, shareText, shellLine } from '../format.ts';
import type { ArmView, CountsView, ReportView, TableView } from '../view.ts';
import {
  type Figures,
  imagesIn,
  labelOf,
  type PointFigure,
  type SpreadFigure,
  scenariosIn,
} from './charts.ts';
import { armHeads, tableHtml } from './first-table.ts';
import { type Html, html } from './html.ts';
import { legend } from './legend.ts';
import { countText, figure, folded, plainTable } from './parts.ts';

/** Of its section. */
export const scenarioId = (scenario: string): string => `scenario-${scenario.replace(/[^A-Za-z0-9-]/g, '-')}`;

const isIn =
  (image: string, scenario: string) =>
  (one: { readonly image: string; readonly scenario: string }): boolean =>
    one.image === image && one.scenario === scenario;

const armsWith = <T>(arms: readonly ArmView[], has: (index: number) => T | null | undefined) =>
  arms
    .map((arm, index) => ({ arm, index }))
    .filter(({ index }) => has(index) !== null && has(index) !== undefined);

const pointsTable = (view: ReportView, { rows, title, image }: PointFigure): Html => {
  const shown = armsWith(
    view.arms,
    (index) => rows.find(({ points }) => points[index] !== null)?.points[index],
  );
  return plainTable(
    html`<th scope="col"></th>${armHeads(shown.map(({ arm }) => arm))}`,
    rows.map(
      ({ label, points }) =>
        html`<tr><th scope="row">${label}</th>${shown.map(
          ({ index }) => html`<td>${points[index]?.text ?? '–'}</td>`,
        )}</tr>
`,
    ),
    `${title}, ${image}`,
  );
};

const spreadHtml = (view: ReportView, { spread, chart }: SpreadFigure): Html => {
  const title = `${labelOf(spread)}: ${plainName(spread.metric)}`;
  const table = plainTable(
    html`<th scope="col">of the blocks</th>${spread.curves.map(
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
  return figure(chart.id, title, table);
};

const spreadsHtml = (view: ReportView, figures: readonly SpreadFigure[]): Html =>
  figures.length === 0
    ? html``
    : folded(
        `how the blocks are spread: ${figures.length} ${figures.length === 1 ? 'distribution' : 'distributions'}`,
        html`<p class="note">Each step is a block: the line's height is the share of the blocks at or below that value.</p>
<div class="charts">${figures.map((one) => spreadHtml(view, one))}</div>`,
      );

const countsTable = (
  view: ReportView,
  counts: CountsView,
  nameOf: (metric: string, title: string) => string,
): Html => {
  const shown = armsWith(view.arms, (index) => counts.rows.find((row) => row.counts[index] !== null));
  return plainTable(
    html`<th scope="col">${counts.params}</th>${armHeads(shown.map(({ arm }) => arm))}`,
    counts.rows.map(
      (row) =>
        html`<tr><th scope="row">${nameOf(row.metric, row.info.title)}</th>${shown.map(({ index }) => {
          const count = row.counts[index];
          return count === null || count === undefined
            ? html`<td class="none">–</td>`
            : html`<td>${countText(count, row.metric, row.info.noise)}</td>`;
        })}</tr>
`,
    ),
    `${labelOf(counts)} on ${counts.image}`,
  );
};

const opcodeName = (metric: string): string => {
  const name = metric.replace(/^fuse/, '').replace(/Count$/, '');
  return name === 'Request' ? 'all opcodes' : name.toUpperCase();
};

const titleOnly = (_: string, title: string): string => title;

const countsHtml = (view: ReportView, image: string, scenario: string): Html => {
  const here = isIn(image, scenario);
  const [observed, requests, disk] = [view.observed, view.requests, view.disk].map((all) => all.filter(here));
  const tables = (all: readonly CountsView[], nameOf = titleOnly): Html =>
    html`<div class="charts">${all.map((counts) => html`<div>${countsTable(view, counts, nameOf)}</div>`)}</div>`;
  return html`${
    observed!.length === 0
      ? null
      : html`<p class="note">Counted and never timed: one number means that every pass gave it.</p>${tables(observed!)}`
  }${
    requests!.length === 0
      ? null
      : folded(
          'FUSE requests by opcode',
          html`<p class="note">As the server counted them; opcodes without a request are left out. The least of several passes is what to compare: single stray requests come from cached pages that had gone.</p>${tables(requests!, opcodeName)}`,
        )
  }${
    disk!.length === 0
      ? null
      : folded(
          'what one image left on disk',
          html`<p class="note">Before it was destroyed; hard links once, bytes by blocks.</p>${tables(disk!)}`,
        )
  }`;
};

const sectionsIn = (tables: readonly TableView[], image: string, scenario: string): TableView => ({
  image,
  sections: tables
    .filter((table) => table.image === image)
    .flatMap(({ sections }) => sections)
    .filter((section) => section.scenario === scenario),
});

const timesHtml = (view: ReportView, image: string, scenario: string): Html => {
  const own = sectionsIn(view.own, image, scenario);
  const headline = new Set(
    own.sections.flatMap(({ params, rows }) => rows.map(({ metric }) => `${params} ${metric}`)),
  );
  const all = sectionsIn(view.further, image, scenario);
  const further = {
    image,
    sections: all.sections
      .map((section) => ({
        ...section,
        rows: section.rows.filter(({ metric }) => !headline.has(`${section.params} ${metric}`)),
      }))
      .filter(({ rows }) => rows.length > 0),
  };
  const count = further.sections.reduce((sum, { rows }) => sum + rows.length, 0);
  return html`${own.sections.length === 0 ? null : tableHtml(own, view, `${scenario}, ${image}`)}${
    count === 0
      ? null
      : folded(
          `what else was timed: ${count} ${count === 1 ? 'row' : 'rows'}`,
          tableHtml(further, view, `${scenario}, ${image}: other metrics`),
        )
  }`;
};

/** The same question alone; what a scenario brings along as an image of its own has no name to ask for. */
const commandOf = (view: ReportView, scenario: string, images: readonly string[]): string => {
  const sources = view.images.filter(({ name }) => images.includes(name)).map(({ source }) => source);
  const asked = sources.filter((source) => !source.startsWith('synthetic:'));
  return shellLine([
    ...['npm', 'run', 'bench', '--', 'run', '--profile', view.plan.profile, '--scenarios', scenario],
    ...(asked.length === 0 ? [] : ['--images', asked.join(',')]),
    ...['--seed', view.plan.seed],
  ]);
};

const troubleHtml = (view: ReportView, scenario: string): Html => {
  const problems = [...view.failures, ...view.skipped, ...view.leaks.left].filter(
    (problem) => problem.scenario === scenario,
  );
  const mentions = [...view.warnings, ...view.dropped].filter((line) =>
    line.split(/[ ,:]/).includes(scenario),
  );
  return problems.length + mentions.length === 0
    ? html``
    : html`<div class="alert">${problems.map(({ where, what }) => html`<div><b>${where}</b>: ${what}</div>`)}${mentions.map((line) => html`<div>${line}</div>`)}</div>`;
};

const imageHtml = (view: ReportView, figures: Figures, scenario: string, image: string): Html => {
  const points = figures.points.filter(isIn(image, scenario));
  return html`${
    points.length === 0
      ? null
      : html`<div class="charts">${points.map((one) => figure(one.chart.id, one.title, pointsTable(view, one)))}</div>`
  }${timesHtml(view, image, scenario)}${countsHtml(view, image, scenario)}${spreadsHtml(
    view,
    figures.spreads.filter(({ spread }) => isIn(image, scenario)(spread)),
  )}`;
};

const armsOf = (view: ReportView, figures: Figures, scenario: string): readonly ArmView[] => {
  const seen = new Set(
    figures.points
      .filter((one) => one.scenario === scenario)
      .flatMap(({ chart }) => chart.series.map(({ arm }) => arm)),
  );
  return view.arms.filter((_, index) => seen.has(index));
};

const scenarioHtml = (view: ReportView, figures: Figures, scenario: string): Html => {
  const info = view.scenarios.find(({ id }) => id === scenario);
  const images = imagesIn(view, scenario);
  const [first, ...others] = images;
  return html`<section class="scenario" data-scenario="${scenario}">
<h3 id="${scenarioId(scenario)}">${info?.question ?? scenario}</h3>
<p class="note"><code>${scenario}</code>, ${info?.cache ?? 'unknown'} cache. Inside the window: <code>${info?.reproduce ?? 'unknown'}</code></p>
${troubleHtml(view, scenario)}${legend(armsOf(view, figures, scenario))}
${first === undefined ? null : html`<div data-image="${first}"><h4>${first}</h4>${imageHtml(view, figures, scenario, first)}</div>`}${others.map(
  (image) =>
    html`<details data-image="${image}"><summary>${image}</summary>${imageHtml(view, figures, scenario, image)}</details>
`,
)}${folded('ask only this again', html`<pre>${commandOf(view, scenario, images)}</pre>`)}</section>
`;
};

export const scenarioSections = (view: ReportView, figures: Figures): Html => {
  const all = scenariosIn(view);
  return all.length === 0
    ? html``
    : html`<h2 id="scenarios">What was asked</h2>
<p>Medians; the line through a mark or a bar is the interval of the median at 95 % or more. Axes start at zero, or are logarithmic where values are more than twenty times apart. A phase in which an arm makes no call has no mark.</p>
<ul class="index">${all.map((scenario) => html`<li data-scenario="${scenario}"><a href="#${scenarioId(scenario)}">${scenario}</a></li>`)}</ul>
${all.map((scenario) => scenarioHtml(view, figures, scenario))}`;
};
