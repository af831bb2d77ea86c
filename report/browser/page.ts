// biome-ignore-all lint/correctness/noUnusedVariables: used by the scripts that run before this one.
// Draws visible charts; charts in folded parts when they are opened. Draws all again when colors or filters change.
const drawn = new Map<string, ChartInstance>();

interface Drawing {
  readonly id: string;
  readonly arms: ReadonlySet<number>;
  readonly draw: () => ChartInstance | null;
}

const armsIn = (series: readonly { readonly arm: number }[]): ReadonlySet<number> =>
  new Set(series.map(({ arm }) => arm));

const drawings: readonly Drawing[] = [
  ...data.dots.map((chart) => ({ id: chart.id, arms: armsIn(chart.series), draw: () => drawDots(chart) })),
  ...data.bars.map((chart) => ({ id: chart.id, arms: armsIn(chart.series), draw: () => drawBars(chart) })),
  ...data.lines.map((chart) => ({ id: chart.id, arms: armsIn(chart.lines), draw: () => drawLines(chart) })),
  ...data.stacks.map((chart) => ({ id: chart.id, arms: new Set(chart.arms), draw: () => drawStack(chart) })),
];

const armsOn = (id: string): ReadonlySet<number> =>
  drawings.find((drawing) => drawing.id === id)?.arms ?? new Set();

const isVisible = (canvas: HTMLElement | null): boolean =>
  canvas !== null && canvas.closest('details:not([open]),[hidden]') === null;

const drawMissing = (): void => {
  for (const { id, draw } of drawings) {
    if (drawn.has(id) || !isVisible(document.getElementById(id))) continue;
    const chart = draw();
    if (chart !== null) drawn.set(id, chart);
  }
};

const drawAll = (): void => {
  for (const chart of drawn.values()) chart.destroy();
  drawn.clear();
  drawMissing();
};

foldOnPhones();
startTools();
if (form === null) drawAll();
else startFilters();
document.addEventListener('toggle', drawMissing, true);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);

startPaper(drawAll);
