// One series as lines: its values, the median between changes, the runs that changed it, and the fence of the latest step.
import type { Trend } from '../../../results/history/trends.ts';
import type { LineChart, LineSeries } from '../../browser/lines-data.d.ts';
import { formatInstant } from '../../format.ts';
import { isBytes } from '../../history/text.ts';
import type { ArmView } from '../../view-tables.ts';

export const seriesName = ({ of }: Trend): string =>
  `${[of.scenario, of.params, of.image, of.arm].filter((part) => part !== '').join(', ')}: ${of.what}`;

/** Positions of the first runs after a change. */
export const changedAt = ({ lines, changes }: Trend): readonly number[] =>
  changes.map(({ run }) => lines.findIndex((line) => line.run === run));

const levelOf = (trend: Trend): LineSeries['points'] => {
  const last = trend.lines.length - 1;
  const starts = changedAt(trend);
  const [first] = trend.changes;
  if (first === undefined) return [];
  return [
    [0, first.before],
    ...trend.changes.map(({ after }, index) => [starts[index]!, after] as const),
    [last, trend.changes.at(-1)!.after],
  ];
};

/** The range of the latest value with a step inside the fence. */
const fenceOf = ({ fence, lines }: Trend): LineSeries['ranges'] => {
  const before = lines.at(-2)?.value;
  return fence?.kind !== 'fence' || before === undefined ? [] : [[before + fence.lo, before + fence.hi]];
};

export const chartOf = (trend: Trend, id: string, arms: readonly ArmView[]): LineChart => {
  const { of, lines } = trend;
  const arm = arms.findIndex((one) => one.id === of.arm);
  const at = (positions: readonly number[]): LineSeries['points'] =>
    positions.map((position) => [position, lines[position]!.value]);
  const series = (
    label: string,
    style: LineSeries['style'],
    points: LineSeries['points'],
    ranges: LineSeries['ranges'] = [],
  ): LineSeries => ({ label, arm, style, points, ranges });
  const fence = fenceOf(trend);
  return {
    id,
    x: {
      title: 'run',
      unit: 'count',
      log: false,
      labels: lines.map(({ startedAt }) => formatInstant(startedAt).slice(0, 10)),
    },
    y: {
      title: of.noise === 'noisy' ? 'ratio to the baseline' : isBytes(of.what) ? 'bytes' : 'count',
      unit: of.noise === 'noisy' ? 'ratio' : isBytes(of.what) ? 'B' : 'count',
      log: false,
      labels: null,
    },
    lines: [
      series(
        of.what,
        'line',
        at(lines.map((_, position) => position)),
        of.noise === 'exact' ? [] : lines.map(({ lo, hi }) => [lo, hi]),
      ),
      series('median between changes', 'level', levelOf(trend)),
      series('changed', 'marks', at(changedAt(trend))),
      series('fence', 'ranges', fence.length === 0 ? [] : at([lines.length - 1]), fence),
    ],
  };
};
