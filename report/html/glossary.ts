// Terms of the glossary where they first appear, and the glossary at the end of the page.
import { GLOSSARY, type GlossaryTerm } from '../glossary.ts';
import { type Html, html } from './html.ts';

const idOf = (term: GlossaryTerm): string => `term-${term.replaceAll(' ', '-')}`;

/** A term with its definition as a hint and a link to the glossary. */
export const term = (name: GlossaryTerm, shown: string = name): Html =>
  html`<a class="term" href="#${idOf(name)}" title="${GLOSSARY[name].replaceAll('`', '')}">${shown}</a>`;

const definition = (text: string): Html =>
  html`${text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`;

export const glossarySection = (): Html => html`<h2 id="glossary">Glossary</h2>
<dl>${(Object.keys(GLOSSARY) as GlossaryTerm[]).map(
  (name) => html`<dt id="${idOf(name)}">${name}</dt><dd>${definition(GLOSSARY[name])}</dd>
`,
)}</dl>`;
