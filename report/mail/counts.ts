// System calls, requests and files of the headline image, whole and per file of the image.

import type { Count } from '../../results/compare/counts.ts';
import { PHASES } from '../../results/schema/run.ts';
import { formatBytes, grouped } from '../format.ts';
import type { CountsView, ReportView } from '../view.ts';
import { pipeTable } from './pipes.ts';
import { type Lines, paragraph } from './words.ts';

const REQUESTS = 'fuseRequestCount';

const amount = (metric: string, value: number): string =>
  metric.endsWith('Bytes') ? formatBytes(value) : grouped(value);

const perFile = (value: number, fileCount: number): string =>
  fileCount === 0 ? '' : ` (${(value / fileCount).toFixed(2)})`;

const cellOf = (metric: string, count: Count | null | undefined, fileCount: number): string => {
  if (count === null || count === undefined) return '-';
  const range =
    count.least === count.most
      ? amount(metric, count.least)
      : `${amount(metric, count.least)}..${amount(metric, count.most)}`;
  return `${range}${metric.endsWith('Count') ? perFile(count.least, fileCount) : ''}`;
};

const same = (
  a: CountsView,
  b: { readonly image: string; readonly scenario: string; readonly params: string },
) => a.image === b.image && a.scenario === b.scenario && a.params === b.params;

const further = (
  view: ReportView,
  place: ReportView['calls'][number],
  arms: readonly number[],
  fileCount: number,
): readonly (readonly string[])[] =>
  [...view.requests, ...view.disk]
    .filter((counts) => same(counts, place))
    .flatMap(({ rows }) => rows)
    .filter(({ metric }) => metric === REQUESTS || !metric.startsWith('fuse'))
    .map(({ metric, info, counts }) => [
      info.title,
      ...arms.map((at) => cellOf(metric, counts[at], fileCount)),
    ]);

/** Variants have their counts in the page, unless there is nothing else to be held against the baseline. */
const countedArms = (view: ReportView, { totals }: ReportView['calls'][number]): readonly number[] => {
  const counted = view.arms
    .map((arm, at) => ({ arm, at }))
    .filter(({ arm, at }) => arm.role !== 'null' && totals[at] !== null && totals[at] !== undefined);
  const headline = counted.filter(({ arm }) => !arm.variant);
  return (headline.length > 1 ? headline : counted).map(({ at }) => at);
};

const tableOf = (view: ReportView, calls: ReportView['calls'][number], fileCount: number): Lines => {
  const arms = countedArms(view, calls);
  const phases = PHASES.filter((phase) => calls.totals.some((total) => (total?.get(phase)?.most ?? 0) > 0));
  const rows = [
    ...phases.map((phase) => [
      `calls: ${phase}`,
      ...arms.map((at) =>
        cellOf('callCount', calls.totals[at]!.get(phase) ?? { least: 0, most: 0, passes: 1 }, fileCount),
      ),
    ]),
    ...further(view, calls, arms, fileCount),
  ];
  const title = [calls.scenario, calls.params].filter((part) => part !== '').join(', ');
  return pipeTable([title, ...arms.map((at) => view.arms[at]!.id)], rows);
};

/** The scenarios of the first table, on its image. */
export const counts = (view: ReportView): Lines => {
  const table = view.tables[0];
  const fileCount = view.images.find(({ name }) => name === table?.image)?.fileCount ?? 0;
  const tables = view.calls
    .filter(
      (calls) =>
        calls.image === table?.image &&
        table.sections.some(({ scenario, params }) => scenario === calls.scenario && params === calls.params),
    )
    .map((calls) => tableOf(view, calls, fileCount))
    .filter((lines) => lines.length > 0);
  return tables.length === 0
    ? []
    : [
        ...paragraph(
          `Of ${table?.image ?? ''}, in passes without a clock; in parentheses per file of the image (${grouped(fileCount)} files).`,
        ),
        ...tables.flatMap((lines) => ['', ...lines]),
      ];
};
