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

/** Labels inside segments that are wide enough, and the number of calls at the end. */
const segmentText = (chart: StackChart): ChartPlugin => ({
  id: 'segmentText',
  afterDatasetsDraw(drawn: ChartInstance) {
    const { ctx } = drawn;
    const scale = drawn.scales['x'];
    if (scale === undefined) return;
    ctx.save();
    ctx.font = `${zoomed(11)}px ${css('--sans')}`;
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
        if (to - from < zoomed(label.length * LABEL_PX + 10)) return;
        ctx.fillStyle = css('--on-arm');
        ctx.textAlign = 'center';
        ctx.fillText(label, (from + to) / 2, y);
      });
      if (!counted) return;
      ctx.fillStyle = css('--ink');
      ctx.textAlign = 'left';
      ctx.fillText(chart.sums[bar] ?? '', scale.getPixelForValue(sum) + zoomed(5), y);
    });
    ctx.restore();
  },
});

/** Without the arms that the filters hide. */
const shownStack = ({ id, arms, segments, sums }: StackChart): StackChart => {
  const at = arms.flatMap((arm, index) => (isShown(arm) ? [index] : []));
  return {
    id,
    arms: at.map((index) => arms[index] ?? 0),
    segments: segments.map(({ label, counts }) => ({
      label,
      counts: at.map((index) => counts[index] ?? null),
    })),
    sums: at.map((index) => sums[index] ?? ''),
  };
};

const fadeOf = (segment: number): number => (FADES[segment % FADES.length] ?? 100) / 100;

const stackDatasets = ({ arms, segments }: StackChart) =>
  segments.map(({ label, counts }, segment) => ({
    label,
    data: [...counts],
    backgroundColor: arms.map((arm) => mixed(armColor(arm), css('--mix'), fadeOf(segment))),
    borderColor: css('--paper'),
    borderWidth: { right: 1 },
    categoryPercentage: 0.9,
    barPercentage: 0.8,
  }));

const stackScales = () => {
  const { ink, muted, grid, font } = pageStyle();
  return {
    x: {
      stacked: true,
      title: axisTitle('system calls'),
      grid: { color: grid },
      border: { color: grid },
      ticks: {
        color: muted,
        font,
        maxRotation: 0,
        maxTicksLimit: 6,
        precision: 0,
        callback: (value: string | number) => unitText('count', Number(value)),
      },
    },
    y: { stacked: true, grid: { display: false }, border: { color: grid }, ticks: { color: ink, font } },
  };
};

const sumWidth = ({ sums }: StackChart): number =>
  10 + LABEL_PX * Math.max(...sums.map(({ length }) => length));

const stackConfig = (chart: StackChart): ChartConfig =>
  chartConfig({
    type: 'bar',
    data: { labels: chart.arms.map(armName), datasets: stackDatasets(chart) },
    options: {
      ...CHART_OPTIONS,
      indexAxis: 'y',
      layout: { padding: { right: zoomed(sumWidth(chart)) } },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...pageStyle().tooltip,
          callbacks: {
            label: (item) => `${item.dataset.label}: ${(item.parsed.x ?? 0).toLocaleString('en-US')} calls`,
          },
        },
      },
      scales: stackScales(),
    },
    plugins: [segmentText(chart)],
  });

/** A narrower segment is not seen. */
const LEAST_SHARE = 0.01;

/** From left to right, in the shades of the segments: each bar mixes them with the color of its arm. */
const segmentKeys = ({ arms, segments }: StackChart): readonly LegendKey[] => {
  const longest = Math.max(
    ...arms.map((_, bar) => segments.reduce((sum, { counts }) => sum + (counts[bar] ?? 0), 0)),
  );
  return segments.flatMap(({ label, counts }, segment) => {
    const fill = mixed(css('--line'), css('--mix'), fadeOf(segment));
    return counts.some((count) => (count ?? 0) > LEAST_SHARE * longest)
      ? [{ text: label, color: fill, fill, shape: null }]
      : [];
  });
};

const stackDrawing = (chart: StackChart): Drawing => ({
  id: chart.id,
  heightPx: () => shownStack(chart).arms.length * 36 + AXIS_PX,
  config: () => stackConfig(shownStack(chart)),
  keys: () => segmentKeys(shownStack(chart)),
  cells: () => {
    const { arms, segments } = shownStack(chart);
    return [
      ['arm', 'phase and process', 'calls'],
      ...arms.flatMap((arm, at) =>
        segments.map(({ label, counts }): CsvCell[] => [armName(arm), label, counts[at] ?? null]),
      ),
    ];
  },
});
