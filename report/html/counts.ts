// Tables of counts: observed values, FUSE requests by opcode, and files on disk.
import { sumsText } from '../of-all.ts';
import type { ReportView } from '../view.ts';
import type { ArmView, CountsView } from '../view-tables.ts';
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

/** A kind of counts. */
interface CountKind {
  readonly kind: string;
  readonly note: string;
  readonly nameOf: RowName;
}

const countsTable = (view: ReportView, all: CountsView, { kind, nameOf }: CountKind): Html => {
  const counts = { ...all, rows: all.rows.filter(({ metric, info }) => !isYesNo(metric, info)) };
  if (counts.rows.length === 0) return html``;
  const shown = armsWhere(view.arms, (index) =>
    counts.rows.some((row) => (row.counts[index] ?? null) !== null),
  );
  return plainTable(
    html`<th scope="col">${counts.params === '' ? 'what' : `${counts.params}${sumsText(counts.params)}`}</th>${armHeads(shown.map(({ arm }) => arm))}`,
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
    `${kind}: ${labelOf(counts)} on ${counts.image}`,
  );
};

const titleOnly: RowName = (_, title) => title;

const opcodeName: RowName = (metric) => {
  const name = metric.replace(/^fuse/, '').replace(/Count$/, '');
  return name === 'Request' ? 'all opcodes' : name.toUpperCase();
};

const OBSERVED: CountKind = {
  kind: 'counts',
  note: 'Counted, not timed. One number: equal in every pass that was made.',
  nameOf: titleOnly,
};
const REQUESTS: CountKind = {
  kind: 'FUSE requests by opcode',
  note: 'Counted by the server; opcodes without a request are left out. Compare the minimum of several passes: an evicted page adds single requests.',
  nameOf: opcodeName,
};
const DISK: CountKind = {
  kind: 'files on disk per image',
  note: 'Before the image was removed. Hard links count once; bytes are allocated blocks.',
  nameOf: titleOnly,
};

const tablesHtml = (view: ReportView, kind: CountKind, all: readonly CountsView[]): Html =>
  all.length === 0
    ? html``
    : html`<p class="note">${kind.note}</p><div class="charts wide">${all.map((counts) => html`<div>${yesNoMatrix(view, counts)}${countsTable(view, counts, kind)}</div>`)}</div>`;

const foldedTables = (view: ReportView, kind: CountKind, all: readonly CountsView[]): Html =>
  all.length === 0 ? html`` : folded(kind.kind, tablesHtml(view, kind, all));

export const countsHtml = (view: ReportView, isHere: (counts: CountsView) => boolean): Html =>
  html`${tablesHtml(view, OBSERVED, view.observed.filter(isHere))}${foldedTables(
    view,
    REQUESTS,
    view.requests.filter(isHere),
  )}${foldedTables(view, DISK, view.disk.filter(isHere))}`;
