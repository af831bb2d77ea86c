// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// The picture of the page's first chart, which is a table on the page itself.
type ForestChart = import('./data.d.ts').ForestChart;

const FOREST_ROW_PX = 22;
/** Shares of the width: names, plot, numbers. */
const FOREST_PLOT = { left: 0.3, right: 0.7 } as const;

const shownForest = (chart: ForestChart): ForestChart => ({
  ...chart,
  quantities: chart.quantities
    .map((quantity) => ({ ...quantity, rows: quantity.rows.filter(({ arm }) => isShown(arm)) }))
    .filter(({ rows }) => rows.length > 0),
});

const forestLines = ({ quantities }: ForestChart): number =>
  quantities.reduce((sum, { rows }) => sum + rows.length + 1, 0);

const paintForest = (whole: ForestChart, ctx: SvgContext, width: number, height: number): void => {
  const chart = shownForest(whole);
  const rowPx = Math.min(1.4 * FOREST_ROW_PX, (height - 24) / Math.max(1, forestLines(chart)));
  const font = `${Math.min(17, rowPx * 0.74)}px ${css('--sans')}`;
  const [left, right] = [FOREST_PLOT.left * width, FOREST_PLOT.right * width];
  const { min, max } = chart.span;
  const at = (ratio: number): number => left + ((right - left) * Math.log(ratio / min)) / Math.log(max / min);
  const bottom = rowPx * forestLines(chart);
  const line = (x1: number, y1: number, x2: number, y2: number, color: string, thick: number): void => {
    ctx.strokeStyle = color;
    ctx.lineWidth = thick;
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  };
  const write = (text: string, x: number, y: number, weight: number, color: string): void => {
    ctx.font = `${weight} ${font}`;
    ctx.fillStyle = color;
    ctx.fillText(text, x, y);
  };
  ctx.textBaseline = 'middle';
  let top = 0;
  for (const { again, rows } of chart.quantities) {
    const high = rowPx * (rows.length + 1);
    for (const [band, color] of [
      [again === null ? null : [again[0], again[2]], css('--again')],
      [chart.within, css('--within')],
    ] as const) {
      if (band === null) continue;
      ctx.fillStyle = color;
      ctx.fillRect(at(band[0] ?? 1), top, at(band[1] ?? 1) - at(band[0] ?? 1), high);
    }
    line(0, top, width, top, css('--grid'), 1);
    top += high;
  }
  for (const tick of chart.ticks) {
    line(at(tick), 0, at(tick), bottom, css(tick === 1 ? '--muted' : '--grid'), 1);
    ctx.textAlign = 'center';
    write(unitText('ratio', tick), at(tick), bottom + 14, 400, css('--muted'));
  }
  ctx.textAlign = 'left';
  let y = rowPx / 2;
  for (const { title, baseline, rows } of chart.quantities) {
    write(title, 0, y, 600, css('--ink'));
    write(baseline, right + 16, y, 400, css('--muted'));
    y += rowPx;
    for (const { arm, ratio, text } of rows) {
      write(armName(arm), 18, y, 400, css('--ink'));
      write(text, right + 16, y, 400, css('--ink'));
      if (ratio !== null) {
        line(at(ratio[0]), y, at(ratio[2]), y, armColor(arm), 2);
        const [key] = armKeys([arm]);
        if (key !== undefined) drawMark(ctx, key, at(ratio[1]), y, Math.min(6, rowPx * 0.3));
      }
      y += rowPx;
    }
  }
};

const forestDrawing = (chart: ForestChart): Drawing => ({
  id: chart.id,
  heightPx: () => forestLines(shownForest(chart)) * FOREST_ROW_PX + 24,
  config: null,
  paint: (ctx, width, height) => paintForest(chart, ctx, width, height),
  about: () => 'dark band: no difference; light band: the baseline against itself',
  // The rows name the arms.
  keys: () => [],
  cells: () => [
    ['what', 'arm', 'median ns', 'ratio', 'low', 'high'],
    ...shownForest(chart).quantities.flatMap(({ title, rows }) =>
      rows.map(({ arm, median, ratio }): CsvCell[] => [
        title,
        armName(arm),
        median,
        ratio?.[1] ?? null,
        ratio?.[0] ?? null,
        ratio?.[2] ?? null,
      ]),
    ),
  ],
});
