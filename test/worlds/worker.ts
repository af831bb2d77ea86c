// A worker thread: simulates the worlds that the main thread sends.
import { parentPort, workerData } from 'node:worker_threads';
import { claims } from '../../report/claims/registry.ts';
import { blocksOf, type MatrixRow, type MatrixTask, worldOf } from './matrix.ts';
import { worlds } from './registry.ts';
import { type SimulationOptions, simulate } from './simulate.ts';

const { runs, blocks } = workerData as Omit<SimulationOptions, 'pooled'>;

parentPort!.on('message', (task: MatrixTask) => {
  const claim = claims.find(({ id }) => id === task.claim)!;
  const options = { pooled: task.pooled, runs, ...blocksOf(worlds, task, blocks) };
  const row: MatrixRow = { task, outcome: simulate(claim, worldOf(worlds, task).world, options) };
  parentPort!.postMessage(row);
});
