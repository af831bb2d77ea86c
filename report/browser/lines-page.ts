// A page with line charts only: drawn once, and again when the colors change.
{
  const { lines } = data as unknown as import('./lines-data.d.ts').LinesData;
  let charts: ChartInstance[] = [];
  const drawLinesAgain = (): void => {
    for (const chart of charts) chart.destroy();
    charts = lines.map((chart) => drawOn(linesDrawing(chart))).filter((chart) => chart !== null);
  };
  drawLinesAgain();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawLinesAgain);
  startPaper(drawLinesAgain);
}
