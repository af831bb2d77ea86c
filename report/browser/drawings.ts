// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// Every chart of the page. A new kind of chart is one file, one line here and one in the list of the page's scripts.
const drawings: readonly Drawing[] = [
  ...data.forests.map(forestDrawing),
  ...data.lifecycles.map(lifecycleDrawing),
  ...data.dots.map(dotsDrawing),
  ...data.bars.map(barsDrawing),
  ...data.lines.map(linesDrawing),
  ...data.stacks.map(stackDrawing),
];

const drawingOf = (id: string): Drawing | null => drawings.find((one) => one.id === id) ?? null;
