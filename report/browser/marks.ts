// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// The marks of the arms in charts, as the legend shows them: a color, a shape, for lines dashes by the shape, and for bars a pattern where the
// color is used again.

/** By a mark's shape: Chart.js and degrees. The last are triangles that point down, right and left. */
const SHAPES = [
  ['circle', 0],
  ['rect', 0],
  ['triangle', 0],
  ['rectRot', 0],
  ['triangle', 180],
  ['triangle', 90],
  ['triangle', 270],
] as const;

const armColor = (arm: number): string => css(`--arm-${data.arms[arm]?.hue ?? 0}`);
const timesUsed = (arm: number): number => data.arms[arm]?.before ?? 0;
const shapeAt = (arm: number): number => (isNull(arm) ? 0 : (data.arms[arm]?.shape ?? 0));

/** Scatter charts: shape, size and colors of an arm's points. */
const pointLook = (arm: number) => {
  const [pointStyle, rotation] = SHAPES[shapeAt(arm)] ?? SHAPES[0];
  const hollow = isNull(arm);
  return {
    pointStyle,
    rotation,
    pointRadius: zoomed(hollow ? 4.5 : pointStyle === 'circle' ? 5 : 6.5),
    pointHoverRadius: zoomed(8),
    pointBorderWidth: zoomed(hollow ? 1.5 : 1),
    borderColor: hollow ? armColor(arm) : css('--paper'),
    backgroundColor: hollow ? css('--paper') : armColor(arm),
  };
};

/** By the shape. */
const DASHES: readonly (readonly number[])[] = [
  [],
  [1.5, 2.5],
  [8, 3],
  [8, 3, 1.5, 3],
  [3, 6],
  [14, 4],
  [8, 3, 1.5, 3, 1.5, 3],
];

const dashesOf = (arm: number): number[] =>
  isNull(arm) ? [5, 4] : [...(DASHES[shapeAt(arm)] ?? [])].map(zoomed);

const TILE_PX = 6;
/** Patterns of bars by how often the color was used before: rectangles of a tile that stay blank. */
const BLANKS: readonly (readonly (readonly [x: number, y: number, width: number, height: number])[])[] = [
  [],
  [[0, 0, 2, TILE_PX]],
  [[0, 0, TILE_PX, 2]],
  [[1, 1, 3, 3]],
  [
    [0, 0, 3, 3],
    [3, 3, 3, 3],
  ],
  [[0, 0, 4, TILE_PX]],
  [[0, 0, TILE_PX, 4]],
];

const blanksOf = (arm: number) => BLANKS[timesUsed(arm) % BLANKS.length] ?? [];

const slideFill = (fills: Map<string, string>, arm: number): string => {
  const id = `fill-${arm}`;
  const rect = ([x, y, width, height]: readonly [number, number, number, number], color: string): string =>
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${color}"/>`;
  fills.set(
    id,
    `<pattern id="${id}" width="${TILE_PX}" height="${TILE_PX}" patternUnits="userSpaceOnUse">${rect([0, 0, TILE_PX, TILE_PX], armColor(arm))}${blanksOf(
      arm,
    )
      .map((blank) => rect(blank, css('--paper')))
      .join('')}</pattern>`,
  );
  return `url(#${id})`;
};

/** Fill of a bar. */
const armFill = (arm: number): string | CanvasPattern => {
  if (isNull(arm)) return css('--paper');
  const color = armColor(arm);
  if (timesUsed(arm) === 0) return color;
  if (drawMode.slideFills !== null) return slideFill(drawMode.slideFills, arm);
  const tile = document.createElement('canvas');
  tile.width = TILE_PX;
  tile.height = TILE_PX;
  const drawing = tile.getContext('2d');
  if (drawing === null) return color;
  drawing.fillStyle = color;
  drawing.fillRect(0, 0, TILE_PX, TILE_PX);
  drawing.fillStyle = css('--paper');
  for (const [x, y, width, height] of blanksOf(arm)) drawing.fillRect(x, y, width, height);
  return drawing.createPattern(tile, 'repeat') ?? color;
};

/** Of the arms of a chart that the filters show. */
const armKeys = (arms: readonly number[]): readonly LegendKey[] =>
  [...new Set(arms)].filter(isShown).map((arm) => ({
    text: armName(arm),
    color: armColor(arm),
    fill: isNull(arm) ? css('--paper') : armColor(arm),
    shape: shapeAt(arm),
  }));
