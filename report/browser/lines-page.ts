// A page of lines only: drawn once, and again when the colours of the page change.
{
  const { lines } = data as unknown as import('./lines-data.d.ts').LinesData;
  let charts: ChartInstance[] = [];
  const drawLinesAgain = (): void => {
    for (const chart of charts) chart.destroy();
    charts = lines.map(drawLines).filter((chart) => chart !== null);
  };
  drawLinesAgain();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawLinesAgain);

  // The charts are drawn before the style of the paper is in force, so the page is told in advance.
  const toPaper = (paper: boolean): void => {
    document.documentElement.classList.toggle('paper', paper);
    drawLinesAgain();
  };
  addEventListener('beforeprint', () => toPaper(true));
  addEventListener('afterprint', () => toPaper(false));
}
