// biome-ignore-all lint/correctness/noUnusedVariables: used by the scripts that run before this one.
// Draws the charts: those near the window at once, the others when the browser has nothing else to do, those in folded parts when they
// are opened. Draws all again when colors or filters change.
const drawn = new Map<string, ChartInstance>();

const isVisible = (canvas: HTMLElement | null): boolean =>
  canvas !== null && canvas.closest('details:not([open]),[hidden]') === null;

const missing = (): readonly Drawing[] =>
  drawings.filter(
    ({ id, config }) => config !== null && !drawn.has(id) && isVisible(document.getElementById(id)),
  );

const drawOne = (drawing: Drawing): void => {
  const chart = drawOn(drawing);
  if (chart !== null) drawn.set(drawing.id, chart);
};

const drawMissing = (): void => {
  for (const drawing of missing()) drawOne(drawing);
};

/** Beyond the window. */
const NEAR_PX = 600;
/** Charts that are drawn without a look at the clock. */
const IDLE_CHARTS = 3;

const isNear = ({ id }: Drawing): boolean => {
  const box = document.getElementById(id)?.getBoundingClientRect();
  return box !== undefined && box.bottom > -NEAR_PX && box.top < innerHeight + NEAR_PX;
};

const whenIdle = (work: () => void): void => {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 300 });
  else setTimeout(work, 16);
};

const idle = { isWaiting: false };

const drawRest = (): void => {
  idle.isWaiting = false;
  for (const drawing of missing().slice(0, IDLE_CHARTS)) drawOne(drawing);
  if (missing().length > 0) drawWhenIdle();
};

const drawWhenIdle = (): void => {
  if (idle.isWaiting) return;
  idle.isWaiting = true;
  whenIdle(drawRest);
};

const drawAll = (): void => {
  for (const chart of drawn.values()) chart.destroy();
  drawn.clear();
  const all = missing();
  // Each has its height at once, so that nothing moves when it is drawn.
  for (const { id, heightPx } of all) setHeight(id, heightPx());
  for (const drawing of all.filter(isNear)) drawOne(drawing);
  drawWhenIdle();
};

/** One chart, after a choice of its reader. */
const drawAgain = (id: string): void => {
  drawn.get(id)?.destroy();
  drawn.delete(id);
  drawMissing();
};

foldOnPhones();
startTools();
startLifecycles(drawAgain);
startPermalinks();
startTables();
startFilters();
document.addEventListener('toggle', drawMissing, true);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);

// Paper does not wait.
startPaper(() => {
  drawAll();
  drawMissing();
});
