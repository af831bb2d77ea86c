// The runs side by side, and the differences between their machines.
import type { RunFile } from '../../../results/schema/run.ts';
import { shellLine } from '../../../results/shell-line.ts';
import type { CompareView } from '../../compare/view.ts';
import { formatInstant, formatNs } from '../../format.ts';
import { type Content, type Html, html } from '../html.ts';
import { plainTable } from '../parts.ts';

type RunItem = readonly [name: string, show: (run: RunFile) => Content];

const code = (text: string): Html => html`<code>${text}</code>`;

const ITEMS: readonly RunItem[] = [
  ['run', ({ id }) => code(id)],
  ['begun', ({ startedAt }) => formatInstant(startedAt)],
  ['took', ({ wallNs }) => (wallNs === null ? 'unknown' : formatNs(wallNs))],
  ['status', ({ status }) => status],
  ['host', ({ host }) => host],
  ['cfsbench', ({ cfsbench }) => cfsbench.version],
  ['commit', ({ cfsbench }) => code(cfsbench.commit ?? 'unknown')],
  ['command', ({ commandLine }) => code(shellLine(commandLine))],
  ['seed', ({ plan }) => code(plan.seed)],
  ['blocks', ({ plan }) => plan.blocks],
  ['baseline', ({ plan }) => plan.baseline],
  ['images', ({ images }) => images.map(({ name }) => name).join(', ')],
  ['counts from', ({ ledgerSource }) => ledgerSource],
];

const longCell = (content: Content): Html => html`<td class="long">${content}</td>`;

export const runsSection = ({ runs }: CompareView): Html => html`<section><h2 id="runs">${
  runs.length === 1 ? 'The run' : 'The two runs'
}</h2>
${plainTable(
  html`<th scope="col"><span class="sr">item</span></th>${
    runs.length === 1
      ? html`<th scope="col" class="text">both arms</th>`
      : html`<th scope="col" class="text">base</th><th scope="col" class="text">head</th>`
  }`,
  ITEMS.map(
    ([name, show]) => html`<tr><th scope="row">${name}</th>${runs.map((run) => longCell(show(run)))}</tr>
`,
  ),
  'the runs',
)}</section>
`;

export const environmentSection = ({ runs, environment }: CompareView): Html =>
  html`<section><h2 id="environment">Differences between the machines</h2>
${
  runs.length === 1
    ? html`<p>None: both sides were measured in one run, block by block.</p>`
    : environment.length === 0
      ? html`<p>None that a run records.</p>`
      : plainTable(
          html`<th scope="col">item</th><th scope="col" class="text">base</th><th scope="col" class="text">head</th>`,
          environment.map(
            ({ item, base, head }) =>
              html`<tr data-item="${item}"><th scope="row">${item}</th>${longCell(base ?? 'absent')}${longCell(head ?? 'absent')}</tr>
`,
          ),
          'differences between the machines',
        )
}</section>
`;
