// What the numbers do not say: what failed, what did not take part and why, and what would change how they are read.
import { alerts } from '../alert.ts';
import type { ReportView } from '../view.ts';
import { bullet, type Lines, paragraph } from './words.ts';

const MOST = 40;

const list = (title: string, items: readonly string[]): Lines =>
  items.length === 0
    ? []
    : [
        ...paragraph(title),
        ...items.slice(0, MOST).flatMap(bullet),
        ...(items.length > MOST ? bullet(`and ${items.length - MOST} more, in the page`) : []),
        '',
      ];

export const problems = (view: ReportView): Lines => alerts(view).flatMap(bullet);

export const leftOut = (view: ReportView): Lines => {
  const placed = (items: ReportView['skipped']) => items.map(({ where, what }) => `${where}: ${what}`);
  const unasked = view.claims.filter(({ verdict }) => verdict === 'not asked').map(({ id }) => id);
  const lines = [
    ...list('Failed:', placed(view.failures)),
    ...list('Could not take part here:', placed(view.skipped)),
    ...list('Dropped to fit the budget:', view.dropped),
    ...list('Claims that this run did not ask about:', unasked.length === 0 ? [] : [unasked.join(', ')]),
    ...list('Left behind:', placed(view.leaks.left)),
    ...list('Warnings:', view.warnings),
  ].slice(0, -1);
  return lines.length === 0 ? paragraph('Nothing that was asked for was left out.') : lines;
};
