// Entry of a crowd's thread: joins the registry of backends with the task it was given.
import { parentPort, workerData } from 'node:worker_threads';
import { backends } from '../backends/registry.ts';
import { runMember } from '../runner/crowd-member.ts';

await runMember(workerData, backends, parentPort!);
