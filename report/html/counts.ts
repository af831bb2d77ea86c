// Tables of counts: observed values, FUSE requests by opcode, and files on disk.
import type { ArmView, CountsView, ReportView } from '../view.ts';
import { armHeads } from './first-table.ts';
import { type Html, html } from './html.ts';
import { isYesNo, yesNoMatrix } from './matrix.ts';
import { labelOf } from './measured.ts';
import { countText, folded, plainTable } from './parts.ts';

export interface IndexedArm {
  readonly arm: ArmView;
  readonly index: number;
}

export const armsWhere = (
  arms: readonly ArmView[],
  hasValue: (index: number) => boolean,
): readonly IndexedArm[] => arms.map((arm, index) => ({ arm, index })).filter(({ index }) => hasValue(index));

type RowName = (metric: string, title: string) => string;

const countsTable = (view: ReportView, all: CountsView, nameOf: RowName): Html => {
  const counts = { ...all, rows: all.rows.filter(({ metric, info }) => !isYesNo(metric, info)) };
  if (counts.rows.length === 0) return html``;
  const shown = armsWhere(view.arms, (index) =>
    counts.rows.some((row) => (row.counts[index] ?? null) !== null),
  );
  return plainTable(
    html`<th scope="col">${counts.params === '' ? 'what' : counts.params}</th>${armHeads(shown.map(({ arm }) => arm))}`,
    counts.rows.map(
      (row) =>
        html`<tr><th scope="row">${nameOf(row.metric, row.info.title)}</th>${shown.map(({ index }) => {
          const count = row.counts[index] ?? null;
          return count === null
            ? html`<td class="none">–</td>`
            : html`<td>${countText(count, row.metric, row.info.noise)}</td>`;
        })}</tr>
`,
    ),
    `${labelOf(counts)} on ${counts.image}`,
  );
};

const titleOnly: RowName = (_, title) => title;

const opcodeName: RowName = (metric) => {
  const name = metric.replace(/^fuse/, '').replace(/Count$/, '');
  return name === 'Request' ? 'all opcodes' : name.toUpperCase();
};

const tablesHtml = (
  view: ReportView,
  note: string,
  all: readonly CountsView[],
  nameOf: RowName = titleOnly,
): Html =>
  html`<p class="note">${note}</p><div class="charts">${all.map((counts) => html`<div>${yesNoMatrix(view, counts)}${countsTable(view, counts, nameOf)}</div>`)}</div>`;

export const countsHtml = (view: ReportView, isHere: (counts: CountsView) => boolean): Html => {
  const [observed, requests, disk] = [view.observed, view.requests, view.disk].map((all) =>
    all.filter(isHere),
  ) as [CountsView[], CountsView[], CountsView[]];
  return html`${
    observed.length === 0
      ? null
      : tablesHtml(view, 'Counted, not timed. One number: every pass gave it.', observed)
  }${
    requests.length === 0
      ? null
      : folded(
          'FUSE requests by opcode',
          tablesHtml(
            view,
            'Counted by the server; opcodes without a request are left out. Compare the least of several passes: an evicted page adds single requests.',
            requests,
            opcodeName,
          ),
        )
  }${
    disk.length === 0
      ? null
      : folded(
          'files on disk per image',
          tablesHtml(
            view,
            'Before the image was removed. Hard links count once; bytes are allocated blocks.',
            disk,
          ),
        )
  }`;
};
