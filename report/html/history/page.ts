// The history as one page: a chart and a table for each series that changed and for each ratio, one line for each other series.

import { NULL_ARM } from '../../../results/compare/phase-of.ts';
import { hasChanged, type Trend } from '../../../results/history/trends.ts';
import type { HistoryLine } from '../../../results/schema/history.ts';
import { groupBy } from '../../analysis/group-by.ts';
import { cleaned } from '../../cleaned.ts';
import { formatInstant, grouped, plural } from '../../format.ts';
import { changedWith, omittedText, runsOf, valueText } from '../../history/text.ts';
import { marksOf } from '../../marks.ts';
import type { ArmView } from '../../view-tables.ts';
import { pageStyles } from '../compare/styles.ts';
import { type DocumentParts, documentOf } from '../document.ts';
import { linesData } from '../figures.ts';
import { type Html, html } from '../html.ts';
import { legend } from '../legend.ts';
import { figure, plainTable } from '../parts.ts';
import { chartOf, seriesName } from './chart.ts';
import { trendTable } from './table.ts';

const SECTIONS = [
  ['changed', 'Changed'],
  ['steady', 'Ratios'],
  ['counts', 'Counts'],
  ['runs', 'Runs'],
  ['method', 'Method'],
] as const;

/** So that the page opens quickly; the tables have all series. */
const MOST_CHARTS = 120;

/** Link from the page to the folder of a run; null: unknown. */
type HrefOf = (run: string) => string | null;

export interface HistoryOptions {
  readonly hrefOf: HrefOf;
  /** A chart for every series; else for ratios and series that changed. */
  readonly all: boolean;
}

const armsOf = (trends: readonly Trend[]): readonly ArmView[] => {
  const names = [...new Set(trends.map(({ of }) => of.arm))].sort();
  const marks = marksOf(names);
  return names.map((id) => ({
    id,
    title: id,
    how: '',
    role: id === NULL_ARM ? 'null' : 'arm',
    variant: false,
    mark: marks.get(id)!,
  }));
};

interface Charted {
  readonly trend: Trend;
  readonly id: string;
  readonly title: string;
}

/** Series that differ in their fingerprint alone, as before and after a new kernel, are told apart by their first runs. */
const titlesOf = (trends: readonly Trend[]): ((trend: Trend) => string) => {
  const named = groupBy(trends, seriesName);
  return (trend) => {
    const name = seriesName(trend);
    return named.get(name)!.length === 1 ? name : `${name}, runs since ${trend.lines[0]!.run}`;
  };
};

const trendHtml = ({ trend, id, title }: Charted, hrefOf: HrefOf): Html => {
  const changes = trend.changes.map(
    (change) =>
      html`<p class="note">${changedWith(change)}: ${valueText(trend, change.before)} → ${valueText(trend, change.after)}</p>`,
  );
  const fence =
    trend.fence?.kind === 'fence' && trend.fence.outside
      ? html`<p class="note">The latest step is outside the fence.</p>`
      : null;
  const omitted = trend.omitted === 0 ? null : html`<p class="note">Shown: ${runsOf(trend)}.</p>`;
  return figure(id, title, trendTable(trend, title, hrefOf), { notes: html`${changes}${fence}${omitted}` });
};

const chartsSection = (id: string, title: string, charted: readonly Charted[], hrefOf: HrefOf): Html =>
  charted.length === 0
    ? html``
    : html`<section><h2 id="${id}">${title}</h2>
<div class="trends">${charted.map((one) => trendHtml(one, hrefOf))}</div></section>
`;

const restSection = (rest: readonly Trend[], titleOf: (trend: Trend) => string): Html =>
  rest.length === 0
    ? html``
    : html`<section><h2 id="counts">Series without a chart</h2>
<p>${rest.some(hasChanged) ? `The page has at most ${MOST_CHARTS} charts; the other series that changed are listed here.` : 'None of them changed.'}</p>
<details><summary>${`${rest.length} series`}</summary>${plainTable(
        html`<th scope="col">series</th><th scope="col">latest</th><th scope="col">runs</th>`,
        rest.map(
          (trend) =>
            html`<tr><th scope="row">${titleOf(trend)}</th><td>${valueText(trend, trend.of.value)}</td><td>${grouped(trend.lines.length + trend.omitted)}</td></tr>
`,
        ),
        'series without a chart',
      )}</details></section>
`;

const runsSection = (lines: readonly HistoryLine[], hrefOf: HrefOf): Html => {
  const runs = new Map(lines.map((line) => [line.run, line]));
  return html`<section><h2 id="runs">Runs</h2>
${plainTable(
  html`<th scope="col">run</th><th scope="col" class="text">begun</th><th scope="col" class="text">commit</th><th scope="col" class="text">host</th>`,
  [...runs.values()].map(({ run, startedAt, commit, host }) => {
    const href = hrefOf(run);
    return html`<tr><th scope="row">${href === null ? run : html`<a href="${href}">${run}</a>`}</th><td class="text">${formatInstant(startedAt)}</td><td class="text"><code>${commit?.slice(0, 12) ?? 'unknown'}</code></td><td class="text">${host}</td></tr>
`;
  }),
  'runs of the history',
)}</section>
`;
};

const method = html`<section><h2 id="method">How to read the charts</h2>
<ul>
<li>Counts are compared where programs, architecture, path and image are equal; ratios to the baseline of the run where the CPU, the kernel and the file system are equal, too. Any difference begins another series.</li>
<li>A line through a point is its interval at 95 % or more. The dashed line is the median between two changes; a red mark is the first run after a change.</li>
<li>An exact count changed where its passes have no value in common with those of a run since the change before. A ratio or a count of requests changed where the energy distance between the runs before and after is larger than in 99 % of shuffled orders (E-divisive), with at least five runs on each side.</li>
<li>The dashed upright line at the latest run is the fence: the range of steps of a count within three interquartile ranges of the usual ones. It needs 11 runs.</li>
<li>Changes are shown; they never fail a gate.</li>
</ul></section>
`;

const findingOf = (trends: readonly Trend[], runs: number): string => {
  if (trends.length === 0) return 'The history is empty.';
  const changed = trends.filter(hasChanged);
  const latest = changed.filter(({ changes, lines }) => changes.at(-1)?.run === lines.at(-1)!.run).length;
  return `${trends.length} series of ${plural(runs, 'run')}: ${changed.length} changed at some time${latest === 0 ? '' : `, ${latest} of them with the latest run`}.${omittedText(trends)}`;
};

const byPlace = (trends: readonly Trend[]): readonly Trend[] =>
  [...trends].sort((a, b) => (seriesName(a) < seriesName(b) ? -1 : 1));

export const historyPage = (
  found: readonly Trend[],
  { hrefOf, all }: HistoryOptions,
  scripts: DocumentParts['scripts'],
): string => {
  const trends = byPlace(cleaned(found));
  const lines = trends
    .flatMap((trend) => trend.lines)
    .sort((a, b) => (`${a.startedAt} ${a.run}` < `${b.startedAt} ${b.run}` ? -1 : 1));
  const wanted = [
    ...trends.filter(hasChanged),
    ...trends.filter((trend) => !hasChanged(trend) && (all || trend.of.noise === 'noisy')),
  ];
  const titleOf = titlesOf(trends);
  const charted = wanted
    .slice(0, MOST_CHARTS)
    .map((trend, index) => ({ trend, id: `trend-${index}`, title: titleOf(trend) }));
  const shown = new Set(charted.map(({ trend }) => trend));
  const arms = armsOf(trends);
  const changed = charted.filter(({ trend }) => hasChanged(trend));
  const steady = charted.filter(({ trend }) => !hasChanged(trend));
  const runCount = new Set(lines.map(({ run }) => run)).size;
  const body = html`<main>
<header>
<h1>cfsbench history</h1>
<p class="finding">${findingOf(trends, runCount)}</p>
${legend(arms)}
</header>
${chartsSection('changed', 'What changed', changed, hrefOf)}${chartsSection('steady', all ? 'What did not change' : 'Ratios that did not change', steady, hrefOf)}${restSection(
  trends.filter((trend) => !shown.has(trend)),
  titleOf,
)}${lines.length === 0 ? null : runsSection(lines, hrefOf)}${method}
<footer>Made by cfsbench from the history. Charts: Chart.js (MIT).</footer>
</main>`.markup;
  return documentOf({
    title: 'history',
    sections: SECTIONS,
    body,
    styles: pageStyles,
    data: linesData(
      `history of ${plural(runCount, 'run')}`,
      arms,
      charted.map(({ trend, id }) => chartOf(trend, id, arms)),
    ),
    scripts,
  });
};
