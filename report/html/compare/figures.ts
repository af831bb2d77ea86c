// Distributions of both sides on one pair of axes, with the numbers as a table.
import { SHARES, stepText } from '../../analysis/curve.ts';
import type { LineChart } from '../../browser/lines-data.d.ts';
import type { Curves, Side, SideCurve } from '../../compare/curves.ts';
import type { CompareView } from '../../compare/view.ts';
import { placeText } from '../../compare/words.ts';
import { formatRatio, formatValue, shareText, shortName } from '../../format.ts';
import type { ArmView } from '../../view-tables.ts';
import { betterText, directionOf, isWide, unitOf } from '../axes.ts';
import { type Html, html } from '../html.ts';
import { legend } from '../legend.ts';
import { figure, plainTable } from '../parts.ts';

const SIDES: readonly Side[] = ['base', 'head', 'null'];

export const sideArms = (view: CompareView): readonly ArmView[] => {
  const arm = (id: string, role: ArmView['role'], mark: number): ArmView => ({
    id,
    title: id,
    how: '',
    role,
    variant: false,
    mark,
  });
  const head = view.kind === 'one run' ? 'arm' : 'head';
  return [
    arm(`base: ${view.base}`, 'arm', 0),
    arm(view.kind === 'one run' ? head : `head: ${view.head}`, 'arm', 1),
    ...(view.kind === 'two runs' ? [] : [arm('base again (null)', 'null', 0)]),
  ];
};

const ends = (curves: readonly SideCurve[]): readonly number[] =>
  curves.flatMap(({ quantiles }) => [quantiles[0]!, quantiles.at(-1)!]);

export const chartsOf = (view: CompareView): readonly LineChart[] =>
  view.curves.map(({ of, metric, curves }, index) => ({
    id: `curves-${index}`,
    x: {
      title: of === 'ratios' ? `${shortName(metric)}, ratio to the baseline of the run` : shortName(metric),
      unit: of === 'ratios' ? 'ratio' : unitOf(metric),
      log: isWide(ends(curves)),
      labels: null,
    },
    y: { title: 'share of the blocks', unit: 'share', log: false, labels: null },
    lines: curves.map(({ side, steps }) => ({
      label: side === 'null' ? 'base again' : side,
      arm: SIDES.indexOf(side),
      style: 'step',
      points: steps,
      ranges: [],
    })),
  }));

const figureTable = ({ of, metric, curves, place }: Curves): Html =>
  plainTable(
    html`<th scope="col">blocks</th>${curves.map(
      ({ side, n }) => html`<th scope="col">${side === 'null' ? 'base again' : side} (n=${n})</th>`,
    )}`,
    SHARES.map(
      (share, at) =>
        html`<tr><th scope="row">${shareText(share)}</th>${curves.map(({ quantiles }) => {
          const value = quantiles[at]!;
          return html`<td>${of === 'ratios' ? formatRatio(value) : formatValue(metric, value)}</td>`;
        })}</tr>
`,
    ),
    `distribution of ${metric} in ${placeText(place)}`,
  );

const curvesHtml = (curves: Curves, index: number): Html =>
  figure(`curves-${index}`, `${placeText(curves.place)}: ${shortName(curves.metric)}`, figureTable(curves), {
    better: betterText([directionOf(curves.metric)]),
  });

export const figuresSection = (view: CompareView): Html =>
  view.curves.length === 0
    ? html``
    : html`<section><h2 id="distributions">Distributions of the rows that differ</h2>
<p>${stepText(view.curves.flatMap(({ curves }) => curves))}: the height of the line is the share of blocks at or below that value.${
        view.kind === 'two runs'
          ? ' The values are ratios to the baseline of each run, which cancel differences between the machines.'
          : ''
      }${view.curvesLeftOut === 0 ? '' : ` ${view.curvesLeftOut} more rows differ; their numbers are in the tables.`}</p>
${legend(sideArms(view))}
<div class="charts">${view.curves.map(curvesHtml)}</div>
</section>
`;
