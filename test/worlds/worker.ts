// Simulates worlds one by one, as the main thread hands them out.
import { parentPort, workerData } from 'node:worker_threads';
import { claims } from '../../report/claims/registry.ts';
import { type Row, type Task, worldOf } from './matrix.ts';
import { worlds } from './registry.ts';
import { simulate } from './simulate.ts';

const { runs } = workerData as { readonly runs: number };

parentPort!.on('message', (task: Task) => {
  const claim = claims.find(({ id }) => id === task.claim)!;
  const row: Row = { task, outcome: simulate(claim, worldOf(worlds, task).world, task.pooled, runs) };
  parentPort!.postMessage(row);
});
