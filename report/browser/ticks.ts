// biome-ignore-all lint/correctness/noUnusedVariables: declared for the scripts that run after this one.
// Ticks and labels of axes. A library’s decimal steps would label an axis of bytes 977 KiB, 1.91 MiB.
type LinearAxis = { min: number; max: number; ticks: { value: number }[] };
const LEAST_STEP_BYTES = 1 / 16;

/** Multiples of a power of two, at most `most` intervals. */
const binaryTicks = ({ min, max }: LinearAxis, most: number): { value: number }[] => {
  let step = LEAST_STEP_BYTES;
  while ((max - min) / step > most) step *= 2;
  const ticks: { value: number }[] = [];
  for (let value = Math.ceil(min / step) * step; value <= max; value += step) ticks.push({ value });
  return ticks;
};

const UNIT_TITLES: Readonly<Record<import('./data.d.ts').Unit, string>> = {
  ns: 'time',
  B: 'bytes',
  perSecond: 'per second',
  ratio: 'ratio',
  count: 'count',
};

/** For the options of an axis. */
const axisTitle = (text: string) => {
  const { muted, font } = pageStyle();
  return { display: true, text, color: muted, font };
};

/** For the options of an axis; nothing for units with decimal steps. */
const linearTicks = (unit: import('./data.d.ts').Unit | 'share', most: number) =>
  unit === 'B'
    ? {
        afterBuildTicks: (axis: LinearAxis) => {
          axis.ticks = binaryTicks(axis, most);
        },
      }
    : {};

const MOST_LABEL_CHARACTERS = 18;
/** Long labels have two lines: parameters, then the metric. A narrow chart would cut their beginning off. */
const labelLines = (label: string): string | string[] => {
  const at = label.length <= MOST_LABEL_CHARACTERS ? -1 : label.lastIndexOf(' ');
  return at < 0 ? label : [label.slice(0, at), label.slice(at + 1)];
};
