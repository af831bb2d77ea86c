// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// Bar charts from zero: one bar per arm, with its interval.
const BAR_PX = 26;
const ROW_GAP_PX = 14;
const MOST_TICKS = 7;

const pointsByRow = (chart: PointChart, series: number): (Point | null)[] =>
  chart.rows.map((_, row) => chart.series[series]?.points.find((point) => point.row === row) ?? null);

const barDatasets = (chart: PointChart) =>
  chart.series.map(({ arm }, index) => ({
    label: armName(arm),
    data: pointsByRow(chart, index).map((point) => point?.value ?? null),
    backgroundColor: armFill(arm),
    borderColor: armColor(arm),
    borderWidth: zoomed(1.5),
    categoryPercentage: 0.88,
    barPercentage: 0.9,
  }));

const barScales = (chart: PointChart) => {
  const { ink, muted, grid, font } = pageStyle();
  return {
    x: {
      beginAtZero: true,
      // Room for intervals, which would otherwise seem to end at the edge.
      suggestedMax: Math.max(
        ...chart.series.flatMap(({ points }) => points.map(({ hi, value }) => hi ?? value)),
      ),
      ...linearTicks(chart.unit, MOST_TICKS),
      title: axisTitle(UNIT_TITLES[chart.unit]),
      grid: { color: grid },
      border: { color: grid },
      ticks: {
        color: muted,
        font,
        maxRotation: 0,
        maxTicksLimit: MOST_TICKS,
        callback: (value: string | number) => unitText(chart.unit, Number(value)),
      },
    },
    y: { grid: { display: false }, border: { color: grid }, ticks: { color: ink, font } },
  };
};

/** Above the bars, in the color of the text. */
const rangesAbove = (chart: PointChart): ChartPlugin => ({
  id: 'rangesAbove',
  afterDatasetDraw: (drawn: ChartInstance, { index }) =>
    drawRanges(drawn, index, pointsByRow(chart, index), css('--ink')),
});

const barsConfig = (chart: PointChart): ChartConfig =>
  chartConfig({
    type: 'bar',
    data: { labels: chart.rows.map(labelLines), datasets: barDatasets(chart) },
    options: {
      ...CHART_OPTIONS,
      indexAxis: 'y',
      layout: { padding: { right: 12 } },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...pageStyle().tooltip,
          callbacks: {
            label: (item) =>
              `${item.dataset.label}: ${pointsByRow(chart, item.datasetIndex)[item.dataIndex]?.text ?? ''}`,
          },
        },
      },
      scales: barScales(chart),
    },
    plugins: [rangesAbove(chart)],
  });

const barsDrawing = (chart: PointChart): Drawing => ({
  id: chart.id,
  heightPx: () => chart.rows.length * (shownSeries(chart).series.length * BAR_PX + ROW_GAP_PX) + AXIS_PX,
  config: () => barsConfig(shownSeries(chart)),
  keys: () => armKeys(chart.series.map(({ arm }) => arm)),
  cells: () => pointCells(shownSeries(chart)),
});
