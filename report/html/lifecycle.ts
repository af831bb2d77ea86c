// The life of an image in each arm: its phases as one stacked bar, by what was local.
import { PHASES, type Phase } from '../../results/schema/run.ts';
import type { LifecycleChart } from '../browser/data.d.ts';
import { formatValue } from '../format.ts';
import type { ReportView } from '../view.ts';
import type { RowView, SectionView } from '../view-tables.ts';
import { armHeads } from './first-table.ts';
import { type Html, html } from './html.ts';
import { folded, plainTable } from './parts.ts';
import { slug } from './slug.ts';

const SCENARIO = 'churn';

interface PhaseMedians {
  readonly phase: Phase;
  /** Medians by arm; null: not measured, or no call is made. */
  readonly values: readonly (number | null)[];
}

interface LifeState {
  readonly params: string;
  readonly title: string;
  readonly phases: readonly PhaseMedians[];
}

export interface LifecycleFigure {
  readonly image: string;
  readonly states: readonly LifeState[];
  readonly chart: LifecycleChart;
}

const TITLES: readonly (readonly [params: RegExp, title: string])[] = [
  [/\blocal=files\b|\bstore=full\b/, 'all files local'],
  [/\blocal=image\b/, 'image set up'],
  [/\blocal=nothing\b|\bstore=empty\b/, 'nothing local'],
];

/** With the files here, looking them up and collecting them is no part of a life. */
const NOT_IN_LIFE: ReadonlySet<Phase> = new Set(['ingest', 'collect']);

const titleOf = (params: string): string => {
  const found = TITLES.findIndex(([pattern]) => pattern.test(params));
  if (found === -1) return params;
  const ingest = /\bingest=(\w+)/.exec(params)?.[1];
  return `${TITLES[found]![1]}${ingest === undefined ? '' : `, ${ingest}`}`;
};

const orderOf = (params: string): number => TITLES.findIndex(([pattern]) => pattern.test(params));

const phasesOf = (rows: readonly RowView[], isInLife: (phase: Phase) => boolean): readonly PhaseMedians[] =>
  PHASES.filter(isInLife).flatMap((phase) => {
    // Times of emulated CPUs are in no chart.
    const row = rows.find(
      ({ metric, noMeasurement }) => noMeasurement !== true && metric === `${phase}WallNs`,
    );
    const values = row?.cells.map((cell) => (cell.kind === 'value' && !cell.idle ? cell.median : null)) ?? [];
    return values.some((value) => value !== null) ? [{ phase, values }] : [];
  });

const stateOf = (view: ReportView, image: string, { params }: SectionView): LifeState | null => {
  const rows = [...view.tables, ...view.own, ...view.further]
    .filter((table) => table.image === image)
    .flatMap(({ sections }) => sections)
    .filter((section) => section.scenario === SCENARIO && section.params === params)
    .flatMap((section) => section.rows);
  const isLookup = /\blocal=files\b|\bstore=full\b/.test(params);
  const phases = phasesOf(rows, (phase) => !(isLookup && NOT_IN_LIFE.has(phase)));
  return phases.length < 2 ? null : { params, title: titleOf(params), phases };
};

const armsOf = (view: ReportView, states: readonly LifeState[]): readonly number[] =>
  view.arms.flatMap(({ role }, arm) =>
    role !== 'null' &&
    states.some(({ phases }) => phases.some(({ values }) => (values[arm] ?? null) !== null))
      ? [arm]
      : [],
  );

/** Null: the image's lives were not timed. */
export const lifecycleFigure = (view: ReportView, image: string, id: string): LifecycleFigure | null => {
  const states = view.tables
    .filter((table) => table.image === image)
    .flatMap(({ sections }) => sections.filter(({ scenario }) => scenario === SCENARIO))
    .flatMap((section) => stateOf(view, image, section) ?? [])
    .sort((a, b) => orderOf(a.params) - orderOf(b.params));
  if (states.length === 0) return null;
  const arms = armsOf(view, states);
  return {
    image,
    states,
    chart: {
      id,
      arms,
      states: states.map(({ title, phases }) => ({
        title,
        phases: phases.map(({ phase, values }) => ({
          phase,
          values: arms.map((arm) => (values[arm] === undefined ? null : values[arm]!)),
        })),
      })),
    },
  };
};

const tableOf = (view: ReportView, { chart, image }: LifecycleFigure, { title, phases }: LifeState): Html => {
  const sumText = (arm: number): string => {
    const known = phases.flatMap(({ values }) => values[arm] ?? []);
    return known.length === 0
      ? '–'
      : formatValue(
          'Ns',
          known.reduce((all, value) => all + value, 0),
        );
  };
  return plainTable(
    html`<th scope="col">${title}</th>${armHeads(chart.arms.map((arm) => view.arms[arm]!))}`,
    [
      ...phases.map(
        ({ phase, values }) =>
          html`<tr id="${slug('phase', image, title, phase)}"><th scope="row">${phase}</th>${chart.arms.map(
            (arm) => {
              const value = values[arm] ?? null;
              return html`<td>${value === null ? '–' : formatValue('Ns', value)}</td>`;
            },
          )}</tr>
`,
      ),
      html`<tr class="total"><th scope="row">sum</th>${chart.arms.map((arm) => html`<td>${sumText(arm)}</td>`)}</tr>
`,
    ],
    `phases of a life, ${title}, ${image}`,
  );
};

const choice = (name: string, options: readonly string[], legend: string): Html =>
  options.length < 2
    ? html``
    : html`<fieldset><legend class="sr">${legend}</legend>${options.map(
        (option, index) =>
          html`<label><input type="radio" name="${name}" value="${index}"${index === 0 ? html` checked` : null}>${option}</label>`,
      )}</fieldset>`;

export const lifecycleHtml = (view: ReportView, figure: LifecycleFigure): Html => {
  const { chart, states } = figure;
  const phases = PHASES.filter((phase) =>
    states.some((state) => state.phases.some((one) => one.phase === phase)),
  );
  return html`<figure id="${slug('lifecycle', figure.image)}" class="lifecycle" data-better="lower is better"><figcaption><span>The life of an image, phase by phase</span></figcaption>
<form class="choice" data-chart="${chart.id}" autocomplete="off" hidden>${choice(
    `${chart.id}-state`,
    states.map(({ title }) => title),
    'what was local before',
  )}${choice(`${chart.id}-scale`, ['linear', 'log'], 'scale')}</form>
<p class="legend">${phases.map((phase) => html`<span><i class="phase p-${phase}"></i>${phase}</span> `)}</p>
<div class="chart"><canvas id="${chart.id}" role="img" aria-label="Chart: the life of an image, phase by phase. The same numbers are in the table below."></canvas></div>
<p class="note">Medians of the phases, one after another${states.some((state) => state.phases.some(({ phase }) => phase === 'use')) ? html`; <i>use</i> starts <code>cat</code> once` : null}. On the logarithmic axis only the ends of the phases compare, not their lengths.</p>
${folded('these numbers as a table', html`${states.map((state) => tableOf(view, figure, state))}`)}</figure>
`;
};
