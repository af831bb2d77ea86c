// Listing everything, uncached and cached, in the table that the debate was held with.
import type { CellView, ReportView, RowView } from '../view.ts';
import { pipeTable } from './pipes.ts';
import type { Lines } from './words.ts';

const METRIC = 'walkWallNs';
const NS_PER_MS = 1e6;

const milliseconds = (ns: number): string => {
  const ms = ns / NS_PER_MS;
  return ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);
};

const cellText = (cell: CellView | undefined): string =>
  cell?.kind === 'value' ? milliseconds(cell.median) : '-';

interface Asked {
  readonly params: string;
  readonly cold: RowView | null;
  readonly warm: RowView | null;
}

const askedIn = (view: ReportView, sections: ReportView['tables'][number]['sections']): readonly Asked[] => {
  const cacheOf = new Map(view.scenarios.map(({ id, cache }) => [id, cache]));
  const walks = sections.flatMap(({ scenario, params, rows }) => {
    const row = rows.find(({ metric }) => metric === METRIC);
    return row === undefined ? [] : [{ params, isCold: cacheOf.get(scenario) === 'cold', row }];
  });
  return [...new Set(walks.map(({ params }) => params))].map((params) => ({
    params,
    cold: walks.find((walk) => walk.params === params && walk.isCold)?.row ?? null,
    warm: walks.find((walk) => walk.params === params && !walk.isCold)?.row ?? null,
  }));
};

export const listing = (view: ReportView): Lines =>
  view.tables
    .filter(({ image }) => image !== null)
    .flatMap(({ image, sections }) =>
      askedIn(view, sections).flatMap(({ params, cold, warm }) => {
        const rows = view.arms.flatMap((arm, at) => {
          const cells = [cellText(cold?.cells[at]), cellText(warm?.cells[at])];
          const name = arm.role === 'null' ? `${view.baseline}, again` : arm.id;
          return cells.every((cell) => cell === '-') ? [] : [[name, ...cells]];
        });
        const label = [image, params].filter((part) => part !== '').join(', ');
        return rows.length === 0 ? [] : [...pipeTable([label, 'uncached(ms)', 'cached(ms)'], rows), ''];
      }),
    )
    .slice(0, -1);
