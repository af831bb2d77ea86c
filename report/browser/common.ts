// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// What the charts of a report share: the data, the colours of the page, and the drawing of intervals. These files are plain scripts,
// run one after another behind Chart.js; the page is complete without them.
type Data = import('./data.d.ts').PageData;
type PointChart = import('./data.d.ts').PointChart;
type StackChart = import('./data.d.ts').StackChart;
type Point = import('./data.d.ts').Point;
type ChartPlugin = import('chart.js').Plugin;
type ChartInstance = import('chart.js').Chart;
const Charts = (globalThis as unknown as { Chart: typeof import('chart.js').Chart }).Chart;

const data: Data = JSON.parse(document.getElementById('data')?.textContent ?? '{}');
const SHAPES = ['circle', 'rect', 'triangle', 'rectRot'] as const;
const AXIS_PX = 44;

const css = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const armColor = (arm: number): string => css(`--arm-${(data.arms[arm]?.color ?? 0) % 8}`);
const isNull = (arm: number): boolean => data.arms[arm]?.role === 'null';
const armName = (arm: number): string => data.arms[arm]?.id ?? '';

/** 1000000 as `1 ms`: for the powers of ten of an axis. */
const axisNs = (ns: number): string => {
  const units: readonly (readonly [number, string])[] = [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
  ];
  const [size, unit] = units.find(([smallest]) => ns >= smallest * 0.999) ?? [1, 'ns'];
  return `${Number((ns / size).toPrecision(3))} ${unit}`;
};

const canvasOf = (id: string, heightPx: number): HTMLCanvasElement | null => {
  const canvas = document.getElementById(id);
  if (!(canvas instanceof HTMLCanvasElement)) return null;
  if (canvas.parentElement !== null) canvas.parentElement.style.height = `${heightPx}px`;
  return canvas;
};

/** Ranges of one dataset as thin lines at the height of its points or bars. */
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
  ctx.lineWidth = 1.5;
  points.forEach((point, at) => {
    const element = chart.getDatasetMeta(dataset).data[at];
    if (point === null || point.lo === null || point.hi === null || element === undefined) return;
    const y = element.getProps(['y'], true)['y'] ?? 0;
    const [from, to] = [scale.getPixelForValue(point.lo), scale.getPixelForValue(point.hi)];
    ctx.beginPath();
    ctx.moveTo(from, y);
    ctx.lineTo(to, y);
    for (const end of [from, to]) {
      ctx.moveTo(end, y - 4);
      ctx.lineTo(end, y + 4);
    }
    ctx.stroke();
  });
  ctx.restore();
};

const look = () => ({
  ink: css('--ink'),
  muted: css('--muted'),
  grid: css('--grid'),
  tooltip: {
    backgroundColor: css('--tip'),
    titleColor: css('--tip-ink'),
    bodyColor: css('--tip-ink'),
    displayColors: false,
  },
  font: { family: css('--sans'), size: 12 },
});
