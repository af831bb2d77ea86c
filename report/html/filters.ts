// Filters for scenarios, images and arms. The page's script shows them; without it the page is complete.
import type { ReportView } from '../view.ts';
import { type Html, html } from './html.ts';
import { swatch } from './legend.ts';
import { imagesIn, scenariosIn } from './measured.ts';

const select = (name: string, title: string, all: string, values: readonly string[]): Html =>
  values.length < 2
    ? html``
    : html`<label>${title} <select name="${name}"><option value="">${all}</option>${values.map(
        (value) => html`<option value="${value}">${value}</option>`,
      )}</select></label>
`;

/** More arms are folded: they would fill the screen. */
const MOST_OPEN_ARMS = 6;

export const filtersForm = (view: ReportView): Html => {
  const scenarios = scenariosIn(view);
  const images = [...new Set(scenarios.flatMap((scenario) => imagesIn(view, scenario)))];
  return html`<form id="filters" class="filters" aria-label="filters" autocomplete="off" hidden>
${select('scenario', 'scenario', 'all scenarios', scenarios)}${select('image', 'image', 'all images', images)}<details class="arms"${view.arms.length > MOST_OPEN_ARMS ? null : html` open`}><summary>arms</summary><fieldset><legend class="sr">arms</legend>${view.arms.map(
    (arm) =>
      html`<label><input type="checkbox" name="arm" value="${arm.id}" checked>${swatch(arm)}${arm.role === 'null' ? `${arm.id} (${view.baseline} again)` : arm.id}</label>
`,
  )}</fieldset></details>
<button type="reset" class="tool">show all</button>
<output></output>
</form>
`;
};
