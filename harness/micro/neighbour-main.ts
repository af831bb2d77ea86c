// The neighbour: a process that writes small files and flushes each to disk until SIGTERM.
//
//   node neighbour-main.js FOLDER WINDOWS OUT READY_FD
//
// Does:   per operation one open, one write of 4 KiB, one fsync, one close; the previous file is unlinked outside the timing.
// Reads:  on SIGTERM, WINDOWS: names with the beginnings and ends of windows on CLOCK_MONOTONIC.
// Writes: OUT: for each name, the durations of the operations that overlap its windows. A percentile that needs more operations
//         is null.
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { median } from '../../results/stats/median.ts';
import { quantileBound } from '../../results/stats/quantile.ts';

const CONTENTS = Buffer.alloc(4096, 'n');
const CONFIDENCE = 0.95;
const WARM_UP = 5;

type WindowTimes = readonly [fromNs: number, toNs: number];

const nowNs = (): number => Number(process.hrtime.bigint());

const writeFlushed = (path: string): WindowTimes => {
  const fromNs = nowNs();
  const fd = openSync(path, 'wx');
  writeSync(fd, CONTENTS);
  fsyncSync(fd);
  closeSync(fd);
  return [fromNs, nowNs()];
};

const upperBound = (values: readonly number[], p: number): number | null => {
  const bound = quantileBound(values, p, CONFIDENCE);
  return bound.kind === 'bound' ? bound.value : null;
};

const figures = (operations: readonly WindowTimes[], windows: readonly WindowTimes[]) => {
  const durationsNs = operations
    .filter(([fromNs, toNs]) => windows.some(([from, to]) => toNs > from && fromNs < to))
    .map(([fromNs, toNs]) => toNs - fromNs);
  return {
    count: durationsNs.length,
    medianNs: median(durationsNs),
    p90Ns: upperBound(durationsNs, 0.9),
    p99Ns: upperBound(durationsNs, 0.99),
    worstNs: durationsNs.length === 0 ? null : Math.max(...durationsNs),
  };
};

const [folder = '', windowsFile = '', outFile = '', readyFd = ''] = process.argv.slice(2);
const operations: WindowTimes[] = [];
let fileNumber = 0;
const operate = (): void => {
  const path = `${folder}/${fileNumber++}`;
  operations.push(writeFlushed(path));
  unlinkSync(path);
};

for (let i = 0; i < WARM_UP; i++) operate();
operations.length = 0;
let isTerminated = false;
process.once('SIGTERM', () => {
  isTerminated = true;
});
writeSync(Number(readyFd), 'r');
const loop = (): void => {
  if (!isTerminated) {
    operate();
    setImmediate(loop);
    return;
  }
  // Without windows the slot has failed.
  if (!existsSync(windowsFile)) return;
  const windows = JSON.parse(readFileSync(windowsFile, 'utf8')) as Record<string, WindowTimes[]>;
  const results = Object.entries(windows).map(([name, of]) => [name, figures(operations, of)]);
  writeFileSync(outFile, JSON.stringify(Object.fromEntries(results)));
};
loop();
