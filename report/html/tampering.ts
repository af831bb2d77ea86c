// The table of attacks: which protection refuses which change of an image, and where.

import type { TamperCell, TamperColumn, TamperView } from '../tampering/table.ts';
import { cellText } from '../tampering/text.ts';
import type { LevelWords } from '../tampering/words.ts';
import type { ReportView } from '../view.ts';
import { type Html, html } from './html.ts';
import { swatch } from './legend.ts';
import { definitions, folded, perImage, plainTable } from './parts.ts';

/** A mark for the eye, words for everybody; `unseen`: those that the mark says. */
const marked = (style: string, mark: string, text: string, unseen = ''): Html =>
  html`<td class="${style}"><span aria-hidden="true">${mark}</span> ${unseen === '' ? null : html`<span class="sr">${unseen} </span>`}${text}</td>`;

const cellHtml = (cell: TamperCell): Html => {
  switch (cell.kind) {
    case 'refused':
      return marked('ok', '✓', cell.at, 'refused at');
    case 'noticed':
      return marked('text', '≈', 'noticed');
    case 'served':
      return marked('wrong', '✗', 'served');
    case 'unseen':
      return marked('none', '=', 'not shown');
    case 'varies':
      return html`<td class="varies exact">${cellText(cell)}</td>`;
    case 'untried':
      return html`<td class="none">–<span class="sr"> not tried</span></td>`;
  }
};

const headHtml = (view: ReportView, { arm: id, level }: TamperColumn): Html => {
  const arm = view.arms.find((one) => one.id === id);
  return html`<th scope="col" data-arm="${id}">${arm === undefined ? null : swatch(arm)}<span>${id}</span><br><span class="title">${level.title}</span></th>`;
};

const levelsIn = ({ columns }: TamperView): readonly LevelWords[] => [
  ...new Map(columns.map(({ level }) => [level.id, level])).values(),
];

const reasonsIn = ({ rows, columns }: TamperView): readonly (readonly [string, string])[] =>
  rows.flatMap(({ label, cells }) =>
    cells.flatMap((cell, at) => {
      const { arm, level } = columns[at]!;
      return cell.kind === 'untried' ? [[`${label}: ${arm}, ${level.title}`, cell.reason] as const] : [];
    }),
  );

const tableHtml = (view: ReportView, table: TamperView): Html => {
  const reasons = reasonsIn(table);
  return html`${plainTable(
    html`<th scope="col">what is changed</th>${table.columns.map((column) => headHtml(view, column))}`,
    table.rows.map(
      ({
        label,
        what,
        cells,
      }) => html`<tr><th scope="row" title="${what}">${label}</th>${cells.map(cellHtml)}</tr>
`,
    ),
    `attacks on ${table.image}, by protection`,
    'matrix',
  )}${
    table.untried.length === 0
      ? null
      : html`<h4>Not tried</h4>
${definitions(table.untried.map(({ level, reason }) => [level, reason] as const))}`
  }${folded(
    'what is changed, and who checks',
    definitions([
      ...table.rows.map(({ label, what }) => [label, what] as const),
      ...levelsIn(table).map(({ title, by }) => [title, by] as const),
    ]),
  )}${reasons.length === 0 ? null : folded('cells that were not tried, with the reason', definitions(reasons))}`;
};

export const tamperingSection = (view: ReportView): Html =>
  view.tampering.length === 0
    ? html``
    : html`<h2 id="tampering">Tampering: what is refused, and where</h2>
<p>Each cell is an attack that this run made. ✓ refused: when the image is pulled, when the change is made, at the mount, at the open or at the read. ✗ served: a program gets what the attacker wrote. ≈ noticed: a digest that was computed differs, but nothing refuses the file. = the mount shows what was there before. – not tried.</p>
${perImage(
  view.tampering,
  ({ image }) => image,
  (tables) => html`${tables.map((table) => tableHtml(view, table))}`,
)}`;
