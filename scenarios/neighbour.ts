// A process that writes small files on the same file system, before, during and after the measured work.
import { fileURLToPath } from 'node:url';
import { notJudged } from '../harness/model/metrics.ts';
import type { Stage, Values } from '../harness/model/scenario.ts';
import type { Metric } from '../results/schema/run.ts';

const PROGRAM = fileURLToPath(new URL('../harness/micro/neighbour-main.js', import.meta.url));
const STOP_LIMIT_MS = 5000;
/** Operations that lie wholly inside of a window alone; the window is repeated until it has them. */
const FEWEST_ALONE = 3;
const MOST_WINDOWS = 10;
const ANSWER_BYTES = 4096;

type TimeSpan = readonly [fromNs: number, toNs: number];

interface NeighbourFigures {
  readonly count: number;
  readonly medianNs: number | null;
  readonly p90Ns: number | null;
  readonly p99Ns: number | null;
  readonly worstNs: number | null;
}

const latency = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

const latencies = (when: 'Alone' | 'During', clause: string): Readonly<Record<string, Metric>> => ({
  [`neighbour${when}MedianNs`]: latency(`a neighbour’s small file with fsync ${clause}: median`),
  [`neighbour${when}P90Ns`]: latency(
    `a neighbour’s small file ${clause}: upper bound of the 90th percentile`,
  ),
  [`neighbour${when}P99Ns`]: latency(
    `a neighbour’s small file ${clause}: upper bound of the 99th percentile`,
  ),
  [`neighbour${when}WorstNs`]: latency(`a neighbour’s small file ${clause}: the longest`),
  // Not judged: a longer removal has more of them.
  ...notJudged({
    [`neighbour${when}Count`]: {
      title: `a neighbour’s small files ${clause}: number`,
      better: 'higher',
      noise: 'noisy',
    },
  }),
});

export const neighbourMetrics: Readonly<Record<string, Metric>> = {
  // Not judged: the arm does nothing meanwhile.
  ...notJudged(latencies('Alone', 'while the file system is idle')),
  ...latencies('During', 'while the image is removed'),
  neighbourSlowdownRatio: latency(
    'a neighbour’s median while the image is removed ÷ while the file system is idle',
  ),
};

const metricsOf = (when: 'Alone' | 'During', { count, ...figures }: NeighbourFigures): Values => ({
  [`neighbour${when}Count`]: count,
  ...Object.fromEntries(
    Object.entries(figures).flatMap(([name, value]) =>
      value === null ? [] : [[`neighbour${when}${name[0]!.toUpperCase()}${name.slice(1)}`, value]],
    ),
  ),
});

const read = (
  { machine: { files } }: Stage,
  path: string,
): Readonly<Record<'alone' | 'during', NeighbourFigures>> => {
  const into = Buffer.alloc(ANSWER_BYTES);
  const fd = files.open(path, 0);
  const got = files.pread(fd, into, 0);
  files.close(fd);
  return JSON.parse(into.toString('utf8', 0, got)) as Readonly<Record<'alone' | 'during', NeighbourFigures>>;
};

/** The number of the neighbour's operation that runs, or of the last one seen between two. */
const operationIn = ({ machine: { files } }: Stage, folder: string): (() => number) => {
  let latest = 0;
  return () => {
    latest = Math.max(latest, ...files.names(folder).map(Number));
    return latest;
  };
};

/** Repeats `alone` while an operation takes so long that too few lie inside. */
const untilEnough = async (alone: () => Promise<void>, operation: () => number): Promise<void> => {
  const first = operation();
  for (let i = 0; i < MOST_WINDOWS; i++) {
    await alone();
    // Those that run at the beginning and at the end are not inside.
    if (operation() - first > FEWEST_ALONE) return;
  }
};

/** Runs `alone`, `during` and again `alone` beside one neighbour, so that a drift is on both sides. */
export const besideNeighbour = async (
  stage: Stage,
  { folder, sync }: { readonly folder: string; readonly sync: () => void },
  alone: () => Promise<void>,
  during: () => Promise<void>,
): Promise<Values> => {
  const { files } = stage.machine;
  const exchange = stage.folder('neighbour-exchange');
  const [windows, out] = [`${exchange}/windows`, `${exchange}/figures`];
  const server = stage.machine.serve('neighbour', [
    process.execPath,
    PROGRAM,
    folder,
    windows,
    out,
    '{ready}',
  ]);
  const spanOf = async (work: () => Promise<void>): Promise<TimeSpan> => {
    const from = Number(process.hrtime.bigint());
    await work();
    return [from, Number(process.hrtime.bigint())];
  };
  const operation = operationIn(stage, folder);
  const enough = (): Promise<void> => untilEnough(alone, operation);
  try {
    const before = await spanOf(enough);
    const removal = await spanOf(during);
    // The write-back of the removal must not slow the neighbour when it is alone.
    sync();
    const request = { alone: [before, await spanOf(enough)], during: [removal] };
    files.writeNew(windows, Buffer.from(JSON.stringify(request)));
  } finally {
    server.close(STOP_LIMIT_MS);
  }
  const figures = read(stage, out);
  for (const path of [windows, out]) files.unlink(path);
  const [quiet, busy] = [figures.alone.medianNs, figures.during.medianNs];
  return {
    ...metricsOf('Alone', figures.alone),
    ...metricsOf('During', figures.during),
    ...(quiet === null || busy === null ? {} : { neighbourSlowdownRatio: busy / quiet }),
  };
};
