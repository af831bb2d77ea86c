// One life, call by call: when which program made which system call within each window.
import { PHASES, type Phase, type TimelineStep, type TimelineWindow } from '../../results/schema/run.ts';
import { groupBy } from '../analysis/group-by.ts';
import { formatNs, plural } from '../format.ts';
import { HUES } from '../marks.ts';
import type { ReportView } from '../view.ts';
import type { TimelineView } from '../view-charts.ts';
import type { ArmView } from '../view-tables.ts';
import { LOG_FACTOR } from './axes.ts';
import { type Html, html } from './html.ts';
import { swatch } from './legend.ts';
import { labelOf } from './measured.ts';
import { folded, heads, plainTable } from './parts.ts';

/** Of the drawing; the page stretches it. */
const WIDTH = 1000;
const LEAST_WIDTH = 2;
const HEIGHT = 10;
/** Named above the table. */
const NAMED_CALLS = 3;

interface ArmWindow {
  readonly arm: ArmView;
  readonly window: TimelineWindow;
}

const windowsOf = (view: ReportView, { arms }: TimelineView, phase: Phase): readonly ArmWindow[] =>
  arms.flatMap((timeline, index) => {
    const window = timeline?.[phase];
    return window === undefined || window.callCount === 0 ? [] : [{ arm: view.arms[index]!, window }];
  });

const places = (steps: readonly TimelineStep[], spanNs: number): string =>
  steps
    .map(([, , fromNs, ns]) => {
      const x = Math.min(WIDTH - LEAST_WIDTH, (fromNs / spanNs) * WIDTH);
      const width = Math.max(LEAST_WIDTH, Math.min(WIDTH - x, (ns / spanNs) * WIDTH));
      return `M${x.toFixed(1)} 0h${width.toFixed(1)}v${HEIGHT}h-${width.toFixed(1)}z`;
    })
    .join('');

/** A lane per program. Hidden from screen readers, which have the table. */
const lanes = ({ arm, window }: ArmWindow, spanNs: number): Html =>
  html`${[...groupBy([...window.steps], ([actor]) => actor)].map(
    ([actor, steps]) =>
      html`<div class="lane" aria-hidden="true"><span>${actor}</span><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><path class="whole" d="M0 0h${((window.spanNs / spanNs) * WIDTH).toFixed(1)}v${HEIGHT}H0z"/><path class="c${arm.mark % HUES}" d="${places(steps, spanNs)}"/></svg></div>
`,
  )}`;

const stepName = ([, call, , , count]: TimelineStep): string =>
  count === 1 ? call : `${count} calls, mostly ${call}`;

const longest = ({ steps }: TimelineWindow): string =>
  [...steps]
    .sort(([, , , a], [, , , b]) => b - a)
    .slice(0, NAMED_CALLS)
    .map((step) => `${stepName(step)} (${step[0]}) ${formatNs(step[3])}`)
    .join('; ');

const stepsTable = ({ arm, window }: ArmWindow, title: string): Html =>
  plainTable(
    heads(['begins after', '<program', '<call', 'takes']),
    window.steps.map(
      (step) =>
        html`<tr><th scope="row">${formatNs(step[2])}</th><td class="text">${step[0]}</td><td class="text"><code>${stepName(step)}</code></td><td>${formatNs(step[3])}</td></tr>
`,
    ),
    `${title}, ${arm.id}`,
  );

const armHtml = (one: ArmWindow, spanNs: number, title: string): Html => {
  const { arm, window } = one;
  return html`<div class="timeline" data-arm="${arm.id}"><p>${swatch(arm)}<b>${arm.id}</b>: ${formatNs(window.spanNs)}, ${plural(window.callCount, 'call')}. Longest: ${longest(window)}.</p>
${lanes(one, spanNs)}${folded('these calls as a table', stepsTable(one, title))}</div>
`;
};

/** Windows that differ more have an axis each: beside the longest, the shortest would be a dot. */
const isShared = (windows: readonly ArmWindow[]): boolean => {
  const spans = windows.map(({ window }) => window.spanNs);
  return Math.max(...spans) <= LOG_FACTOR * Math.min(...spans);
};

const phaseHtml = (view: ReportView, timeline: TimelineView, phase: Phase): Html => {
  const windows = windowsOf(view, timeline, phase);
  if (windows.length === 0) return html``;
  const title = `calls over time: ${phase}, ${labelOf(timeline)}, ${timeline.image}`;
  const shared = isShared(windows);
  const most = Math.max(...windows.map(({ window }) => window.spanNs));
  const content = html`<p class="note">${shared ? `All on one axis from 0 to ${formatNs(most)}` : 'Each from 0 to its own end: too different for one axis'}.</p>
${windows.map((one) => armHtml(one, shared ? most : one.window.spanNs, title))}`;
  const summary = `${phase}: ${plural(windows.length, 'arm')}`;
  return phase === 'mount'
    ? html`<details open><summary>${summary}</summary>${content}</details>
`
    : folded(summary, content);
};

/** Empty for runs that recorded none. */
export const timelineHtml = (view: ReportView, timelines: readonly TimelineView[]): Html =>
  html`${timelines.map(
    (timeline) =>
      html`<div class="timelines"><h4>One life, call by call: ${labelOf(timeline)}</h4>
<p class="note">One slot of the first counting pass, from its first call to its last. A bar is a system call from its beginning to its end; between bars a program computes or does not run. In a window with very many calls, a bar is all calls of one part of the window. Recording and counting slow every call: read order and shares here, durations in the tables. Polling while waiting is shown here and in no count; calls of a server after the window are counted and not shown.</p>
${PHASES.map((phase) => phaseHtml(view, timeline, phase))}</div>
`,
  )}`;
