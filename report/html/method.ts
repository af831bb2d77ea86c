// How to reproduce a run and how to read its numbers.

import { shellLine } from '../../results/shell-line.ts';
import { CONFIDENCE, LOOK_CONFIDENCE } from '../../results/stats/median.ts';
import { formatInstant, formatNs, formatPercent, plural } from '../format.ts';
import { centerText, chanceText, isOverMachines, runsText } from '../standing.ts';
import { joinParts } from '../text.ts';
import { FLOOR_TEXT, verdictMeanings } from '../verdict-rules.ts';
import { verdictText } from '../verdict-words.ts';
import type { ReportView } from '../view.ts';
import { term } from './glossary.ts';
import { type Content, type Html, html } from './html.ts';
import { bulletList, definitions } from './parts.ts';

/** `8 to 48 blocks`: from the first look to the last. */
const blocksOf = ({ blocks, looks = [] }: ReportView['plan']): string => {
  const most = looks.at(-1) ?? blocks;
  return most > blocks ? `${blocks} to ${plural(most, 'block')}` : plural(blocks, 'block');
};

export const reproduceSection = ({
  run,
  plan,
}: ReportView): Html => html`<h2 id="reproduce">How to reproduce</h2>
<pre>${shellLine(run.commandLine)}</pre>
${definitions([
  [
    'cfsbench',
    joinParts(run.cfsbench.version, run.cfsbench.commit === null ? null : `commit ${run.cfsbench.commit}`),
  ],
  ['seed', html`<code>${plan.seed}</code>`],
  [
    'profile',
    joinParts(
      plan.profile,
      blocksOf(plan),
      plan.budgetNs === null ? null : `budget ${formatNs(plan.budgetNs)}`,
    ),
  ],
])}`;

const intervalText = ({ pool }: ReportView): string => {
  if (pool === null) return 'The interval is made of order statistics and assumes no distribution.';
  return isOverMachines(pool)
    ? 'The interval is the wider of a t interval over the machines and a bootstrap of machines, of runs of each, and of blocks within these.'
    : 'The interval is the wider of a t interval over the runs and a bootstrap of runs and of blocks within them.';
};

const ratioItem = (view: ReportView): Html =>
  html`A <b>ratio</b> such as <code>1.50 (0.98..3.52)</code> is ${centerText(view)} of arm ÷ ${view.baseline}, with its interval at a confidence of ${formatPercent(LOOK_CONFIDENCE)} or more. ${intervalText(view)} The median of an even number of ratios is the geometric mean of the two in the middle. Intervals of plain medians have a confidence of ${formatPercent(CONFIDENCE)} or more.`;

const verdictItems = (view: ReportView): readonly Html[] => {
  const meanings = verdictMeanings(view);
  return (['faster', 'slower', 'same', 'belowFloor', 'undecided', 'tooFew'] as const).map((verdict) => {
    const word = verdict === 'belowFloor' ? '<20us' : verdictText({ verdict, floor: 0 });
    return html`<b>${word}</b>: ${meanings[verdict]}.`;
  });
};

const poolItem = (pool: NonNullable<ReportView['pool']>): Html =>
  html`${machineSdItem(pool)}${runSdItem(pool)}`;

const machineSdItem = (pool: NonNullable<ReportView['pool']>): Html | null =>
  isOverMachines(pool)
    ? html`<b>machine sd</b>: the standard deviation between machines beyond what their runs explain, as a share of the ratio. `
    : null;

const runSdItem = ({ runs }: NonNullable<ReportView['pool']>): Html =>
  html`<b>run sd</b>: the standard deviation between runs beyond what their blocks explain, as a share of the ratio. The runs: ${runs.map(
    ({ id, startedAt, seed }, at) =>
      html`${at === 0 ? null : '; '}<code>${id}</code>, ${formatInstant(startedAt)}, seed <code>${seed}</code>`,
  )}.`;

export const methodSection = (view: ReportView): Html => {
  const items: readonly Content[] = [
    html`A ${term('block')} holds every arm once, in a random order drawn from the seed. Ratios are taken within a block, so that drift of the machine cancels. A block that lacks one of the two arms of a ratio does not count.`,
    ratioItem(view),
    ...verdictItems(view),
    html`The ${term('floor')} is ${FLOOR_TEXT}. A smaller difference is no result, whatever the ratio.`,
    html`The ${term('null arm', 'null')} arm is ${view.baseline} again. Its ratio is the noise of this machine; a difference that is not larger counts as undecided.`,
    html`<b>no calls</b>: the counting passes saw no system call of this arm in this phase. The arm does that work in another phase, so compare sums of phases.`,
    'All images: in each block the median over the images of the logarithm of the ratio, then the median over the blocks.',
    [chanceText(view), runsText(view), view.cutText].filter((text) => text !== '').join(' '),
    ...(view.pool === null ? [] : [poolItem(view.pool)]),
  ];
  return html`<h2 id="method">How to read the numbers</h2>
${bulletList(items)}
`;
};
