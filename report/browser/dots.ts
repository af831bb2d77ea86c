// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// One mark per arm in each row, on a logarithmic axis.
const ROW_PX = 46;
/** Every other row shaded, so that points of one row are seen together. */
const bands = (rowCount: number): ChartPlugin => ({
  id: 'bands',
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

/** Under the marks, in their colour: a range narrower than its mark is then simply not seen. */
const rangesBelow = (chart: PointChart): ChartPlugin => ({
  id: 'rangesBelow',
  beforeDatasetDraw(drawn: ChartInstance, { index }) {
    const series = chart.series[index];
    if (series !== undefined) drawRanges(drawn, index, series.points, armColor(series.arm));
  },
});

const drawDots = (whole: PointChart): ChartInstance | null => {
  const chart = { ...whole, series: whole.series.filter(({ arm }) => isShown(arm)) };
  const canvas = canvasOf(chart.id, chart.rows.length * ROW_PX + AXIS_PX);
  if (canvas === null) return null;
  const { ink, muted, grid, tooltip, font } = look();
  const step = Math.min(0.2, 0.8 / chart.series.length);
  const offset = (series: number): number => (series - (chart.series.length - 1) / 2) * step;
  return new Charts(canvas, {
    type: 'scatter',
    data: {
      datasets: chart.series.map(({ arm, points }, index) => ({
        label: armName(arm),
        data: points.map((point) => ({ x: point.value, y: point.row + offset(index) })),
        pointStyle: shapeOf(arm),
        pointRadius: isNull(arm) ? 4.5 : shapeOf(arm) === 'circle' ? 5 : 6.5,
        pointHoverRadius: 8,
        pointBorderWidth: isNull(arm) ? 1.5 : 1,
        borderColor: isNull(arm) ? armColor(arm) : css('--paper'),
        backgroundColor: isNull(arm) ? css('--paper') : armColor(arm),
      })),
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      layout: { padding: { right: 12 } },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltip,
          callbacks: {
            title: ([item]) => (item === undefined ? '' : (chart.rows[Math.round(item.parsed.y ?? 0)] ?? '')),
            label: (item) =>
              `${item.dataset.label}: ${chart.series[item.datasetIndex]?.points[item.dataIndex]?.text ?? ''}`,
          },
        },
      },
      scales: {
        x: {
          type: 'logarithmic',
          ...chart.span,
          afterBuildTicks: (axis) => {
            axis.ticks = powersIn(chart.unit, axis.min, axis.max);
          },
          grid: { color: grid },
          border: { color: grid },
          ticks: {
            color: muted,
            font,
            maxRotation: 0,
            autoSkipPadding: 8,
            callback: (value) => unitText(chart.unit, Number(value)),
          },
        },
        y: {
          min: -0.5,
          max: chart.rows.length - 0.5,
          reverse: true,
          grid: { display: false },
          border: { display: false },
          ticks: { color: ink, font, stepSize: 1, callback: (value) => chart.rows[Number(value)] ?? '' },
          afterBuildTicks: (axis) => {
            axis.ticks = chart.rows.map((_, value) => ({ value }));
          },
        },
      },
    },
    plugins: [bands(chart.rows.length), rangesBelow(chart)],
  }) as unknown as ChartInstance;
};
