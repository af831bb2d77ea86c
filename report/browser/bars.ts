// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// From zero: one bar per arm, with its interval.
const BAR_PX = 26;

const drawBars = (whole: PointChart): ChartInstance | null => {
  const chart = { ...whole, series: whole.series.filter(({ arm }) => isShown(arm)) };
  const canvas = canvasOf(chart.id, chart.rows.length * (chart.series.length * BAR_PX + 14) + AXIS_PX);
  if (canvas === null) return null;
  const { ink, muted, grid, tooltip, font } = look();
  const byRow = (points: readonly Point[]) =>
    chart.rows.map((_, row) => points.find((point) => point.row === row) ?? null);
  return new Charts(canvas, {
    type: 'bar',
    data: {
      labels: [...chart.rows],
      datasets: chart.series.map(({ arm, points }) => ({
        label: armName(arm),
        data: byRow(points).map((point) => point?.value ?? null),
        backgroundColor: isNull(arm) ? css('--paper') : armFill(arm),
        borderColor: armColor(arm),
        borderWidth: 1.5,
        categoryPercentage: 0.88,
        barPercentage: 0.9,
      })),
    },
    options: {
      animation: false,
      indexAxis: 'y',
      maintainAspectRatio: false,
      layout: { padding: { right: 12 } },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltip,
          callbacks: {
            label: (item) =>
              `${item.dataset.label}: ${byRow(chart.series[item.datasetIndex]?.points ?? [])[item.dataIndex]?.text ?? ''}`,
          },
        },
      },
      scales: {
        x: {
          beginAtZero: true,
          // An interval that leaves the chart would look as if it ended there.
          suggestedMax: Math.max(
            ...chart.series.flatMap(({ points }) => points.map(({ hi, value }) => hi ?? value)),
          ),
          grid: { color: grid },
          border: { color: grid },
          ticks: {
            color: muted,
            font,
            maxRotation: 0,
            maxTicksLimit: 7,
            callback: (value) => unitText(chart.unit, Number(value)),
          },
        },
        y: { grid: { display: false }, border: { color: grid }, ticks: { color: ink, font } },
      },
    },
    plugins: [
      {
        id: 'rangesAbove',
        afterDatasetDraw: (drawn, { index }) =>
          drawRanges(
            drawn as unknown as ChartInstance,
            index,
            byRow(chart.series[index]?.points ?? []),
            css('--ink'),
          ),
      },
    ],
  }) as unknown as ChartInstance;
};
