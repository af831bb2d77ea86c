// Yes or no per arm, as check marks and crosses.
import type { Metric } from '../../results/schema/run.ts';
import { groupBy } from '../analysis/group-by.ts';
import type { ReportView } from '../view.ts';
import type { ArmView, CountsView } from '../view-tables.ts';
import { type Html, html } from './html.ts';
import { swatch } from './legend.ts';
import { labelOf } from './measured.ts';
import { plainTable } from './parts.ts';

type YesNoRow = CountsView['rows'][number];

/** Yes-or-no metrics of older runs, which are not marked so: a change, and the level that showed or noticed it. */
const OLDER = /(Shown|By(File|Reference|Manifest))Count$|^crossDeviceCount$/;

export const isYesNo = (metric: string, info: Metric): boolean => info.yesNo ?? OLDER.test(metric);

/** `an owner: detected by the manifest` is a cell of the row `an owner`; a title without a colon is a row with one cell. */
const parts = ({ info: { title } }: YesNoRow): readonly [row: string, column: string] => {
  const [row = '', ...column] = title.replace(/^1: /, '').split(': ');
  return [row, column.join(': ')];
};

/** A pass may differ from another: then both. */
const answer = (count: YesNoRow['counts'][number]): Html => {
  if (count === null) return html`<td class="none">–<span class="sr"> not tested</span></td>`;
  const [least, most] = [count.least > 0, count.most > 0];
  if (least !== most) return html`<td class="varies exact">yes and no</td>`;
  return least
    ? html`<td class="ok"><span aria-hidden="true">✓</span><span class="sr">yes</span></td>`
    : html`<td class="no"><span aria-hidden="true">✗</span><span class="sr">no</span></td>`;
};

interface ArmColumn {
  readonly arm: ArmView;
  readonly index: number;
  readonly column: string;
}

/** Of an arm only the columns in which it has an answer. */
const columnsOf = (view: ReportView, rows: readonly YesNoRow[]): readonly ArmColumn[] => {
  const names = [...new Set(rows.map((row) => parts(row)[1]))];
  return view.arms.flatMap((arm, index) =>
    names
      .filter((name) => rows.some((row) => parts(row)[1] === name && (row.counts[index] ?? null) !== null))
      .map((column) => ({ arm, index, column })),
  );
};

const headHtml = ({ arm, column }: ArmColumn): Html =>
  html`<th scope="col" data-arm="${arm.id}">${swatch(arm)}<span>${arm.id}</span>${column === '' ? null : html`<br><span class="title">${column}</span>`}</th>`;

export const yesNoMatrix = (view: ReportView, counts: CountsView): Html | null => {
  const rows = counts.rows.filter(({ metric, info }) => isYesNo(metric, info));
  if (rows.length === 0) return null;
  const columns = columnsOf(view, rows);
  return plainTable(
    html`<th scope="col">${counts.params === '' ? 'what' : counts.params}</th>${columns.map(headHtml)}`,
    [...groupBy(rows, (row) => parts(row)[0])].map(
      ([name, own]) =>
        html`<tr><th scope="row">${name}</th>${columns.map(({ index, column }) =>
          answer(own.find((row) => parts(row)[1] === column)?.counts[index] ?? null),
        )}</tr>
`,
    ),
    `yes or no: ${labelOf(counts)} on ${counts.image}`,
    'matrix',
  );
};
