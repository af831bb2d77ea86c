// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// The lives of an image: one bar per arm, its phases one after another from the beginning, on a linear or a logarithmic axis.
type LifecycleChart = import('./data.d.ts').LifecycleChart;
type ShownState = LifecycleChart['states'][number];

const LIFE_PX = 34;
/** Of the shortest end of a first phase: where a logarithmic axis begins. */
const LOG_START = 0.4;

interface LifeChoice {
  state: number;
  isLog: boolean;
}

/** Choices of the reader, by chart. */
const lifeChoices = new Map<string, LifeChoice>();
const lifeChoice = (id: string): LifeChoice => lifeChoices.get(id) ?? { state: 0, isLog: false };

const phaseColor = (phase: string): string => css(`--phase-${phase}`);

/** Of the arms that are shown: the phases from begin to end. */
const lifeBars = (chart: LifecycleChart, { phases }: ShownState) => {
  const at = chart.arms.flatMap((arm, index) =>
    isShown(arm) && phases.some(({ values }) => (values[index] ?? null) !== null) ? [index] : [],
  );
  const ends = at.map(() => 0);
  return {
    arms: at.map((index) => chart.arms[index] ?? 0),
    phases: phases.map(({ phase, values }) => ({
      phase,
      spans: at.map((index, bar) => {
        const value = values[index] ?? null;
        const from = ends[bar] ?? 0;
        if (value === null) return null;
        ends[bar] = from + value;
        return [from, from + value] as const;
      }),
    })),
    ends,
  };
};

type LifeBars = ReturnType<typeof lifeBars>;

/** The time of the whole life behind its bar. */
const lifeTotals = ({ ends }: LifeBars): ChartPlugin => ({
  id: 'lifeTotals',
  afterDatasetsDraw(drawn: ChartInstance) {
    const [x, y] = [drawn.scales['x'], drawn.scales['y']];
    if (x === undefined || y === undefined) return;
    const { ctx } = drawn;
    ctx.save();
    ctx.font = `600 ${zoomed(12)}px ${css('--sans')}`;
    ctx.fillStyle = css('--ink');
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    ends.forEach((end, bar) => {
      ctx.fillText(unitText('ns', end), x.getPixelForValue(end) + zoomed(6), y.getPixelForValue(bar));
    });
    ctx.restore();
  },
});

const lifeScales = (bars: LifeBars, isLog: boolean) => {
  const { ink, muted, grid, font } = pageStyle();
  const firstEnds = bars.arms.map((_, bar) =>
    Math.min(...bars.phases.flatMap(({ spans }) => spans[bar]?.[1] ?? [])),
  );
  const min = LOG_START * Math.min(...firstEnds);
  const shared = {
    title: axisTitle('time since the life began'),
    grid: { color: grid },
    border: { color: grid },
    ticks: {
      color: muted,
      font,
      maxRotation: 0,
      maxTicksLimit: 6,
      autoSkipPadding: 8,
      callback: (value: string | number) => unitText('ns', Number(value)),
    },
  };
  return {
    x: isLog
      ? {
          ...shared,
          type: 'logarithmic' as const,
          min,
          max: 1.3 * Math.max(...bars.ends),
          afterBuildTicks: (axis: { min: number; max: number; ticks: { value: number }[] }) => {
            axis.ticks = powersIn('ns', axis.min, axis.max);
          },
        }
      : { ...shared, type: 'linear' as const, beginAtZero: true },
    y: { grid: { display: false }, border: { color: grid }, ticks: { color: ink, font } },
  };
};

const lifeDatasets = ({ phases }: LifeBars, min: number) =>
  phases.map(({ phase, spans }) => ({
    label: phase,
    data: spans.map((span) =>
      span === null ? null : ([Math.max(span[0], min), span[1]] as [number, number]),
    ),
    backgroundColor: phaseColor(phase),
    borderColor: css('--paper'),
    borderWidth: { left: 0, right: 1 },
    borderSkipped: false as const,
    grouped: false,
    categoryPercentage: 0.9,
    barPercentage: 0.72,
  }));

const lifecycleConfig = (chart: LifecycleChart): ChartConfig => {
  const { state, isLog } = lifeChoice(chart.id);
  const bars = lifeBars(chart, chart.states[state] ?? { title: '', phases: [] });
  const scales = lifeScales(bars, isLog);
  return chartConfig({
    type: 'bar',
    data: {
      labels: bars.arms.map(armName),
      datasets: lifeDatasets(bars, isLog && 'min' in scales.x ? scales.x.min : 0),
    },
    options: {
      ...CHART_OPTIONS,
      indexAxis: 'y',
      layout: { padding: { right: zoomed(62) } },
      plugins: {
        legend: { display: false },
        tooltip: {
          ...pageStyle().tooltip,
          callbacks: {
            label: (item) => {
              const [from, to] = bars.phases[item.datasetIndex]?.spans[item.dataIndex] ?? [0, 0];
              return `${item.dataset.label}: ${unitText('ns', to - from)}, from ${unitText('ns', from)} to ${unitText('ns', to)}`;
            },
          },
        },
      },
      scales,
    },
    plugins: [lifeTotals(bars)],
  });
};

const lifecycleDrawing = (chart: LifecycleChart): Drawing => {
  const shown = (): ShownState => chart.states[lifeChoice(chart.id).state] ?? { title: '', phases: [] };
  return {
    id: chart.id,
    heightPx: () => chart.arms.filter(isShown).length * LIFE_PX + AXIS_PX,
    config: () => lifecycleConfig(chart),
    keys: () =>
      shown().phases.map(({ phase }) => ({
        text: phase,
        color: phaseColor(phase),
        fill: phaseColor(phase),
        shape: null,
      })),
    about: () => shown().title,
    cells: () => [
      ['local before', 'arm', 'phase', 'nanoseconds'],
      ...chart.states.flatMap((state) =>
        state.phases.flatMap(({ phase, values }) =>
          chart.arms.flatMap((arm, at): CsvCell[][] =>
            isShown(arm) ? [[state.title, armName(arm), phase, values[at] ?? null]] : [],
          ),
        ),
      ),
    ],
  };
};

/** `redraw` draws one chart again. */
const startLifecycles = (redraw: (id: string) => void): void => {
  for (const form of document.querySelectorAll<HTMLFormElement>('form.choice')) {
    const id = form.dataset['chart'] ?? '';
    const chosen = (name: string): number =>
      Number(form.querySelector<HTMLInputElement>(`input[name="${id}-${name}"]:checked`)?.value ?? 0);
    form.hidden = false;
    form.addEventListener('submit', (event) => event.preventDefault());
    form.addEventListener('change', () => {
      lifeChoices.set(id, { state: chosen('state'), isLog: chosen('scale') === 1 });
      redraw(id);
    });
  }
};
