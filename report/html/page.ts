// The page of a run: its sections in reading order.

import { fleetSection } from '../fleet/html.ts';
import { fleetText } from '../fleet/machine.ts';
import { formatInstant, formatNs, plural } from '../format.ts';
import { runsText } from '../standing.ts';
import { joinParts } from '../text.ts';
import type { ReportView } from '../view.ts';
import { callsSection } from './calls.ts';
import { claimsSection } from './claims.ts';
import { documentOf, type PageScripts } from './document.ts';
import { environmentSection } from './environment.ts';
import { figuresOf, pageData, type ReportFigures } from './figures.ts';
import { filtersForm } from './filters.ts';
import { firstTables } from './first-table.ts';
import { glossarySection, term } from './glossary.ts';
import { growthSection } from './growth.ts';
import { type Html, html } from './html.ts';
import { imagesSection } from './images.ts';
import { livesSection } from './lives.ts';
import { methodSection, reproduceSection } from './method.ts';
import { overviewSection } from './overview.ts';
import { alertBox, problemSection } from './problems.ts';
import { proofSection } from './proofs.ts';
import { publishedSection } from './published.ts';
import { scenarioSections } from './scenario.ts';
import { styles } from './styles.ts';
import { tamperingSection } from './tampering.ts';

const SECTIONS = [
  ['glance', 'At a glance'],
  ['table', 'Table'],
  ['machines', 'Machines'],
  ['claims', 'Claims'],
  ['tampering', 'Tampering'],
  ['published', 'Published'],
  ['lives', 'Lives'],
  ['scenarios', 'Scenarios'],
  ['calls', 'System calls'],
  ['growth', 'Growth'],
  ['proofs', 'Proofs'],
  ['images', 'Images'],
  ['environment', 'Environment'],
  ['reproduce', 'Reproduce'],
  ['method', 'Method'],
  ['problems', 'Problems'],
  ['glossary', 'Glossary'],
] as const;

const factsLine = (view: ReportView): Html => {
  const { environment: env, run } = view;
  const fleet = fleetText(view);
  const facts = [
    formatInstant(run.startedAt),
    ...(fleet === null
      ? [
          `Linux ${env.kernel} ${env.architecture}`,
          joinParts(plural(env.cpuCount, 'CPU'), env.virtualization),
          env.workFileSystem.type,
        ]
      : [fleet]),
    `baseline ${view.baseline}`,
    plural(view.sampleCount, 'sample'),
    ...(run.wallNs === null ? [] : [`${formatNs(run.wallNs)} in all`]),
  ];
  return html`<p class="facts">${facts.map((fact) => html`<span>${fact}</span> `)}</p>`;
};

/** A line does not end between a number and its unit. */
const unbroken = (text: string): string => text.replace(/(\d) (?=(?:ns|us|µs|ms|s|%)(?![a-z]))/g, '$1\u00a0');

/** The first sentence says the most. */
const findingHtml = ({ finding }: ReportView): Html => {
  const [first = '', ...others] = finding.map(unbroken);
  return html`<p class="finding">${first}</p>${others.length === 0 ? null : html`<ul class="finding more">${others.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}`;
};

const tableIntro = (view: ReportView): Html =>
  html`<p>Each cell holds the median of an ${term('arm')}, its ${term('ratio')} to the ${term('baseline')} with the ${term('interval')}, and the ${term('verdict')}. Lower is better for times, higher for rates. An undecided cell has the smallest ratio that it would show. ${runsText(view)}</p>`;

const tableSection = (view: ReportView): Html =>
  html`<section>
<h2 id="table">Results against ${view.baseline}</h2>
${tableIntro(view)}
${firstTables(view)}
</section>
`;

/** A run of lives under load alone has no first table: its charts take that place. */
const isOfLives = (view: ReportView, figures: ReportFigures): boolean =>
  view.tables.length === 0 && figures.lives.length > 0;

const bodyOf = (view: ReportView, figures: ReportFigures): string => {
  const lives = html`<section>${livesSection(view, figures.lives)}</section>
`;
  const isFirst = isOfLives(view, figures);
  return html`<main>
<header>
<h1>cfsbench ${view.pool === null ? 'run' : 'runs, pooled:'} <code>${view.id}</code></h1>
${findingHtml(view)}
${factsLine(view)}
${alertBox(view)}
</header>
${overviewSection(view, figures)}${filtersForm(view)}
${isFirst ? lives : tableSection(view)}${fleetSection(view)}<section>${claimsSection(view)}</section>
<section>${tamperingSection(view)}</section>
<section>${publishedSection(view)}</section>
${isFirst ? null : lives}<section>${scenarioSections(view, figures)}</section>
<section>${callsSection(view, figures)}</section>
<section>${growthSection(view, figures)}</section>
<section>${proofSection(view)}</section>
<section>${imagesSection(view)}</section>
<section>${environmentSection(view)}</section>
<section>${reproduceSection(view)}</section>
<section>${methodSection(view)}</section>
<section>${problemSection(view)}</section>
<section>${glossarySection()}</section>
<footer>Made by cfsbench ${view.run.cfsbench.version} from the ${view.pool === null ? 'journal of this run' : 'journals of these runs'}. Charts: Chart.js (MIT).</footer>
</main>`.markup;
};

export const renderPage = (view: ReportView, scripts: PageScripts): string => {
  const figures = figuresOf(view);
  return documentOf({
    title: view.id,
    body: bodyOf(view, figures),
    sections: SECTIONS,
    styles,
    data: pageData(view, figures),
    scripts,
  });
};
