// biome-ignore-all lint/correctness/noUnusedVariables: used by the scripts that run before this one.
// Draws visible charts; charts in folded parts when they are opened. Draws all again when colors or filters change.
const drawn = new Map<string, ChartInstance>();

const isVisible = (canvas: HTMLElement | null): boolean =>
  canvas !== null && canvas.closest('details:not([open]),[hidden]') === null;

const drawMissing = (): void => {
  for (const drawing of drawings) {
    if (drawn.has(drawing.id) || !isVisible(document.getElementById(drawing.id))) continue;
    const chart = drawOn(drawing);
    if (chart !== null) drawn.set(drawing.id, chart);
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
