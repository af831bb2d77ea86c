// A page with line charts only: drawn once, and again when the colors change.
{
  const { lines } = data as unknown as import('./lines-data.d.ts').LinesData;
  let charts: ChartInstance[] = [];
  const drawLinesAgain = (): void => {
    for (const chart of charts) chart.destroy();
    charts = lines.map(drawLines).filter((chart) => chart !== null);
  };
  drawLinesAgain();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawLinesAgain);

  // Charts are drawn before the print style applies, so the class switches the colors first.
  const toPaper = (paper: boolean): void => {
    document.documentElement.classList.toggle('paper', paper);
    drawLinesAgain();
  };
  addEventListener('beforeprint', () => toPaper(true));
  addEventListener('afterprint', () => toPaper(false));
}
