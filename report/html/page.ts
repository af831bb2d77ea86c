// The page of a run: its sections, in the order in which they are read.

import { runsText } from '../standing.ts';
import type { ReportView } from '../view.ts';
import { callsSection } from './calls.ts';
import { figuresOf, pageData } from './charts.ts';
import { claimsSection } from './claims.ts';
import {
  alert,
  environmentSection,
  facts,
  methodSection,
  problemSection,
  proofSection,
  reproduceSection,
} from './context.ts';
import { documentOf, type PageScripts } from './document.ts';
import { filtersForm } from './filters.ts';
import { firstTables } from './first-table.ts';
import { growthSection } from './growth.ts';
import { html } from './html.ts';
import { imagesSection } from './images.ts';
import { publishedSection } from './published.ts';
import { scenarioSections } from './scenario.ts';
import { styles } from './styles.ts';

const SECTIONS = [
  ['table', 'Table'],
  ['claims', 'Claims'],
  ['published', 'Published'],
  ['scenarios', 'Scenarios'],
  ['calls', 'System calls'],
  ['growth', 'Growth'],
  ['proofs', 'Proofs'],
  ['environment', 'Environment'],
  ['reproduce', 'Reproduce'],
  ['method', 'Method'],
  ['problems', 'Problems'],
] as const;

const bodyOf = (view: ReportView, figures: ReturnType<typeof figuresOf>): string =>
  html`<main>
<header>
<h1>cfsbench ${view.pool === null ? 'run' : 'runs, pooled:'} <code>${view.id}</code></h1>
<p class="finding">${view.finding}</p>
${facts(view)}
${alert(view)}
</header>
${filtersForm(view)}
<section>
<h2 id="table">Against ${view.baseline}</h2>
<p>Median, ratio to ${view.baseline} with its interval, and what may be concluded. Lower is better for times, higher for rates. ${runsText(view)}</p>
${firstTables(view)}
</section>
<section>${claimsSection(view)}</section>
<section>${publishedSection(view)}</section>
<section>${scenarioSections(view, figures)}</section>
<section>${callsSection(view, figures)}</section>
<section>${growthSection(view, figures)}</section>
<section>${proofSection(view)}</section>
<section>${imagesSection(view)}</section>
<section>${environmentSection(view)}</section>
<section>${reproduceSection(view)}</section>
<section>${methodSection(view)}</section>
<section>${problemSection(view)}</section>
<footer>Made by cfsbench ${view.run.cfsbench.version} from the journal of this run. Charts: Chart.js (MIT).</footer>
</main>`.markup;

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
