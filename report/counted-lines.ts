// What was counted, and how much of it there is for each file of the image.
import type { Count } from '../results/compare/counts.ts';
import { formatBytes, grouped } from './format.ts';
import { table } from './mail/lines.ts';
import type { CountsView, ReportView } from './view.ts';

const place = (parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');

const filesOf = (view: ReportView, image: string): number =>
  view.images.find(({ name }) => name === image)?.entryCount ?? 0;

const each = (total: number, files: number): string => {
  if (files === 0) return '-';
  const share = total / files;
  return share > 0 && share < 0.01 ? '<0.01' : share.toFixed(2);
};

const countText = ({ least, most }: Count): string =>
  least === most ? grouped(least) : `${grouped(least)}..${grouped(most)}`;

const callLines = (view: ReportView): readonly string[] =>
  view.calls.flatMap(({ image, scenario, params, totals }) => {
    const files = filesOf(view, image);
    const rows = totals.flatMap((phases, at) => {
      if (phases === null) return [];
      const sum = [...phases.values()].reduce((all, { least }) => all + least, 0);
      return [[view.arms[at]!.id, grouped(sum), each(sum, files)]];
    });
    return rows.length === 0
      ? []
      : [...table([place([scenario, params, image]), 'system calls', 'per entry'], rows), ''];
  });

/** Of one metric at most one row for each arm; what is nothing for all of them is left out. */
const countRows = (view: ReportView, { image, rows }: CountsView): readonly (readonly string[])[] => {
  const files = filesOf(view, image);
  return rows.flatMap(({ metric, counts }) =>
    counts.flatMap((count, at) => {
      if (count === null || count.most === 0) return [];
      const isBytes = metric.endsWith('Bytes');
      return [
        [
          `${view.arms[at]!.id}: ${metric}`,
          isBytes ? formatBytes(count.least) : countText(count),
          isBytes && files > 0 ? formatBytes(count.least / files) : each(count.least, files),
        ],
      ];
    }),
  );
};

const countLines = (view: ReportView, what: string, all: readonly CountsView[]): readonly string[] =>
  all.flatMap((counts) => {
    const rows = countRows(view, counts);
    const { scenario, params, image } = counts;
    return rows.length === 0
      ? []
      : [...table([place([scenario, params, image]), what, 'per entry'], rows), ''];
  });

export const countedLines = (view: ReportView): readonly string[] => [
  ...callLines(view),
  ...countLines(view, 'FUSE requests', view.requests),
  ...countLines(view, 'on disk', view.disk),
];
