// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// Line charts: distributions as steps, trends as lines with the range of each point.
type LineChart = import('./lines-data.d.ts').LineChart;
type LineSeries = import('./lines-data.d.ts').LineSeries;
type LineAxis = import('./lines-data.d.ts').LineAxis;
const LINES_PX = 250;
const RANGE_TICK_PX = 3;

const MANY_POINTS = 60;
const MOST_DIGITS = 15;
const TOOLTIP_DIGITS = 5;

/** `digits`: absent: as short as elsewhere. */
const positionText = (axis: LineAxis, value: number, digits?: number): string =>
  axis.labels === null ? unitText(axis.unit, value, digits) : (axis.labels[value] ?? '');

/** Counts are exact. */
const tooltipText = (axis: LineAxis, value: number): string =>
  positionText(axis, value, axis.unit === 'count' ? MOST_DIGITS : TOOLTIP_DIGITS);

/** As many digits as tell neighbouring ticks apart. */
const tickDigits = (ticks: readonly { readonly value: number }[]): number | undefined => {
  const step = Math.abs((ticks[1]?.value ?? 0) - (ticks[0]?.value ?? 0));
  const most = Math.max(0, ...ticks.map(({ value }) => Math.abs(value)));
  if (step === 0 || most === 0) return undefined;
  return Math.min(MOST_DIGITS, Math.max(SHORT_DIGITS, Math.ceil(Math.log10(most / step)) + 2));
};

const UNITLESS: readonly LineAxis['unit'][] = ['count', 'ratio', 'share'];

/** With its unit, for a file of numbers. */
const headOf = ({ title, unit, labels }: LineAxis): string =>
  labels !== null || UNITLESS.includes(unit) ? title : `${title}, ${unit}`;

/** Vertical lines through points. */
const verticalRanges = (lines: readonly LineSeries[]): ChartPlugin => ({
  id: 'verticalRanges',
  beforeDatasetDraw(drawn: ChartInstance, { index }) {
    const series = lines[index];
    const [x, y] = [drawn.scales['x'], drawn.scales['y']];
    if (series === undefined || x === undefined || y === undefined) return;
    const { ctx } = drawn;
    ctx.save();
    ctx.strokeStyle = series.style === 'ranges' ? css('--muted') : armColor(series.arm);
    ctx.lineWidth = zoomed(series.style === 'ranges' ? 1.5 : 1);
    if (series.style === 'ranges') ctx.setLineDash([3, 2]);
    series.ranges.forEach(([lo, hi], at) => {
      const point = series.points[at];
      if (point === undefined) return;
      const middle = x.getPixelForValue(point[0]);
      const { from, to, ends } = rangeOn(y, lo, hi);
      ctx.beginPath();
      ctx.moveTo(middle, from);
      ctx.lineTo(middle, to);
      for (const end of ends) {
        ctx.moveTo(middle - RANGE_TICK_PX, end);
        ctx.lineTo(middle + RANGE_TICK_PX, end);
      }
      ctx.stroke();
    });
    ctx.restore();
  },
});

/** Zeros at the edge of a logarithmic axis: below their place, or where a curve leaves them. */
const zerosAtEdge = ({ x, y, lines }: LineChart): ChartPlugin => ({
  id: 'zerosAtEdge',
  afterDatasetsDraw({ ctx, chartArea, scales }: ChartInstance) {
    lines.forEach(({ arm, points }, index) => {
      const left = points.filter(([at]) => x.log && at <= 0).at(-1);
      const height = left === undefined ? undefined : scales['y']?.getPixelForValue(left[1]);
      if (height !== undefined) drawZero(ctx, arm, chartArea.left + zoomed(3), height);
      for (const [at] of points.filter(([, value]) => y.log && value <= 0)) {
        // Arms beside each other.
        const along = (scales['x']?.getPixelForValue(at) ?? 0) + zoomed(8) * (index - lines.length / 2);
        drawZero(ctx, arm, along, chartArea.bottom - zoomed(7));
      }
    });
  },
});

const lineStyle = ({ style, arm, points }: LineSeries) => {
  const isMany = points.length > MANY_POINTS;
  const color = armColor(arm);
  const plain = { borderColor: color, backgroundColor: color, borderWidth: zoomed(2), pointRadius: 0 };
  const stepped = { ...plain, stepped: 'before' as const };
  switch (style) {
    case 'step':
      return {
        ...stepped,
        ...pointLook(arm),
        pointRadius: points.map((_, at) => (at === Math.floor(points.length / 2) ? zoomed(5) : 0)),
        borderColor: color,
        borderWidth: zoomed(isNull(arm) ? 1.5 : 2),
        borderDash: dashesOf(arm),
      };
    case 'order':
      return {
        ...plain,
        ...pointLook(arm),
        ...(isMany ? { pointRadius: zoomed(2.5) } : {}),
        borderColor: color,
        borderWidth: zoomed(1),
        borderDash: isNull(arm) ? [3, 3] : [],
      };
    case 'line':
      return {
        ...plain,
        ...pointLook(arm),
        pointRadius: zoomed(isMany ? 2 : 4.5),
        borderColor: color,
        borderWidth: zoomed(1.5),
        borderDash: dashesOf(arm),
      };
    case 'level':
      return { ...stepped, borderColor: css('--muted'), borderWidth: zoomed(1), borderDash: [6, 4] };
    case 'fit':
      return { ...plain, borderWidth: zoomed(1), borderDash: [4, 4] };
    case 'points':
      return { ...plain, ...pointLook(arm), showLine: false };
    case 'marks':
      return {
        ...plain,
        showLine: false,
        pointRadius: zoomed(7),
        pointStyle: 'rectRot' as const,
        backgroundColor: css('--bad'),
        borderColor: css('--paper'),
      };
    default:
      return { ...plain, showLine: false };
  }
};

/** Share of a logarithmic axis that zeros have for themselves, below all other values. */
const ZERO_SHARE = 0.12;

/** For the options of an axis: where it begins. */
const zeroRoom = ({ log }: LineAxis, values: readonly number[]): { readonly min?: number } => {
  const positive = values.filter((value) => value > 0);
  if (!log || positive.length === values.length || positive.length === 0) return {};
  const [least, most] = [Math.min(...positive), Math.max(...positive)];
  return { min: least * (least / most) ** ZERO_SHARE };
};

const lineScale = (axis: LineAxis, isVertical: boolean) => {
  const { muted, grid, font } = pageStyle();
  const shared = {
    title: axisTitle(axis.title),
    grid: { color: grid, display: axis.labels === null },
    border: { color: grid },
    ticks: {
      color: muted,
      font,
      maxRotation: 0,
      autoSkipPadding: 10,
      maxTicksLimit: isVertical ? 6 : 8,
      callback: (value: string | number, _: number, ticks: readonly { readonly value: number }[]) =>
        positionText(axis, Number(value), axis.log ? undefined : tickDigits(ticks)),
    },
  };
  if (axis.log)
    return {
      ...shared,
      type: 'logarithmic' as const,
      afterBuildTicks: (scale: { min: number; max: number; ticks: { value: number }[] }) => {
        const powers = powersIn(axis.unit, scale.min, scale.max);
        if (powers.length > 1) scale.ticks = powers;
      },
    };
  if (axis.labels !== null)
    return {
      ...shared,
      type: 'linear' as const,
      min: -0.5,
      max: axis.labels.length - 0.5,
      ticks: { ...shared.ticks, stepSize: 1 },
      afterBuildTicks: (scale: { ticks: { value: number }[] }) => {
        scale.ticks = (axis.labels ?? []).map((_, value) => ({ value }));
      },
    };
  return axis.unit === 'share'
    ? { ...shared, type: 'linear' as const, min: 0, max: 1 }
    : {
        ...shared,
        ...linearTicks(axis.unit, shared.ticks.maxTicksLimit),
        type: 'linear' as const,
        beginAtZero: axis.zero === true,
      };
};

const withPoints = (series: LineSeries): LineSeries => {
  const { values } = series;
  if (values === undefined) return series;
  return {
    ...series,
    points: [[values[0] ?? 0, 0], ...values.map((value, at) => [value, (at + 1) / values.length] as const)],
  };
};

const shownLines = (chart: LineChart): LineChart => ({
  ...chart,
  lines: chart.lines.filter(({ arm }) => isShown(arm)).map(withPoints),
});

const linesConfig = (chart: LineChart): ChartConfig => {
  const points = chart.lines.flatMap((series) => series.points);
  const ends = chart.lines.flatMap(({ ranges }) => ranges.flat()).filter((end) => !chart.y.log || end > 0);
  return chartConfig({
    type: 'line',
    data: {
      datasets: chart.lines.map((series) => ({
        label: series.label,
        data: series.points.map(([x, y]) => ({ x, y })),
        ...lineStyle(series),
      })),
    },
    options: {
      ...CHART_OPTIONS,
      interaction: { mode: 'nearest', intersect: false },
      layout: { padding: { right: 12, top: 6 } },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...pageStyle().tooltip,
          callbacks: {
            title: () => '',
            label: ({ dataset, parsed }) =>
              `${dataset.label}: ${tooltipText(chart.x, parsed.x ?? 0)}, ${tooltipText(chart.y, parsed.y ?? 0)}`,
          },
        },
      },
      scales: {
        x: {
          ...lineScale(chart.x, false),
          ...zeroRoom(
            chart.x,
            points.map(([x]) => x),
          ),
        },
        // Room for ranges, which would otherwise seem to end at the edge.
        y: {
          ...lineScale(chart.y, true),
          ...zeroRoom(
            chart.y,
            points.map(([, y]) => y),
          ),
          ...(ends.length === 0 ? {} : { suggestedMin: Math.min(...ends), suggestedMax: Math.max(...ends) }),
        },
      },
    },
    plugins: [verticalRanges(chart.lines), zerosAtEdge(chart)],
  });
};

const linesDrawing = (chart: LineChart): Drawing => ({
  id: chart.id,
  heightPx: () => LINES_PX,
  config: () => linesConfig(shownLines(chart)),
  keys: () => armKeys(chart.lines.map(({ arm }) => arm)),
  cells: () => [
    ['series', headOf(chart.x), headOf(chart.y), 'low', 'high'],
    ...shownLines(chart).lines.flatMap(({ label, points, ranges }) =>
      points.map(([x, y], at): CsvCell[] => [
        label,
        chart.x.labels?.[x] ?? x,
        y,
        ranges[at]?.[0] ?? null,
        ranges[at]?.[1] ?? null,
      ]),
    ),
  ],
});
