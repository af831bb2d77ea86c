// The neighbour: a process that writes small files and flushes each to disk until SIGTERM.
//
//   node neighbour-main.js FOLDER WINDOWS OUT READY_FD
//
// Does:   per operation one open, one write of 4 KiB, one fsync, one close; the previous file is unlinked outside the timing.
// Reads:  on SIGTERM, WINDOWS: the beginnings and ends of windows on CLOCK_MONOTONIC.
// Writes: OUT: durations of the operations in them. In FOLDER the name of a file is the number of its operation.
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
import { type NeighbourWindows, neighbourFigures, type WindowTimes } from './neighbour-figures.ts';

const CONTENTS = Buffer.alloc(4096, 'n');
const WARM_UP = 5;

const nowNs = (): number => Number(process.hrtime.bigint());

const writeFlushed = (path: string): WindowTimes => {
  const fromNs = nowNs();
  const fd = openSync(path, 'wx');
  writeSync(fd, CONTENTS);
  fsyncSync(fd);
  closeSync(fd);
  return [fromNs, nowNs()];
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
  const windows = JSON.parse(readFileSync(windowsFile, 'utf8')) as NeighbourWindows;
  writeFileSync(outFile, JSON.stringify(neighbourFigures(operations, windows)));
};
loop();
