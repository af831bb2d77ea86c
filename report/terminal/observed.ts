// The headline values of what was observed and never timed, one line for each: the range over the passes where they differ.
import type { Count } from '../../results/compare/counts.ts';
import { formatValue, shortName } from '../format.ts';
import type { ReportView } from '../view.ts';
import { ascii } from '../visible.ts';
import { wrapped } from './columns.ts';

const INDENT = '  ';

const shown = (metric: string, { least, most }: Count): string =>
  least === most ? formatValue(metric, least) : `${formatValue(metric, least)}..${formatValue(metric, most)}`;

export const observedLines = (
  { observed, arms }: Pick<ReportView, 'observed' | 'arms'>,
  columns: number,
): readonly string[] => {
  const lines = observed.flatMap(({ scenario, params, image, rows }) => {
    const place = [scenario, params, image].filter((part) => part !== '').join(', ');
    const told = rows
      .filter(({ headline }) => headline)
      .map(({ metric, counts }) => {
        const values = counts.flatMap((count, index) =>
          count === null ? [] : [`${arms[index]!.id} ${shown(metric, count)}`],
        );
        return `${shortName(metric)}: ${values.join(', ')}`;
      });
    const plain = (line: string): string => ascii(line.replaceAll('µ', 'u'));
    if (told.length === 0) return [];
    return [
      ...wrapped(plain(place), columns),
      ...told.flatMap((line) => wrapped(plain(line), columns - INDENT.length).map((part) => INDENT + part)),
    ];
  });
  return lines.length === 0 ? [] : ['Observed:', ...lines];
};
