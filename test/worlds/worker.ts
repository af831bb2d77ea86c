// Simulates worlds one by one, as the main thread hands them out.
import { parentPort, workerData } from 'node:worker_threads';
import { claims } from '../../report/claims/registry.ts';
import { blocksOf, type Row, type Task, worldOf } from './matrix.ts';
import { worlds } from './registry.ts';
import { type Asked, simulate } from './simulate.ts';

const { runs, blocks } = workerData as Omit<Asked, 'pooled'>;

parentPort!.on('message', (task: Task) => {
  const claim = claims.find(({ id }) => id === task.claim)!;
  const asked = { pooled: task.pooled, runs, ...blocksOf(worlds, task, blocks) };
  const row: Row = { task, outcome: simulate(claim, worldOf(worlds, task).world, asked) };
  parentPort!.postMessage(row);
});
