// A run for a pull request or a step summary: what differs from the baseline first.
import { VERDICTS } from '../../results/compare/verdict.ts';
import { alerts } from '../alert.ts';
import { decidingText } from '../claims/words.ts';
import { formatValue, ratioText, runsApartText, shortName } from '../format.ts';
import { chanceText, runsText } from '../standing.ts';
import { verdictText } from '../verdict-words.ts';
import type { ReportView, VersusView } from '../view.ts';
import { type Block, type Column, markdownOf, md } from './lines.ts';

const wordOf = (versus: VersusView): string => {
  const isResult = versus.verdict === 'slower' || versus.verdict === 'faster';
  return isResult ? `**${verdictText(versus)}**` : md(verdictText(versus));
};

interface Line {
  readonly verdict: VersusView['verdict'];
  readonly cells: readonly string[];
}

const linesOf = (view: ReportView): readonly Line[] =>
  [...view.tables, ...view.further].flatMap((table) =>
    table.sections.flatMap((section) =>
      section.rows.flatMap((row) =>
        row.cells.flatMap((cell, at): Line[] => {
          const arm = view.arms[at]!;
          if (cell.kind === 'absent' || cell.versus === null || arm.role !== 'arm') return [];
          const { versus } = cell;
          const cells = [
            wordOf(versus),
            md([section.scenario, section.params].filter((part) => part !== '').join(', ')),
            md(table.image ?? 'all images'),
            md(shortName(row.metric)),
            md(arm.id),
            cell.kind === 'value' ? md(formatValue(row.metric, cell.median)) : '',
            ratioText(versus.ratio),
            ...(view.pool === null ? [] : [runsApartText(versus.ratio)]),
          ];
          return [{ verdict: versus.verdict, cells }];
        }),
      ),
    ),
  );

const text = (title: string): Column => ({ title, isNumber: false });
const number = (title: string): Column => ({ title, isNumber: true });

const latencies = (view: ReportView): Block => ({
  title: `Against ${md(view.baseline)}, what differs first`,
  columns: [
    text('verdict'),
    text('scenario'),
    text('image'),
    text('metric'),
    text('arm'),
    number('median'),
    number('ratio'),
    ...(view.pool === null ? [] : [number('between runs')]),
  ],
  rows: [...linesOf(view)]
    .sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict))
    .map(({ cells }) => cells),
});

const claims = (view: ReportView): Block => ({
  title: 'Claims on trial',
  columns: [text('claim'), text('verdict'), text('what was said'), text('numbers, or why there are none')],
  rows: view.claims
    .filter(({ verdict }) => verdict !== 'not asked')
    .map((claim) => [
      md(claim.id),
      claim.verdict === 'failed' ? '**failed**' : md(claim.verdict),
      md(claim.text),
      md(decidingText(claim) ?? claim.because),
    ]),
});

const missing = (view: ReportView): Block => ({
  title: 'Not measured',
  columns: [text('what'), text('why')],
  rows: [
    ...view.skipped.map(({ where, what }) => [md(where), md(what)]),
    ...view.dropped.map((line) => [md(line), 'left out of the plan']),
  ],
});

/** Ends in a newline; never 60,000 characters or more. */
export const runMarkdown = (view: ReportView): string =>
  markdownOf(
    [
      `## cfsbench: ${md(view.id)}`,
      '',
      md(view.finding),
      '',
      `${md(view.environment.kernel)}, ${view.environment.cpuCount} × ${md(view.environment.cpuModel)}; profile ${md(view.plan.profile)}, seed ${md(view.plan.seed)}. ${md(runsText(view))} ${md(chanceText(view))}`,
      ...alerts(view).flatMap((line) => ['', `**${md(line)}**`]),
    ],
    [latencies(view), claims(view), missing(view)],
  );
