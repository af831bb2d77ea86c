// A run for a pull request or a step summary: differences from the baseline first.
import { VERDICTS } from '../../results/compare/verdict.ts';
import { alerts } from '../alert.ts';
import { decidingText } from '../claims/words.ts';
import { formatValue, ratioText, runsApartText, shortName } from '../format.ts';
import { chanceText, runsText } from '../standing.ts';
import { joinParts } from '../text.ts';
import { verdictText } from '../verdict-words.ts';
import type { ReportView, VersusView } from '../view.ts';
import { LONGEST_PARAGRAPH, type MarkdownTable, markdownOf, md, numberColumn, textColumn } from './lines.ts';

const verdictCell = (versus: VersusView): string => {
  const isDifference = versus.verdict === 'slower' || versus.verdict === 'faster';
  return isDifference ? `**${verdictText(versus)}**` : md(verdictText(versus));
};

interface JudgedLine {
  readonly verdict: VersusView['verdict'];
  readonly cells: readonly string[];
}

const judgedLines = (view: ReportView): readonly JudgedLine[] =>
  [...view.tables, ...view.further].flatMap((table) =>
    table.sections.flatMap((section) =>
      section.rows.flatMap((row) =>
        row.cells.flatMap((cell, at): JudgedLine[] => {
          const arm = view.arms[at]!;
          if (cell.kind === 'absent' || cell.versus === null || arm.role !== 'arm') return [];
          const { versus } = cell;
          const cells = [
            verdictCell(versus),
            md(joinParts(section.scenario, section.params)),
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

const timesTable = (view: ReportView): MarkdownTable => ({
  title: `Against ${md(view.baseline)}, differences first`,
  columns: [
    ...['verdict', 'scenario', 'image', 'metric', 'arm'].map(textColumn),
    ...['median', 'ratio', ...(view.pool === null ? [] : ['between runs'])].map(numberColumn),
  ],
  rows: [...judgedLines(view)]
    .sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict))
    .map(({ cells }) => cells),
});

const claimsTable = (view: ReportView): MarkdownTable => ({
  title: 'Claims on trial',
  columns: ['claim', 'verdict', 'text', 'number or reason'].map(textColumn),
  rows: view.claims
    .filter(({ verdict }) => verdict !== 'not asked')
    .map((claim) => [
      md(claim.id),
      claim.verdict === 'failed' ? '**failed**' : md(claim.verdict),
      md(claim.text),
      md(decidingText(claim) ?? claim.because),
    ]),
});

const missingTable = (view: ReportView): MarkdownTable => ({
  title: 'Not measured',
  columns: ['what', 'why'].map(textColumn),
  rows: [
    ...view.skipped.map(({ where, what }) => [md(where), md(what)]),
    ...view.dropped.map(({ text }) => [md(text), 'no time in the budget']),
  ],
});

/** Ends in a newline; always shorter than 60,000 characters. */
export const runMarkdown = (view: ReportView): string => {
  const { environment: env, plan } = view;
  const intro = [
    `## cfsbench: ${md(view.id)}`,
    '',
    md(view.finding, LONGEST_PARAGRAPH),
    '',
    `${md(env.kernel)}, ${env.cpuCount} × ${md(env.cpuModel)}; profile ${md(plan.profile)}, seed ${md(plan.seed)}. ${md(runsText(view))} ${md(chanceText(view))}`,
    ...alerts(view).flatMap((line) => ['', `**${md(line)}**`]),
  ];
  return markdownOf(intro, [timesTable(view), claimsTable(view), missingTable(view)]);
};
