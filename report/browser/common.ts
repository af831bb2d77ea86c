// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// Shared by all charts: data, colors and intervals. The scripts run in order after Chart.js; the page is complete without them.
type Data = import('./data.d.ts').PageData;
type PointChart = import('./data.d.ts').PointChart;
type StackChart = import('./data.d.ts').StackChart;
type Point = import('./data.d.ts').Point;
type ChartPlugin = import('chart.js').Plugin;
type ChartInstance = import('chart.js').Chart;
type ChartConfig = import('chart.js').ChartConfiguration;
const Charts = (globalThis as unknown as { Chart: typeof import('chart.js').Chart }).Chart;

const data: Data = JSON.parse(document.getElementById('data')?.textContent ?? '{}');
/** Ticks and title of an axis. */
const AXIS_PX = 62;

/** A chart: its drawing functions for the page and for slides, and its numbers. */
interface Drawing {
  readonly id: string;
  /** Of the canvas. */
  readonly heightPx: () => number;
  /** Without the arms that the filters hide. */
  readonly config: (() => ChartConfig) | null;
  /** Draws the picture of a chart that is no canvas on the page; instead of `config`. */
  readonly paint?: (ctx: SvgContext, width: number, height: number) => void;
  /** Which part is shown. */
  readonly about?: () => string;
  readonly keys: () => readonly LegendKey[];
  /** The first row names the columns; null is an empty cell. */
  readonly cells: () => readonly (readonly CsvCell[])[];
}

interface LegendKey {
  readonly text: string;
  readonly color: string;
  readonly fill: string;
  /** Null: a rectangle of the fill. */
  readonly shape: number | null;
}

type CsvCell = string | number | null;

/** Checks a configuration against the type of its chart, and forgets that type. */
const chartConfig = <T extends import('chart.js').ChartType>(
  config: import('chart.js').ChartConfiguration<T>,
): ChartConfig => config as unknown as ChartConfig;

/** How charts are drawn now: larger on slides, whose patterns are SVG by id. */
const drawMode: { zoom: number; slideFills: Map<string, string> | null } = { zoom: 1, slideFills: null };
const zoomed = (px: number): number => px * drawMode.zoom;

const css = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const isNull = (arm: number): boolean => data.arms[arm]?.role === 'null';
const armName = (arm: number): string => data.arms[arm]?.id ?? '';
/** Arms that the filters hide. */
const hiddenArms = new Set<string>();
const isShown = (arm: number): boolean => !hiddenArms.has(armName(arm));
const shownSeries = (chart: PointChart): PointChart => ({
  ...chart,
  series: chart.series.filter(({ arm }) => isShown(arm)),
});

/** Ticks of a logarithmic axis: powers of ten, for bytes powers of sixteen. */
const powersIn = (
  unit: import('./data.d.ts').Unit | 'share',
  min: number,
  max: number,
): { value: number }[] => {
  const base = unit === 'B' ? 16 : 10;
  const exponent = (value: number): number => Math.log(value) / Math.log(base);
  const ticks: { value: number }[] = [];
  // Rounding must not drop a power at an end of the axis.
  for (let power = Math.ceil(exponent(min) - 1e-9); power <= exponent(max) + 1e-9; power++)
    ticks.push({ value: base ** power });
  return ticks;
};

type Sizes = readonly (readonly [size: number, unit: string])[];
const TIMES: Sizes = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];
const BYTES: Sizes = [
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
  [1, 'B'],
];

const SHORT_DIGITS = 3;
const short = (value: number, digits: number): number => Number(value.toPrecision(digits));
const scaled = (value: number, sizes: Sizes, digits: number): string => {
  const [size, unit] =
    sizes.find(([smallest]) => Math.abs(value) >= smallest * 0.999) ?? sizes[sizes.length - 1]!;
  return `${short(value / size, digits)} ${unit}`;
};

/** Text of a tick: 1000000 ns is `1 ms`. */
const unitText = (
  unit: import('./data.d.ts').Unit | 'share',
  value: number,
  digits = SHORT_DIGITS,
): string => {
  switch (unit) {
    case 'ns':
      return value === 0 ? '0' : scaled(value, TIMES, digits);
    case 'B':
      return value === 0 ? '0' : scaled(value, BYTES, digits);
    case 'share':
      return `${Math.round(value * 100)} %`;
    case 'ratio':
      return `${short(value, digits)}`;
    case 'perSecond':
      return `${short(value, digits)}/s`;
    default:
      return short(value, digits).toLocaleString('en-US');
  }
};

/** In pixels; a range that begins below a logarithmic axis has no end there. */
const rangeOn = (scale: ChartInstance['scales'][string], lo: number, hi: number) => {
  const [from, to] = [lo, hi].map((end) => scale.getPixelForValue(Math.max(end, scale.min))) as [
    number,
    number,
  ];
  return { from, to, ends: lo < scale.min ? [to] : [from, to] };
};

/** A zero on a logarithmic axis, at its edge. */
const drawZero = (ctx: CanvasRenderingContext2D, arm: number, x: number, y: number): void => {
  ctx.save();
  // A line behind it would strike it out.
  ctx.fillStyle = css('--paper');
  ctx.fillRect(x - zoomed(1), y - zoomed(7), zoomed(10), zoomed(14));
  ctx.font = `700 ${zoomed(13)}px ${css('--sans')}`;
  ctx.fillStyle = armColor(arm);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText('0', x, y);
  ctx.restore();
};

/** Ranges of one dataset, as thin lines at the height of its points or bars. */
const drawRanges = (
  chart: ChartInstance,
  dataset: number,
  points: readonly (Point | null)[],
  color: string,
): void => {
  const scale = chart.scales['x'];
  if (scale === undefined) return;
  const { ctx } = chart;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.lineWidth = zoomed(1.5);
  points.forEach((point, at) => {
    const element = chart.getDatasetMeta(dataset).data[at];
    if (point === null || point.lo === null || point.hi === null || element === undefined) return;
    const y = element.getProps(['y'], true)['y'] ?? 0;
    const { from, to, ends } = rangeOn(scale, point.lo, point.hi);
    ctx.beginPath();
    ctx.moveTo(from, y);
    ctx.lineTo(to, y);
    for (const end of ends) {
      ctx.moveTo(end, y - zoomed(4));
      ctx.lineTo(end, y + zoomed(4));
    }
    ctx.stroke();
  });
  ctx.restore();
};

const CHART_OPTIONS = { animation: false, maintainAspectRatio: false } as const;

const pageStyle = () => ({
  ink: css('--ink'),
  muted: css('--muted'),
  grid: css('--grid'),
  tooltip: {
    backgroundColor: css('--tip'),
    titleColor: css('--tip-ink'),
    bodyColor: css('--tip-ink'),
    displayColors: false,
  },
  font: { family: css('--sans'), size: zoomed(12) },
});

const setHeight = (id: string, px: number): void => {
  const frame = document.getElementById(id)?.parentElement;
  if (frame !== null && frame !== undefined) frame.style.height = `${px}px`;
};

/** Null: the page has no canvas of this name. */
const drawOn = ({ id, heightPx, config }: Drawing): ChartInstance | null => {
  const canvas = document.getElementById(id);
  if (!(canvas instanceof HTMLCanvasElement) || config === null) return null;
  setHeight(id, heightPx());
  return new Charts(canvas, config()) as unknown as ChartInstance;
};
