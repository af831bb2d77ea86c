// The values of one series as a table.
import type { Trend } from '../../../results/history/trends.ts';
import { formatInstant } from '../../format.ts';
import { valueText } from '../../history/text.ts';
import { type Html, html } from '../html.ts';
import { plainTable } from '../parts.ts';
import { changedAt } from './chart.ts';

const noteOf = (trend: Trend, position: number): string => {
  const change = trend.changes[changedAt(trend).indexOf(position)];
  const { fence, lines } = trend;
  const parts = [
    ...(change === undefined
      ? []
      : [`changed: ${valueText(trend, change.before)} → ${valueText(trend, change.after)}`]),
    ...(position === lines.length - 1 && fence?.kind === 'fence' && fence.outside
      ? [
          `the step of ${valueText(trend, fence.step)} is outside ${valueText(trend, fence.lo)} to ${valueText(trend, fence.hi)}`,
        ]
      : []),
  ];
  return parts.join('; ');
};

export const trendTable = (trend: Trend, title: string, hrefOf: (run: string) => string | null): Html =>
  plainTable(
    html`<th scope="col">run</th><th scope="col" class="text">begun</th><th scope="col" class="text">commit</th><th scope="col">value</th><th scope="col">range</th><th scope="col">n</th><th scope="col" class="text">note</th>`,
    trend.lines.map(({ run, startedAt, commit, value, lo, hi, n }, position) => {
      const href = hrefOf(run);
      return html`<tr><th scope="row">${href === null ? run : html`<a href="${href}">${run}</a>`}</th><td class="text">${formatInstant(startedAt)}</td><td class="text"><code>${commit?.slice(0, 12) ?? 'unknown'}</code></td><td>${valueText(trend, value)}</td><td>${
        lo === hi ? '–' : `${valueText(trend, lo)} – ${valueText(trend, hi)}`
      }</td><td>${n}</td><td class="text">${noteOf(trend, position)}</td></tr>
`;
    }),
    `values of ${title}`,
  );
