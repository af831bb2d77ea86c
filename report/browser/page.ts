// Draws everything, and again when the colours of the page change.
let drawn: ChartInstance[] = [];
const drawAll = (): void => {
  for (const chart of drawn) chart.destroy();
  drawn = [...data.dots.map(drawDots), ...data.bars.map(drawBars), ...data.stacks.map(drawStack)].filter(
    (chart) => chart !== null,
  );
};
drawAll();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);

// The charts are drawn before the style of the paper is in force, so the page is told in advance.
const onPaper = (paper: boolean): void => {
  document.documentElement.classList.toggle('paper', paper);
  drawAll();
};
addEventListener('beforeprint', () => onPaper(true));
addEventListener('afterprint', () => onPaper(false));
