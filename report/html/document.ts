// The document around a page's body: one file, no requests, and a security policy that admits only its own scripts and style.
import { createHash } from 'node:crypto';
import { html, scriptJson } from './html.ts';

export interface PageScripts {
  readonly chartLibrary: string;
  readonly page: string;
}

export interface DocumentParts {
  readonly title: string;
  /** Contains one `</header>`; the navigation goes in front of it. */
  readonly body: string;
  /** The navigation lists those that the body contains. */
  readonly sections: readonly (readonly [id: string, title: string])[];
  readonly styles: string;
  /** Read by the page's script. */
  readonly data: unknown;
  readonly scripts: PageScripts;
}

const hashOf = (source: string): string =>
  `'sha256-${createHash('sha256').update(source, 'utf8').digest('base64')}'`;

const inline = (script: string): string =>
  script
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')
    .replaceAll('</script', '<\\/script')
    .replaceAll('<!--', '<\\!--');

/** Jumps over the header, which the keyboard would have to pass otherwise. */
const skipLink = ({ body, sections }: DocumentParts): string => {
  const first = sections.find(([id]) => body.includes(`id="${id}"`));
  return first === undefined
    ? ''
    : html`<a class="skip" href="#${first[0]}">Skip to: ${first[1]}</a>
`.markup;
};

const navigation = ({ body, sections }: DocumentParts): string => {
  const links = sections
    .filter(([id]) => body.includes(`id="${id}"`))
    .map(([id, title]) => html`<a href="#${id}">${title}</a>`.markup);
  return `<nav aria-label="sections">${links.join('\n')}</nav>`;
};

/** Without scripts a chart would be an empty frame. */
const SCRIPTLESS_STYLES = '.chart{display:none}';
const SCRIPTLESS_NOTE =
  '<noscript><p class="note">Charts need JavaScript; every number is in the tables.</p></noscript>';

export const documentOf = (parts: DocumentParts): string => {
  const library = inline(parts.scripts.chartLibrary);
  const page = inline(parts.scripts.page);
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(library)} ${hashOf(page)}`,
    `style-src ${hashOf(parts.styles)} ${hashOf(SCRIPTLESS_STYLES)}`,
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
<title>${html`${parts.title}`.markup} – cfsbench</title>
<link rel="icon" href="data:,">
<style>${parts.styles}</style>
<noscript><style>${SCRIPTLESS_STYLES}</style></noscript>
</head>
<body>
${skipLink(parts)}${parts.body.replace('</header>', () => `${navigation(parts)}\n${parts.body.includes('class="chart"') ? SCRIPTLESS_NOTE : ''}</header>`)}
<script type="application/json" id="data">${scriptJson(parts.data)}</script>
<script>${library}</script>
<script>${page}</script>
</body>
</html>
`;
};
