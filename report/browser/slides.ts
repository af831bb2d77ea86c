// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// A chart as a picture that needs no page around it: title, image, direction, legend, machine and run are inside. Always light.
const SLIDE = { width: 1280, height: 720, margin: 44, title: 30, text: 17 } as const;
/** Where the chart may be. */
const CHART_TOP_PX = 112;
const CHART_BOTTOM_PX = 604;
const MOST_ZOOM = 1.5;
/** Smaller texts cannot be read on a slide. */
const LEAST_ZOOM = 1;
/** Bars of a low chart do not fill the slide. */
const MOST_STRETCH = 2.2;

interface SlideText {
  readonly title: string;
  /** Below the title: image, direction. */
  readonly about: readonly string[];
}

const setFont = (ctx: SvgContext, weight: number, size: number): void => {
  ctx.font = `${weight} ${size}px ${css('--sans')}`;
};

/** Cuts what does not fit into `width`, with an ellipsis. */
const fitted = (ctx: SvgContext, text: string, width: number): string => {
  if (ctx.measureText(text).width <= width) return text;
  let length = text.length;
  while (length > 0 && ctx.measureText(`${text.slice(0, length)}…`).width > width) length--;
  return `${text.slice(0, length)}…`;
};

const MARK_PX = 7;
/** Height of one line of the legend. */
const LEGEND_PX = 26;

const drawMark = (ctx: SvgContext, key: LegendKey, x: number, y: number, size = MARK_PX): void => {
  const corners = (angles: readonly number[], radius: number): void => {
    angles.forEach((angle, index) => {
      const radians = (angle * Math.PI) / 180;
      const [px, py] = [x + radius * Math.cos(radians), y + radius * Math.sin(radians)];
      if (index === 0) ctx.moveTo(px, py);
      else ctx.lineTo(px, py);
    });
    ctx.closePath();
  };
  ctx.fillStyle = key.fill;
  ctx.strokeStyle = key.color;
  ctx.lineWidth = 2;
  ctx.beginPath();
  switch (key.shape) {
    case 0:
      ctx.arc(x, y, size, 0, 2 * Math.PI);
      break;
    case 2:
      corners([-90, 30, 150], size + 1);
      break;
    case 3:
      corners([-90, 0, 90, 180], size + 1);
      break;
    case 4:
      corners([90, 210, 330], size + 1);
      break;
    case 5:
      corners([0, 120, 240], size + 1);
      break;
    case 6:
      corners([180, 300, 60], size + 1);
      break;
    default:
      ctx.rect(x - size, y - size, 2 * size, 2 * size);
  }
  ctx.fill();
  ctx.stroke();
};

interface PlacedKey {
  readonly key: LegendKey;
  readonly x: number;
  readonly text: string;
}

/** In as many lines as it needs. */
const legendLines = (ctx: SvgContext, keys: readonly LegendKey[]): readonly (readonly PlacedKey[])[] => {
  setFont(ctx, 400, SLIDE.text);
  const room = SLIDE.width - 2 * SLIDE.margin;
  const lines: PlacedKey[][] = [[]];
  let x = 0;
  for (const key of keys) {
    const text = fitted(ctx, key.text, room - 24);
    const width = 24 + ctx.measureText(text).width + 26;
    if (x + width - 26 > room && x > 0) {
      lines.push([]);
      x = 0;
    }
    lines.at(-1)?.push({ key, x: SLIDE.margin + x, text });
    x += width;
  }
  return lines;
};

/** Upwards from `bottom`. */
const drawLegend = (ctx: SvgContext, lines: readonly (readonly PlacedKey[])[], bottom: number): void => {
  setFont(ctx, 400, SLIDE.text);
  lines.forEach((line, index) => {
    const y = bottom - (lines.length - 1 - index) * LEGEND_PX;
    for (const one of line) {
      drawMark(ctx, one.key, one.x + MARK_PX, y - 6);
      ctx.fillStyle = css('--ink');
      ctx.fillText(one.text, one.x + 24, y);
    }
  });
};

/** The elements of the chart, in a box of its own. */
const chartMarkup = ({ config, paint }: Drawing, width: number, height: number): string => {
  const ctx = new SvgContext(width, height, 'clip-');
  paint?.(ctx, width, height);
  if (config === null) return ctx.markup;
  const whole = config();
  const chart = new Charts(
    ctx.canvas as unknown as HTMLCanvasElement,
    {
      ...whole,
      // Lines would be drawn with Path2D, which nothing can read.
      data: { ...whole.data, datasets: whole.data.datasets.map((one) => ({ ...one, segment: {} })) },
      options: { ...whole.options, responsive: false, animation: false, devicePixelRatio: 1, events: [] },
      platform: (Charts as unknown as { BasicPlatform: never }).BasicPlatform,
    } as ChartConfig,
  );
  chart.destroy();
  return ctx.markup;
};

const slideParts = (drawing: Drawing, { title, about }: SlideText): string => {
  const keys = drawing.keys();
  const page = new SvgContext(SLIDE.width, SLIDE.height, 'page-');
  const lines = legendLines(page, keys);
  const extraPx = (lines.length - 1) * LEGEND_PX;
  const chartWidth = SLIDE.width - 2 * SLIDE.margin;
  const room = CHART_BOTTOM_PX - CHART_TOP_PX - extraPx + (keys.length === 0 ? 1.6 * LEGEND_PX : 0);
  drawMode.zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, room / drawing.heightPx()));
  const chartHeight = Math.min(room, MOST_STRETCH * drawing.heightPx());
  const chart = chartMarkup(drawing, chartWidth, chartHeight);
  page.fillStyle = css('--paper');
  page.fillRect(0, 0, SLIDE.width, SLIDE.height);
  page.fillStyle = css('--ink');
  setFont(page, 600, SLIDE.title);
  page.fillText(fitted(page, title, chartWidth), SLIDE.margin, 58);
  setFont(page, 400, SLIDE.text + 1);
  page.fillStyle = css('--muted');
  page.fillText(fitted(page, about.join(' · '), chartWidth), SLIDE.margin, 88);
  drawLegend(page, lines, SLIDE.height - 70);
  setFont(page, 400, SLIDE.text - 2);
  page.fillStyle = css('--muted');
  page.fillText(fitted(page, data.machine, chartWidth), SLIDE.margin, SLIDE.height - 38);
  page.fillText(fitted(page, `cfsbench ${data.title}`, chartWidth), SLIDE.margin, SLIDE.height - 16);
  return `${page.markup}\n<g transform="translate(${SLIDE.margin} ${CHART_TOP_PX})">${chart}</g>`;
};

/** The whole picture as SVG text. */
const slideOf = (drawing: Drawing, text: SlideText): string => {
  const root = document.documentElement;
  const wasPaper = root.classList.contains('paper');
  root.classList.add('paper');
  const fills = new Map<string, string>();
  drawMode.slideFills = fills;
  try {
    const parts = slideParts(drawing, text);
    const defs = fills.size === 0 ? '' : `<defs>${[...fills.values()].join('')}</defs>\n`;
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${SLIDE.width}" height="${SLIDE.height}" viewBox="0 0 ${SLIDE.width} ${SLIDE.height}" role="img">
<title>${xmlText(text.title)}</title>
${defs}${parts}
</svg>
`;
  } finally {
    drawMode.slideFills = null;
    drawMode.zoom = 1;
    root.classList.toggle('paper', wasPaper);
  }
};
