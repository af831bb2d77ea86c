// The page as one string: no request to anywhere, scripts and style known to the page's own security policy by their hashes.
import { createHash } from 'node:crypto';
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
import { diskSection, observedSection, requestsSection } from './counts.ts';
import { firstTables } from './first-table.ts';
import { html, scriptJson } from './html.ts';
import { furtherSection, imagesSection } from './images.ts';
import { latencySection, walkSection } from './latency.ts';
import { legend } from './legend.ts';
import { publishedSection } from './published.ts';
import { styles } from './styles.ts';

export interface PageScripts {
  readonly chartLibrary: string;
  readonly page: string;
}

const SECTIONS = [
  ['table', 'Table'],
  ['claims', 'Claims'],
  ['published', 'Published'],
  ['phases', 'Phases'],
  ['walks', 'Use'],
  ['calls', 'System calls'],
  ['requests', 'FUSE'],
  ['disk', 'Disk'],
  ['observed', 'Observed'],
  ['proofs', 'Proofs'],
  ['environment', 'Environment'],
  ['reproduce', 'Reproduce'],
  ['method', 'Method'],
  ['problems', 'Problems'],
] as const;

const hashOf = (source: string): string =>
  `'sha256-${createHash('sha256').update(source, 'utf8').digest('base64')}'`;

const inline = (script: string): string =>
  script
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
    .replaceAll('</script', '<\\/script')
    .replaceAll('<!--', '<\\!--');

const bodyOf = (view: ReportView, figures: ReturnType<typeof figuresOf>): string =>
  html`<main>
<header>
<h1>cfsbench run <code>${view.id}</code></h1>
<p class="finding">${view.finding}</p>
${facts(view)}
${alert(view)}
</header>
<section>
<h2 id="table">Against ${view.baseline}</h2>
<p>Median, ratio to ${view.baseline} with its interval, and what may be concluded. Lower is better for times, higher for rates.</p>
${legend(view.arms)}
${firstTables(view)}
</section>
<section>${claimsSection(view)}</section>
<section>${publishedSection(view)}</section>
<section>${latencySection(view, figures)}</section>
<section>${walkSection(view, figures)}</section>
<section>${callsSection(view, figures)}</section>
<section>${requestsSection(view)}</section>
<section>${diskSection(view)}</section>
<section>${observedSection(view)}</section>
<section>${proofSection(view)}</section>
<section>${imagesSection(view)}</section>
<section>${environmentSection(view)}</section>
<section>${reproduceSection(view)}</section>
<section>${methodSection(view)}</section>
<section>${problemSection(view)}</section>
<section>${furtherSection(view)}</section>
<footer>Made by cfsbench ${view.run.cfsbench.version} from the journal of this run. Charts: Chart.js (MIT).</footer>
</main>`.markup;

const navigation = (body: string): string => {
  const links = SECTIONS.filter(([id]) => body.includes(`id="${id}"`)).map(
    ([id, title]) => `<a href="#${id}">${title}</a>`,
  );
  return `<nav aria-label="sections">${links.join('\n')}</nav>`;
};

export const renderPage = (view: ReportView, scripts: PageScripts): string => {
  const figures = figuresOf(view);
  const library = inline(scripts.chartLibrary);
  const page = inline(scripts.page);
  const body = bodyOf(view, figures);
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(library)} ${hashOf(page)}`,
    `style-src ${hashOf(styles)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${html`${view.id}`.markup} – cfsbench</title>
<link rel="icon" href="data:,">
<style>${styles}</style>
</head>
<body>
${body.replace('</header>', () => `${navigation(body)}\n</header>`)}
<script type="application/json" id="data">${scriptJson(pageData(view, figures))}</script>
<script>${library}</script>
<script>${page}</script>
</body>
</html>
`;
};
