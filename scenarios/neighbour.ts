// A process beside the one that is measured, on the same file system: what its own small files take, while nothing goes on and
// while something does.
import { fileURLToPath } from 'node:url';
import { notJudged } from '../harness/model/metrics.ts';
import type { Stage, Values } from '../harness/model/scenario.ts';
import type { Metric } from '../results/schema/run.ts';

const PROGRAM = fileURLToPath(new URL('../harness/micro/neighbour-main.js', import.meta.url));
const STOP_LIMIT_MS = 5000;
const ANSWER_BYTES = 4096;

type Window = readonly [fromNs: number, toNs: number];

interface Figures {
  readonly count: number;
  readonly medianNs: number | null;
  readonly p90Ns: number | null;
  readonly p99Ns: number | null;
  readonly worstNs: number | null;
}

const latency = (title: string): Metric => ({ title, better: 'lower', noise: 'noisy' });

const latencies = (when: 'Alone' | 'During', what: string): Readonly<Record<string, Metric>> => ({
  [`neighbour${when}MedianNs`]: latency(`a neighbour’s small file with fsync ${what}: median`),
  [`neighbour${when}P90Ns`]: latency(`a neighbour’s small file ${what}: upper bound of the 90th percentile`),
  [`neighbour${when}P99Ns`]: latency(`a neighbour’s small file ${what}: upper bound of the 99th percentile`),
  [`neighbour${when}WorstNs`]: latency(`a neighbour’s small file ${what}: the longest`),
  // More of them where the removal takes longer.
  ...notJudged({
    [`neighbour${when}Count`]: {
      title: `a neighbour’s small files ${what}: how many`,
      better: 'higher',
      noise: 'noisy',
    },
  }),
});

export const neighbourMetrics: Readonly<Record<string, Metric>> = {
  // Nothing of the arm goes on then.
  ...notJudged(latencies('Alone', 'while nothing goes on')),
  ...latencies('During', 'while the image is removed'),
  neighbourSlowdownRatio: latency('a neighbour’s median while the image is removed ÷ while nothing goes on'),
};

const named = (when: 'Alone' | 'During', { count, ...figures }: Figures): Values => ({
  [`neighbour${when}Count`]: count,
  ...Object.fromEntries(
    Object.entries(figures).flatMap(([name, value]) =>
      value === null ? [] : [[`neighbour${when}${name[0]!.toUpperCase()}${name.slice(1)}`, value]],
    ),
  ),
});

const read = ({ machine: { files } }: Stage, path: string): Readonly<Record<'alone' | 'during', Figures>> => {
  const into = Buffer.alloc(ANSWER_BYTES);
  const fd = files.open(path, 0);
  const got = files.pread(fd, into, 0);
  files.close(fd);
  return JSON.parse(into.toString('utf8', 0, got)) as Readonly<Record<'alone' | 'during', Figures>>;
};

/** `alone`, `during` and once more `alone` beside the same neighbour: what drifts meanwhile is on both sides. */
export const besideNeighbour = async (
  stage: Stage,
  { folder, sync }: { readonly folder: string; readonly sync: () => void },
  alone: () => Promise<void>,
  during: () => Promise<void>,
): Promise<Values> => {
  const { files } = stage.machine;
  const told = stage.folder('neighbour-told');
  const [windows, out] = [`${told}/windows`, `${told}/figures`];
  const server = stage.machine.serve('neighbour', [
    process.execPath,
    PROGRAM,
    folder,
    windows,
    out,
    '{ready}',
  ]);
  const within = async (work: () => Promise<void>): Promise<Window> => {
    const from = Number(process.hrtime.bigint());
    await work();
    return [from, Number(process.hrtime.bigint())];
  };
  try {
    const before = await within(alone);
    const removal = await within(during);
    // What the removal left to be written back is not what the neighbour meets alone.
    sync();
    const asked = { alone: [before, await within(alone)], during: [removal] };
    files.writeNew(windows, Buffer.from(JSON.stringify(asked)));
  } finally {
    server.close(STOP_LIMIT_MS);
  }
  const figures = read(stage, out);
  for (const path of [windows, out]) files.unlink(path);
  const [quiet, busy] = [figures.alone.medianNs, figures.during.medianNs];
  return {
    ...named('Alone', figures.alone),
    ...named('During', figures.during),
    ...(quiet === null || busy === null ? {} : { neighbourSlowdownRatio: busy / quiet }),
  };
};
