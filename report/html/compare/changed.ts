// Rows of a comparison as tables: one row for each time or count, grouped by place.
import type { ExactResult } from '../../../results/gate/exact.ts';
import type { LatencyResult } from '../../../results/gate/latencies.ts';
import { groupsBy } from '../../analysis/group-by.ts';
import type { ComparedCount, ComparedTime } from '../../compare/view.ts';
import { countedText, countText, placeText } from '../../compare/words.ts';
import { formatRatio, formatValue, grouped, ratioText, shortName } from '../../format.ts';
import { verdictText } from '../../verdict-words.ts';
import { type Content, type Html, html } from '../html.ts';

interface ChangeRow {
  readonly place: string;
  readonly isRed: boolean;
  readonly name: Html;
  readonly cells: readonly Content[];
}

/** On a narrow screen each cell shows the name of its column. */
const cellHtml = (column: string, content: Content): Html =>
  html`<td data-arm="${column}"><span class="cell">${content}</span></td>`;

const rowHtml = (columns: readonly string[], { isRed, name, cells }: ChangeRow): Html =>
  html`<tr class="${isRed ? 'red' : ''}"><th scope="row">${name}${isRed ? html`<span class="sr"> (fails the gate)</span>` : null}</th>
${cells.map((content, index) => cellHtml(columns[index]!, content))}</tr>
`;

const rowsTable = (id: string, title: string, columns: readonly string[], rows: readonly ChangeRow[]): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${title}">
<table class="first changed" data-table="${id}">
<caption>${title}</caption>
<thead><tr><th scope="col"><span class="sr">what</span></th>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
${groupsBy(rows, ({ place }) => place).map(
  (same) => html`<tbody data-place="${same[0].place}">
<tr class="section"><th colspan="${columns.length + 1}" scope="rowgroup"><b>${same[0].place}</b></th></tr>
${same.map((row) => rowHtml(columns, row))}</tbody>
`,
)}</table></div>
`;

const metricName = (row: LatencyResult): Html =>
  html`<span class="metric">${shortName(row.metric)}</span><span class="title">${row.title}</span>`;

const verdict = (row: LatencyResult): Html =>
  html`<span class="verdict ${row.verdict}">${verdictText(row)}</span>`;

const times = (ratio: number | null): string => (ratio === null ? '–' : formatRatio(ratio));

const ofArms = ({ row, isRed }: ComparedTime): ChangeRow => ({
  place: placeText(row.place),
  isRed,
  name: metricName(row),
  cells: [
    formatValue(row.metric, row.baseMedian),
    row.headMedian === null ? 'absent' : formatValue(row.metric, row.headMedian),
    ratioText(row.ratio),
    verdict(row),
    times(row.detectable),
    times(row.nullRatio),
    row.n,
  ],
});

const ARM_COLUMNS = ['base', 'head', 'ratio', 'verdict', 'would show', 'base again', 'blocks'];

const ofRuns = ({ row, base, isRed }: ComparedTime): ChangeRow => ({
  place: placeText(row.place),
  isRed,
  name: metricName(row),
  cells: [
    base === null ? 'absent' : ratioText(base.ratio),
    base === null ? '–' : verdict(base),
    base === null ? '–' : times(base.detectable),
    ratioText(row.ratio),
    verdict(row),
    times(row.detectable),
  ],
});

const RUN_COLUMNS = [
  'base: ratio',
  'base: verdict',
  'base: would show',
  'head: ratio',
  'head: verdict',
  'head: would show',
];

export const timesTable = (
  id: string,
  title: string,
  rows: readonly ComparedTime[],
  betweenRuns: boolean,
): Html =>
  rows.length === 0
    ? html``
    : betweenRuns
      ? rowsTable(id, title, RUN_COLUMNS, rows.map(ofRuns))
      : rowsTable(id, title, ARM_COLUMNS, rows.map(ofArms));

const byText = ({ base, head }: ExactResult): string => {
  const by = (head?.least ?? 0) - (base?.least ?? 0);
  return by === 0 ? '–' : `${by > 0 ? '+' : ''}${grouped(by)}`;
};

const ofCount = ({ row, isRed }: ComparedCount): ChangeRow => ({
  place: placeText(row.place),
  isRed,
  name: html`${countedText(row)}`,
  cells: [
    html`<span class="verdict ${row.status}">${row.status}</span>`,
    countText(row.base),
    countText(row.head),
    row.counted === null || row.status === 'vanished' ? '–' : byText(row),
  ],
});

export const countsTable = (id: string, title: string, rows: readonly ComparedCount[]): Html =>
  rows.length === 0 ? html`` : rowsTable(id, title, ['status', 'base', 'head', 'change'], rows.map(ofCount));
