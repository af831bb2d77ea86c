// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// Stacked bars of system calls: one bar per arm, one segment per phase and process.
const LABEL_PX = 6.2;
const FADES = [100, 62, 82, 46, 72, 54];
/** Two `#rrggbb` colors, with `share` of the first. */
const mixed = (first: string, second: string, share: number): string => {
  const channel = (color: string, at: number): number => Number.parseInt(color.slice(at, at + 2), 16);
  const mix = (at: number): string =>
    Math.round(channel(first, at) * share + channel(second, at) * (1 - share))
      .toString(16)
      .padStart(2, '0');
  return `#${mix(1)}${mix(3)}${mix(5)}`;
};

/** Labels inside segments that are wide enough, and the sum at the end. */
const segmentText = (chart: StackChart): ChartPlugin => ({
  id: 'segmentText',
  afterDatasetsDraw(drawn: ChartInstance) {
    const { ctx } = drawn;
    const scale = drawn.scales['x'];
    if (scale === undefined) return;
    ctx.save();
    ctx.font = `11px ${css('--sans')}`;
    ctx.textBaseline = 'middle';
    chart.arms.forEach((_, bar) => {
      let sum = 0;
      let counted = false;
      let y = 0;
      chart.segments.forEach(({ label, counts }, index) => {
        const count = counts[bar];
        if (count === null || count === undefined) return;
        counted = true;
        const element = drawn.getDatasetMeta(index).data[bar];
        y = element?.getProps(['y'], true)['y'] ?? y;
        const [from, to] = [scale.getPixelForValue(sum), scale.getPixelForValue(sum + count)];
        sum += count;
        if (to - from < label.length * LABEL_PX + 10) return;
        ctx.fillStyle = css('--on-arm');
        ctx.textAlign = 'center';
        ctx.fillText(label, (from + to) / 2, y);
      });
      if (!counted) return;
      ctx.fillStyle = css('--ink');
      ctx.textAlign = 'left';
      ctx.fillText(sum.toLocaleString('en-US'), scale.getPixelForValue(sum) + 5, y);
    });
    ctx.restore();
  },
});

/** Without the arms that the filters hide. */
const shownStack = ({ id, arms, segments }: StackChart): StackChart => {
  const at = arms.flatMap((arm, index) => (isShown(arm) ? [index] : []));
  return {
    id,
    arms: at.map((index) => arms[index] ?? 0),
    segments: segments.map(({ label, counts }) => ({
      label,
      counts: at.map((index) => counts[index] ?? null),
    })),
  };
};

const drawStack = (whole: StackChart): ChartInstance | null => {
  const chart = shownStack(whole);
  const canvas = canvasOf(chart.id, chart.arms.length * 36 + AXIS_PX);
  if (canvas === null) return null;
  const { ink, muted, grid, tooltip, font } = pageStyle();
  const other = css('--mix');
  const fade = (color: string, segment: number): string =>
    mixed(color, other, (FADES[segment % FADES.length] ?? 100) / 100);
  return new Charts(canvas, {
    type: 'bar',
    data: {
      labels: chart.arms.map(armName),
      datasets: chart.segments.map(({ label, counts }, segment) => ({
        label,
        data: [...counts],
        backgroundColor: chart.arms.map((arm) => fade(armColor(arm), segment)),
        borderColor: css('--paper'),
        borderWidth: { right: 1 },
        categoryPercentage: 0.9,
        barPercentage: 0.8,
      })),
    },
    options: {
      ...CHART_OPTIONS,
      indexAxis: 'y',
      layout: { padding: { right: 52 } },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...tooltip,
          callbacks: {
            label: (item) => `${item.dataset.label}: ${(item.parsed.x ?? 0).toLocaleString('en-US')} calls`,
          },
        },
      },
      scales: {
        x: {
          stacked: true,
          grid: { color: grid },
          border: { color: grid },
          ticks: { color: muted, font, maxRotation: 0, maxTicksLimit: 6, precision: 0 },
        },
        y: {
          stacked: true,
          grid: { display: false },
          border: { color: grid },
          ticks: { color: ink, font },
        },
      },
    },
    plugins: [segmentText(chart)],
  }) as unknown as ChartInstance;
};
