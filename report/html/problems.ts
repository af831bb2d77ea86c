// Everything that did not work or was not measured.
import { alerts } from '../alert.ts';
import type { ReportView } from '../view.ts';
import { type Html, html } from './html.ts';
import { bulletList, problemList } from './parts.ts';

const part = (title: string, count: number, body: () => Html): Html =>
  html`<h3>${title}</h3>${count === 0 ? html`<p class="note">None.</p>` : body()}
`;

export const problemSection = ({ failures, warnings, skipped, dropped, notes }: ReportView): Html =>
  html`<h2 id="problems">Problems, and what was not measured</h2>
${part('Failed', failures.length, () => problemList(failures))}${part('Warnings', warnings.length, () =>
  bulletList(warnings),
)}${part('Skipped: cannot run here', skipped.length, () => problemList(skipped))}${part(
  'Dropped to fit the budget',
  dropped.length,
  () => bulletList(dropped.map(({ text }) => text)),
)}${part('Notes on single samples', notes.length, () => bulletList(notes))}`;

/** Above the first table, because it changes how the table is read. */
export const alertBox = (view: ReportView): Html | null => {
  const lines = alerts(view);
  return lines.length === 0
    ? null
    : html`<div class="alert" role="alert">${lines.map((line) => html`<div>${line}</div>`)}<a href="#problems">All problems</a></div>`;
};
