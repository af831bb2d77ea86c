// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// Dot charts on a logarithmic axis: one mark per arm in each row.
const ROW_PX = 46;

/** Every other row is shaded, so that the points of a row are seen together. */
const rowBands = (rowCount: number): ChartPlugin => ({
  id: 'rowBands',
  beforeDatasetsDraw({ ctx, chartArea, scales }: ChartInstance) {
    const y = scales['y'];
    if (y === undefined) return;
    ctx.save();
    ctx.fillStyle = css('--band');
    for (let row = 0; row < rowCount; row += 2) {
      const top = y.getPixelForValue(row - 0.5);
      ctx.fillRect(chartArea.left, top, chartArea.width, y.getPixelForValue(row + 0.5) - top);
    }
    ctx.restore();
  },
});

/** Below the marks, in their color: a mark hides a range that is narrower. */
const rangesBelow = (chart: PointChart): ChartPlugin => ({
  id: 'rangesBelow',
  beforeDatasetDraw(drawn: ChartInstance, { index }) {
    const series = chart.series[index];
    if (series !== undefined) drawRanges(drawn, index, series.points, armColor(series.arm));
  },
});

const dotDatasets = ({ series, span }: PointChart) => {
  const step = Math.min(0.2, 0.8 / series.length);
  return series.map(({ arm, points }, index) => {
    const look = pointLook(arm);
    return {
      label: armName(arm),
      data: points.map(({ value, row }) => ({
        x: Math.max(value, span.min),
        y: row + (index - (series.length - 1) / 2) * step,
      })),
      ...look,
      ...(points.every(({ value }) => value > 0)
        ? {}
        : { pointStyle: points.map(({ value }) => (value > 0 ? look.pointStyle : (false as const))) }),
    };
  });
};

/** A zero is written at the edge of the axis, in the color of its arm. */
const zeroMarks = ({ series }: PointChart): ChartPlugin => ({
  id: 'zeroMarks',
  afterDatasetsDraw(drawn: ChartInstance) {
    series.forEach(({ arm, points }, dataset) => {
      points.forEach(({ value }, at) => {
        const y = drawn.getDatasetMeta(dataset).data[at]?.getProps(['y'], true)['y'];
        if (value <= 0 && y !== undefined) drawZero(drawn.ctx, arm, drawn.chartArea.left + zoomed(3), y);
      });
    });
  },
});

type TickAxis = { min: number; max: number; ticks: { value: number }[] };

const dotScales = ({ unit, span, rows }: PointChart) => {
  const { ink, muted, grid, font } = pageStyle();
  return {
    x: {
      type: 'logarithmic' as const,
      ...span,
      title: axisTitle(UNIT_TITLES[unit]),
      afterBuildTicks: (axis: TickAxis) => {
        axis.ticks = powersIn(unit, axis.min, axis.max);
      },
      grid: { color: grid },
      border: { color: grid },
      ticks: {
        color: muted,
        font,
        maxRotation: 0,
        autoSkipPadding: 8,
        callback: (value: string | number) => unitText(unit, Number(value)),
      },
    },
    y: {
      min: -0.5,
      max: rows.length - 0.5,
      reverse: true,
      grid: { display: false },
      border: { display: false },
      ticks: {
        color: ink,
        font,
        stepSize: 1,
        callback: (value: string | number) => labelLines(rows[Number(value)] ?? ''),
      },
      afterBuildTicks: (axis: TickAxis) => {
        axis.ticks = rows.map((_, value) => ({ value }));
      },
    },
  };
};

const dotsConfig = (chart: PointChart): ChartConfig =>
  chartConfig({
    type: 'scatter',
    data: { datasets: dotDatasets(chart) },
    options: {
      ...CHART_OPTIONS,
      layout: { padding: { right: 12 } },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...pageStyle().tooltip,
          callbacks: {
            title: ([item]) => (item === undefined ? '' : (chart.rows[Math.round(item.parsed.y ?? 0)] ?? '')),
            label: (item) =>
              `${item.dataset.label}: ${chart.series[item.datasetIndex]?.points[item.dataIndex]?.text ?? ''}`,
          },
        },
      },
      scales: dotScales(chart),
    },
    plugins: [rowBands(chart.rows.length), rangesBelow(chart), zeroMarks(chart)],
  });

/** Of dots and bars. */
const pointCells = ({ rows, series, unit }: PointChart): CsvCell[][] => [
  ['row', 'arm', 'value', 'low', 'high', 'unit'],
  ...rows.flatMap((row, index) =>
    series.flatMap(({ arm, points }) =>
      points
        .filter((point) => point.row === index)
        .map(({ value, lo, hi }): CsvCell[] => [row, armName(arm), value, lo, hi, unit]),
    ),
  ),
];

const dotsDrawing = (chart: PointChart): Drawing => ({
  id: chart.id,
  heightPx: () => chart.rows.length * ROW_PX + AXIS_PX,
  config: () => dotsConfig(shownSeries(chart)),
  keys: () => armKeys(chart.series.map(({ arm }) => arm)),
  cells: () => pointCells(shownSeries(chart)),
});
