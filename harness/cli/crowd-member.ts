// Entry of a crowd's worker threads: gives each the registry of backends.
import { parentPort, workerData } from 'node:worker_threads';
import { backends } from '../backends/registry.ts';
import { runMember } from '../runner/crowd-member.ts';

await runMember(workerData, backends, parentPort!);
