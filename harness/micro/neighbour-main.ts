// The neighbour: a process of its own that makes small files and flushes each to disk, over and over, until it is told to end.
//
//   node neighbour-main.js FOLDER WINDOWS OUT READY_FD
//
// Every operation is one open, one write of 4 KiB, one fsync, one close; the file before it is unlinked outside the timing. On
// SIGTERM it reads WINDOWS, names with the beginnings and ends of windows on CLOCK_MONOTONIC, and tells OUT what the operations that
// overlap those of a name took. A percentile that so few operations cannot bound is left out.
import { closeSync, fsyncSync, openSync, readFileSync, unlinkSync, writeFileSync, writeSync } from 'node:fs';
import { median } from '../../results/stats/median.ts';
import { quantileBound } from '../../results/stats/quantile.ts';

const BYTES = Buffer.alloc(4096, 'n');
const CONFIDENCE = 0.95;
const WARM_UP = 5;

interface FlushedWrite {
  readonly fromNs: number;
  readonly toNs: number;
}

const nowNs = (): number => Number(process.hrtime.bigint());

const operate = (path: string): FlushedWrite => {
  const fromNs = nowNs();
  const fd = openSync(path, 'wx');
  writeSync(fd, BYTES);
  fsyncSync(fd);
  closeSync(fd);
  return { fromNs, toNs: nowNs() };
};

const bounded = (values: readonly number[], p: number): number | null => {
  const bound = quantileBound(values, p, CONFIDENCE);
  return bound.kind === 'bound' ? bound.value : null;
};

type WindowTimes = readonly [fromNs: number, toNs: number];

const figures = (done: readonly FlushedWrite[], windows: readonly WindowTimes[]) => {
  const tookNs = done
    .filter((one) => windows.some(([from, to]) => one.toNs > from && one.fromNs < to))
    .map(({ fromNs, toNs }) => toNs - fromNs);
  return {
    count: tookNs.length,
    medianNs: median(tookNs),
    p90Ns: bounded(tookNs, 0.9),
    p99Ns: bounded(tookNs, 0.99),
    worstNs: tookNs.length === 0 ? null : Math.max(...tookNs),
  };
};

const [folder = '', windows = '', out = '', ready = ''] = process.argv.slice(2);
const done: FlushedWrite[] = [];
let number = 0;
const next = (): void => {
  const path = `${folder}/${number++}`;
  done.push(operate(path));
  unlinkSync(path);
};

for (let i = 0; i < WARM_UP; i++) next();
done.length = 0;
let told = false;
process.once('SIGTERM', () => {
  told = true;
});
writeSync(Number(ready), 'r');
const loop = (): void => {
  if (!told) {
    next();
    setImmediate(loop);
    return;
  }
  const asked = JSON.parse(readFileSync(windows, 'utf8')) as Record<string, WindowTimes[]>;
  const answer = Object.entries(asked).map(([name, of]) => [name, figures(done, of)]);
  writeFileSync(out, JSON.stringify(Object.fromEntries(answer)));
};
loop();
