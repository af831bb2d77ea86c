// A comparison as one page: changed rows, rows that could not be compared, then all rows.
import { LOOK_CONFIDENCE } from '../../../results/stats/median.ts';
import type { CompareView } from '../../compare/view.ts';
import { CHANGED } from '../../compare/words.ts';
import { formatPercent, plural } from '../../format.ts';
import { type DocumentParts, documentOf } from '../document.ts';
import { linesData } from '../figures.ts';
import { type Html, html } from '../html.ts';
import { countsTable, timesTable } from './changed.ts';
import { chartsOf, figuresSection, sideArms } from './figures.ts';
import { environmentSection, runsSection } from './runs.ts';
import { pageStyles } from './styles.ts';
import { unlikeSection } from './unlike.ts';

const SECTIONS = [
  ['changed', 'Changed'],
  ['distributions', 'Distributions'],
  ['environment', 'Machines'],
  ['unlike', 'Not compared'],
  ['runs', 'Runs'],
  ['everything', 'Everything'],
  ['method', 'Method'],
] as const;

const isChanged = ({ row }: CompareView['counts'][number]): boolean => CHANGED.includes(row.status);

/** Named also where no row is. */
const ALWAYS: readonly string[] = ['worse', 'slower', 'faster', 'the same', 'below the floor'];

const timesSentence = ({ kind, times }: CompareView): string => {
  if (times.length === 0) return 'No times were compared.';
  const all = plural(times.length, 'time');
  if (kind === 'two runs') {
    const apart = times.filter(({ differs }) => differs !== 'no').length;
    return `Of ${all}, ${apart} ${apart === 1 ? 'has' : 'have'} intervals that do not overlap; times of two runs are not judged.`;
  }
  const of = (verdict: string): number => times.filter(({ row }) => row.verdict === verdict).length;
  // Of two arms only rows that are significant together are worse; the others are listed with the reason.
  const red = times.filter(({ isRed }) => isRed).length;
  const open = (judged: string): number =>
    times.filter(({ row, isRed }) => !isRed && row.verdict === 'slower' && row.judged === judged).length;
  const apart: readonly (readonly [number, string])[] =
    kind === 'two arms'
      ? [
          [red, 'worse'],
          [open('shown'), 'slower, not judged'],
          [open('red'), 'slower, not confirmed'],
        ]
      : [[of('slower'), 'slower']];
  const counted: readonly (readonly [number, string])[] = [
    ...apart,
    [of('faster'), 'faster'],
    [of('same'), 'the same'],
    [of('belowFloor'), 'below the floor'],
    [of('tooFew'), 'with too few blocks'],
  ];
  const rest = times.length - counted.reduce((sum, [n]) => sum + n, 0);
  const parts = counted.filter(([n, what]) => n > 0 || ALWAYS.includes(what));
  return `Of ${all}: ${[...parts, [rest, 'undecided'] as const].map(([n, what]) => `${n} ${what}`).join('; ')}.`;
};

const countsSentence = ({ counts }: CompareView): string => {
  if (counts.length === 0) return 'No counts were compared.';
  const of = (...statuses: readonly string[]): number =>
    counts.filter(({ row }) => statuses.includes(row.status)).length;
  const red = counts.filter(({ isRed }) => isRed).length;
  const notCompared = counts.length - red - of('better', 'equal');
  return `Of ${plural(counts.length, 'count')}, ${red} worse or missing, ${of('better')} better, ${of('equal')} equal${notCompared === 0 ? '' : `, ${notCompared} not compared`}.`;
};

const compareFinding = (view: CompareView): string => {
  const { why } = view.gate;
  return `${why.charAt(0).toUpperCase()}${why.slice(1)}. ${timesSentence(view)} ${countsSentence(view)}`;
};

const alert = ({ notices, gate, isGated }: CompareView): Html | null => {
  const isRed = isGated && gate.exit !== 0;
  return notices.length === 0 && !isRed
    ? null
    : html`<div class="alert" role="alert">${isRed ? html`<div>The gate ends with exit code ${gate.exit}: ${gate.why}.</div>` : null}${notices.map((line) => html`<div>${line}</div>`)}</div>`;
};

const LONGEST_LIST = 20;

const explained = ({ explained: all }: CompareView): Html => {
  if (all.length === 0) return html``;
  const list = (items: readonly string[]): Html =>
    html`<ul>${items.map((text) => html`<li class="explained">${text}</li>`)}</ul>`;
  const more = all.slice(LONGEST_LIST);
  return html`<h3>Worse rows in words</h3>
${list(all.slice(0, LONGEST_LIST))}${more.length === 0 ? null : html`<details><summary>${more.length} more</summary>${list(more)}</details>`}`;
};

const changedSection = (view: CompareView): Html => {
  const times = view.times.filter(({ differs }) => differs !== 'no');
  const counts = view.counts.filter(isChanged);
  return html`<section><h2 id="changed">What changed</h2>
${times.length + counts.length === 0 ? html`<p>Nothing.</p>` : null}${
  view.kind === 'two runs' && times.length > 0
    ? html`<p class="note">Times of two runs are shown, never judged: these rows have ratios to the baseline of each run whose intervals do not overlap.</p>`
    : null
}${timesTable('changed-times', 'Times', times, view.kind === 'two runs')}${countsTable('changed-counts', 'Counts', counts)}${explained(view)}</section>
`;
};

const everythingSection = (view: CompareView): Html => {
  const times = timesTable('all-times', 'All times', view.times, view.kind === 'two runs');
  const counts = countsTable('all-counts', 'All counts', view.counts);
  return html`<section><h2 id="everything">Everything</h2>
${times}${view.counts.length === 0 ? null : html`<details><summary>all ${plural(view.counts.length, 'count')}</summary>${counts}</details>`}</section>
`;
};

const methodSection = (view: CompareView): Html => html`<section><h2 id="method">How to read the numbers</h2>
<ul>
<li>A <b>ratio</b> is the median over the blocks of head ÷ base within a block; for two runs, of the arm ÷ the baseline of its run. Its interval is the order-statistic interval at ${formatPercent(LOOK_CONFIDENCE)} or more, which assumes no distribution.</li>
<li><b>would show</b>: the smallest true ratio away from 1 that about three of four runs like this one would show. An undecided row does not exclude a smaller effect.</li>
<li><b>base again</b>: the base measured a second time as an arm of its own; its ratio is the noise of the machine.</li>
<li><b>Counts</b> (calls by name, files, bytes, requests) are compared without a tolerance, where programs, architecture, path and image are equal on both sides.</li>
${
  view.gatedCount === 0
    ? null
    : html`<li>${plural(view.gatedCount, 'time')} judged together, which needs ${view.neededBlocks} blocks; the p-values are adjusted (Holm).</li>`
}</ul></section>
`;

const bodyOf = (view: CompareView): string =>
  html`<main>
<header>
<h1>cfsbench comparison</h1>
<p class="finding">${compareFinding(view)}</p>
<p class="facts"><span>base: <code>${view.base}</code></span> <span>head: <code>${view.head}</code></span></p>
${alert(view)}
</header>
${changedSection(view)}${figuresSection(view)}${environmentSection(view)}${unlikeSection(view)}${runsSection(view)}${everythingSection(view)}${methodSection(view)}
<footer>Made by cfsbench from the run folders. Charts: Chart.js (MIT).</footer>
</main>`.markup;

export const comparePage = (view: CompareView, scripts: DocumentParts['scripts']): string =>
  documentOf({
    title: `${view.base} against ${view.head}`,
    sections: SECTIONS,
    body: bodyOf(view),
    styles: pageStyles,
    data: linesData(`comparison of ${view.base} and ${view.head}`, sideArms(view), chartsOf(view)),
    scripts,
  });
