// Headline values of scenarios that are counted and not timed, one line per metric; a range where the passes differ.
import { formatCount, shortName } from '../format.ts';
import { asciiText, joinParts, wrapText } from '../text.ts';
import type { ReportView } from '../view.ts';

export const observedLines = (
  { observed, arms }: Pick<ReportView, 'observed' | 'arms'>,
  columns: number,
): readonly string[] => {
  const lines = observed.flatMap(({ scenario, params, image, rows }) => {
    const metrics = rows
      .filter(({ headline }) => headline)
      .map(({ metric, counts }) => {
        const values = counts.flatMap((count, index) =>
          count === null ? [] : [`${arms[index]!.id} ${formatCount(metric, count)}`],
        );
        return `${shortName(metric)}: ${values.join(', ')}`;
      });
    if (metrics.length === 0) return [];
    return [
      ...wrapText(asciiText(joinParts(scenario, params, image)), columns),
      ...metrics.flatMap((line) => wrapText(asciiText(line), columns, { indent: '  ' })),
    ];
  });
  return lines.length === 0 ? [] : ['Observed:', ...lines];
};
